package compare

import (
	"fmt"
	"math/big"
	"slices"

	"understudy/engine/witness"
)

// refuted looks for a valid witness, of either side, against what a side claims
// about a metric.
func (b *bout) refuted(side int, metric string) *Proof {
	if !b.checkers[1].able() {
		return nil
	}
	a, name := b.answer(side), sides[side]
	switch metric {
	case MetricIntersection:
		return b.refutedIntersection(a, name)
	case MetricTopTier:
		return b.refutedTopTier(a, name)
	case MetricMinQuorum:
		return b.refutedMin(&a.Quorums.Family, name, b.p.quorumKind(), b.pool.quorums)
	case MetricMinBlocking:
		if a.Blocking == nil {
			return nil // of a network, whose numbers come without sets
		}
		return b.refutedMin(a.Blocking, name, b.p.blockingKind(), b.pool.blocking)
	case MetricMinSplitting:
		return b.refutedMinSplitting(a, name)
	case MetricQuorumFamily:
		return b.refutedFamily(&a.Quorums.Family, name, b.p.quorumKind(), b.pool.quorums)
	case MetricBlockingFamily:
		return b.refutedFamily(a.Blocking, name, b.p.blockingKind(), b.pool.blocking)
	case MetricSplittingFamily:
		return b.refutedSplittings(a.Splitting, name)
	}
	return nil
}

// refutedMin holds a least size against the smallest set that is shown.
func (b *bout) refutedMin(f *Family, side string, k kind, shown [][]string) *Proof {
	if len(shown) == 0 {
		return nil
	}
	least := slices.MinFunc(shown, func(x, y []string) int { return len(x) - len(y) })
	if !f.None() && f.Min <= len(least) {
		return nil
	}
	return witnessed(k.check, []NamedSet{{k.name, least}},
		"%s is a minimal %s of %s; the %s says %s", braces(least), k.name, members(len(least)), side, claimed(f))
}

func members(n int) string {
	if n == 1 {
		return "1 member"
	}
	return fmt.Sprintf("%d members", n)
}

// claimed says what a family's answer claims about its least set.
func claimed(f *Family) string {
	if f.None() {
		return "that there is none"
	}
	return fmt.Sprintf("that none has fewer than %d", f.Min)
}

func (b *bout) refutedMinSplitting(a *Answer, side string) *Proof {
	if a.Splitting == nil || len(b.pool.splits) == 0 {
		return nil
	}
	least := slices.MinFunc(b.pool.splits, func(x, y split) int { return len(x.names) - len(y.names) })
	f := &a.Splitting.Family
	if !f.None() && f.Min <= len(least.names) {
		return nil
	}
	return witnessed(checkSplitting, splitSets(least.names, least.members, least.quorums),
		"%s, %s, splits: deleting it leaves two disjoint quorums; the %s says %s", braces(least.names), members(len(least.names)), side, claimed(f))
}

// refutedFamily holds a family against the sets that are shown: one that is
// missing from a whole family, or more of them than it is said to have.
func (b *bout) refutedFamily(f *Family, side string, k kind, shown [][]string) *Proof {
	if b.p.groups.Ambiguous() || f.Total == nil {
		return nil // sets of equal names may be different sets
	}
	distinct := make(map[string]bool, len(shown))
	var different [][]string
	listed := make(map[string]bool, len(f.Sets))
	for _, set := range f.Sets {
		listed[key(set)] = true
	}
	for _, set := range shown {
		if !distinct[key(set)] {
			distinct[key(set)] = true
			different = append(different, set)
		}
		if f.Known() == KnownWhole && !listed[key(set)] || f.None() {
			return witnessed(k.check, []NamedSet{{k.name, set}},
				"%s is a minimal %s; the %s's family of %s does not have it", braces(set), k.name, side, f.Total)
		}
	}
	if f.Total.Cmp(big.NewInt(int64(len(different)))) >= 0 {
		return nil
	}
	// One more than it claims is proof enough.
	return witnessed(checkFamily, numbered(k.name, different[:f.Total.Int64()+1]),
		"%d different minimal %ss are shown; the %s says that there are %s", len(different), k.name, side, f.Total)
}

func key(set []string) string { return fmt.Sprintf("%q", slices.Sorted(slices.Values(set))) }

// refutedSplittings holds a family of splitting sets against the ones that are
// shown to split: each has a minimal one inside it, so a whole family has a set
// within it.
func (b *bout) refutedSplittings(s *Splitting, side string) *Proof {
	if b.p.groups.Ambiguous() || s.Total == nil || s.Known() != KnownWhole && !s.None() {
		return nil
	}
	listed := make(map[string]bool, len(s.Sets))
	for _, set := range s.Sets {
		listed[key(set)] = true
	}
	pairs := 0
	for _, shown := range b.pool.splits {
		if listed[key(shown.names)] {
			continue
		}
		if pairs += len(s.Sets); pairs > mostPairs || slices.ContainsFunc(s.Sets, func(set []string) bool { return within(set, shown.names) }) {
			continue
		}
		return witnessed(checkSplitting, splitSets(shown.names, shown.members, shown.quorums),
			"%s splits: deleting it leaves two disjoint quorums; the %s's family of %s has no set within it", braces(shown.names), side, s.Total)
	}
	if above, smaller := notMinimal(s.Sets, b.pool.splits); above != nil {
		return witnessed(checkSplitting, append([]NamedSet{{"listed set", above}}, splitSets(smaller.names, smaller.members, smaller.quorums)...),
			"%s, which the %s lists, is not minimal: %s splits already", braces(above), side, braces(smaller.names))
	}
	return nil
}

// refutedIntersection looks for two disjoint quorums against the claim that
// quorums intersect. The other claim takes a search to refute.
func (b *bout) refutedIntersection(a *Answer, side string) *Proof {
	says := a.Network != nil && a.Network.Intersect || a.Quorums != nil && a.Quorums.Intersect
	if !says {
		return nil
	}
	b.findDisjoint()
	if b.pool.disjoint == nil {
		return nil
	}
	return witnessed(checkDisjoint, numbered("quorum", b.pool.disjoint),
		"%s and %s are quorums that share no node; the %s says that quorums intersect", braces(b.pool.disjoint[0]), braces(b.pool.disjoint[1]), side)
}

// findDisjoint looks for two disjoint quorums among those shown, then greedily.
func (b *bout) findDisjoint() {
	if b.pool.disjoint != nil || b.disjointTried {
		return
	}
	b.disjointTried = true
	if b.p.mergeBy == witness.MergeNone {
		for _, quorum := range b.pool.quorums {
			if rest := b.p.greatest(quorum); len(rest) > 0 {
				b.pool.disjoint = [][]string{quorum, rest}
				return
			}
		}
	}
	if q1, q2, found := b.p.core.Part(nil); found {
		b.pool.disjoint = [][]string{q1, q2}
	}
}

// refutedTopTier looks for a minimal quorum with a member that the claim lacks.
func (b *bout) refutedTopTier(a *Answer, side string) *Proof {
	if a.TopTier == nil {
		return nil
	}
	work := 0
	for _, quorum := range b.pool.tier {
		if work += (len(quorum) + 2) * b.p.core.Mentions(); work > maxSetsWork {
			return nil
		}
		image, err := b.p.groups.Image(quorum)
		if err != nil {
			continue // never: it passed its check
		}
		lacking := missing(a.TopTier.Members, image)
		if len(lacking) == 0 || b.p.core.CheckMinimalQuorum(quorum) != nil {
			continue
		}
		return witnessed(checkQuorum, []NamedSet{{"minimal quorum", quorum}},
			"%s is a minimal quorum with %s, which the top tier of the %s lacks", braces(quorum), lacking[0], side)
	}
	return nil
}
