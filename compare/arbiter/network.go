package arbiter

import (
	"understudy/compare"
	"understudy/engine/witness"
)

// network are the numbers of a whole scan that the metrics in dispute are about.
// The others are not looked for and stay 0.
func (i *inquiry) network() (*compare.Network, error) {
	n := &compare.Network{Symmetric: i.d.Core.SymmetricTopTier() != nil}
	if i.disputed(compare.MetricIntersection) {
		disjoint, err := i.disjoint()
		if err != nil {
			return nil, err
		}
		n.Intersect = i.d.Core.HasQuorum() && disjoint == nil
	}
	var tier []string
	if i.disputed(compare.MetricTopTier) {
		var err error
		if tier, _, err = i.tier(); err != nil {
			return nil, err
		}
	}
	for at, mergeBy := range []string{witness.MergeNone, witness.MergeOrganization, witness.MergeCountry, witness.MergeISP} {
		groups, err := i.d.Core.Groups(mergeBy)
		if err != nil {
			return nil, err
		}
		if n.Levels[at], err = i.level(groups, tier); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// level are the numbers of one level, where tier is the top tier.
func (i *inquiry) level(groups *witness.Groups, tier []string) (level compare.Level, err error) {
	names, err := groups.Image(tier)
	if err != nil {
		return level, err
	}
	level.TopTier = len(names)
	if i.disputed(compare.MetricMinBlocking) {
		all, err := i.blocking(groups, nil)
		if err != nil {
			return level, err
		}
		some, err := i.blocking(groups, i.d.Faulty)
		if err != nil {
			return level, err
		}
		level.Blocking, level.BlockingFiltered = all.Min, some.Min
	}
	if i.disputed(compare.MetricMinSplitting) {
		splitting, err := i.splitting(groups)
		if err != nil {
			return level, err
		}
		level.Splitting = splitting.Min
	}
	return level, nil
}
