package compare

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"understudy/engine/fbas"
	"understudy/engine/witness"
)

// The metrics, in the order in which they are reported. The first five are the
// core metrics, which decide whether a scan agrees.
const (
	MetricIntersection    = "quorum_intersection"
	MetricTopTier         = "top_tier"
	MetricMinQuorum       = "min_quorum"
	MetricMinBlocking     = "min_blocking"
	MetricMinSplitting    = "min_splitting"
	MetricSymmetric       = "symmetric_top_tier"
	MetricQuorumFamily    = "quorum_family"
	MetricBlockingFamily  = "blocking_family"
	MetricSplittingFamily = "splitting_family"
)

// Metrics are all metrics, in the order in which they are reported.
var Metrics = []string{
	MetricIntersection, MetricTopTier, MetricMinQuorum, MetricMinBlocking, MetricMinSplitting,
	MetricSymmetric, MetricQuorumFamily, MetricBlockingFamily, MetricSplittingFamily,
}

// value is what one side says about one metric.
type value struct {
	parts []part
	// fault says why the answer cannot be right whatever the other side says: it
	// contradicts itself, or its evidence fails its check.
	fault *Proof
}

// part is one number of a value: the whole of it, or that of a level.
type part struct {
	name string // "" where the value has one part
	key  string // equal exactly if the two sides mean the same
	text string // for people
	// detail is a multiset behind the part, rendered where the sides differ.
	detail []string
	// listed is the whole family, compared where both sides list theirs: whole
	// says that this one does.
	listed string
	whole  bool
}

// zeroOrNone is what a size of 0 of the Python service says of blocking sets.
const zeroOrNone = "0 or none"

func one(text string) value { return value{parts: []part{{key: text, text: text}}} }

// values are what a says about the metrics that can be compared where the primary
// is of that kind.
func values(a *Answer, kind PrimaryKind, c *checker) map[string]value {
	v := make(map[string]value)
	if a.TopTier != nil {
		v[MetricTopTier] = topTierValue(a.TopTier, c)
	}
	if a.Symmetric != nil {
		v[MetricSymmetric] = symmetricValue(a.Symmetric, c)
	}
	if a.Network != nil {
		networkValues(v, a.Network, c)
	}
	if kind == KindPython {
		pythonFamilies(v, a, c)
	} else {
		families(v, a, c)
	}
	return v
}

// families adds the metrics of families that mean what they say.
func families(v map[string]value, a *Answer, c *checker) {
	if q := a.Quorums; q != nil {
		v[MetricIntersection] = intersectionValue(q, c)
		v[MetricMinQuorum] = familyMin(&q.Family, c.quorums(q))
		familyValue(v, MetricQuorumFamily, &q.Family, c.quorumSets(q))
	}
	if b := a.Blocking; b != nil {
		v[MetricMinBlocking] = familyMin(b, c.blocking(b))
		familyValue(v, MetricBlockingFamily, b, c.blockingSets(b))
	}
	if s := a.Splitting; s != nil {
		v[MetricMinSplitting] = familyMin(&s.Family, c.splitting(s))
		familyValue(v, MetricSplittingFamily, &s.Family, c.splittingSets(s))
	}
}

// pythonFamilies adds what can be compared with the Python service: no totals
// and no least quorum; no intersection where there is no quorum; a blocking size
// of 0 for both "none" and "the empty set". Its has_split tells these apart for
// splitting.
func pythonFamilies(v map[string]value, a *Answer, c *checker) {
	if q := a.Quorums; q != nil && !q.None() {
		v[MetricIntersection] = intersectionValue(q, c)
	}
	if b := a.Blocking; b != nil {
		v[MetricMinBlocking] = familyMin(b, c.blocking(b))
		if b.Min == 0 {
			v[MetricMinBlocking] = value{one(zeroOrNone).parts, v[MetricMinBlocking].fault}
		}
	}
	if s := a.Splitting; s != nil {
		v[MetricMinSplitting] = familyMin(&s.Family, c.splitting(s))
		if c.trust && s.Min == 0 && !s.Split {
			v[MetricMinSplitting] = one("none")
		}
	}
}

func topTierValue(t *TopTier, c *checker) value {
	members := slices.Sorted(slices.Values(t.Members))
	return value{
		parts: []part{{key: fmt.Sprintf("%q", members), text: strconv.Itoa(t.Size), detail: members}},
		fault: c.topTier(t),
	}
}

// symmetricValue compares unmerged sets as there or not, since the set itself
// is checked; merged ones are for display and compared as they are, order aside.
func symmetricValue(s *Symmetric, c *checker) value {
	v := one("none")
	if s.QuorumSet != nil {
		v = one("symmetric")
		if c.p.mergeBy != witness.MergeNone {
			v.parts[0].key = canonical(s.QuorumSet)
			v.parts[0].text = fmt.Sprintf("symmetric %d of %d", s.QuorumSet.Threshold, len(s.QuorumSet.Validators)+len(s.QuorumSet.InnerQuorumSets))
		}
	}
	v.fault = c.symmetric(s)
	return v
}

// canonical renders q so that order does not count.
func canonical(q *fbas.QuorumSet) string {
	inner := make([]string, len(q.InnerQuorumSets))
	for i := range q.InnerQuorumSets {
		inner[i] = canonical(&q.InnerQuorumSets[i])
	}
	slices.Sort(inner)
	return fmt.Sprintf("%d%q{%s}", q.Threshold, slices.Sorted(slices.Values(q.Validators)), strings.Join(inner, " "))
}

func intersectionValue(q *Quorums, c *checker) value {
	v := one("no")
	switch {
	case q.None():
		v = one("no quorum")
	case q.Intersect:
		v = one("yes")
	}
	v.fault = c.intersection(q)
	return v
}

func familyMin(f *Family, fault *Proof) value {
	v := one(strconv.Itoa(f.Min))
	if f.None() {
		v = one("none")
	}
	v.fault = fault
	return v
}

// familyValue adds the metric of a family. One whose size is not known has no
// parts: it is not compared, but its listed sets may be at fault.
func familyValue(v map[string]value, metric string, f *Family, fault *Proof) {
	if f.Total == nil {
		v[metric] = value{fault: fault}
		return
	}
	whole := one(f.Total.String())
	if f.Known() == KnownWhole {
		whole.parts[0].listed, whole.parts[0].whole = canonicalFamily(f.Sets), true
	}
	whole.fault = fault
	v[metric] = whole
}

// canonicalFamily renders a family of multisets so that order does not count.
func canonicalFamily(sets [][]string) string {
	texts := make([]string, len(sets))
	for i, set := range sets {
		texts[i] = fmt.Sprintf("%q", slices.Sorted(slices.Values(set)))
	}
	slices.Sort(texts)
	return strings.Join(texts, "\n")
}

func networkValues(v map[string]value, n *Network, c *checker) {
	yesNo := map[bool]string{true: "yes", false: "no"}
	sizes := func(number func(Level) int, suffix string) (parts []part) {
		for i, name := range levelNames {
			text := strconv.Itoa(number(n.Levels[i]))
			parts = append(parts, part{name: name + suffix, key: text, text: text})
		}
		return parts
	}
	intersection, symmetric := one(yesNo[n.Intersect]), one(yesNo[n.Symmetric])
	intersection.fault, symmetric.fault = c.networkIntersection(n), c.networkSymmetric(n)
	v[MetricIntersection], v[MetricSymmetric] = intersection, symmetric
	v[MetricTopTier] = value{parts: sizes(func(l Level) int { return l.TopTier }, ""), fault: c.networkTopTier(n)}
	v[MetricMinBlocking] = value{parts: append(
		sizes(func(l Level) int { return l.Blocking }, ""),
		sizes(func(l Level) int { return l.BlockingFiltered }, " filtered")...)}
	v[MetricMinSplitting] = value{parts: sizes(func(l Level) int { return l.Splitting }, "")}
}
