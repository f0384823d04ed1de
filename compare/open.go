package compare

import (
	"slices"

	"understudy/engine/witness"
)

// open says whether the sides agree about a metric, yet one of them shows
// something in support that the other does not show and that nothing is known of.
func (b *bout) open(metric string) bool {
	switch metric {
	case MetricMinSplitting:
		return b.openExample()
	case MetricSplittingFamily:
		return len(b.unproven(0))+len(b.unproven(1)) > 0
	case MetricQuorumFamily, MetricBlockingFamily:
		for side := range sides {
			if b.checkers[side].unverified[metric] && len(b.listedAlone(side, metric)) > 0 {
				return true
			}
		}
	}
	return false
}

// openExample says whether the sides show different splitting sets as an
// example, or different nodes behind it, and one of them was not shown to split.
func (b *bout) openExample() bool {
	x, y := b.primary.Splitting, b.candidate.Splitting
	switch {
	case x == nil || y == nil || x.None() && y.None():
		return false
	case same(x.Example, y.Example):
		return !same(x.Members, y.Members) && (b.unshownMembers(0) || b.unshownMembers(1))
	}
	return contains(b.pool.open, x.Example) && !b.listed(x.Example) || contains(b.pool.open, y.Example) && !b.listed(y.Example) ||
		b.unshownMembers(0) || b.unshownMembers(1)
}

// unshownMembers says whether a side shows nodes behind its merged splitting set
// that were not shown to split.
func (b *bout) unshownMembers(side int) bool {
	s := b.answer(side).Splitting
	if b.p.mergeBy == witness.MergeNone || s.Members == nil || s.None() || !b.checkers[side].able() {
		return false
	}
	return !slices.ContainsFunc(b.pool.splits, func(known split) bool { return same(known.members, s.Members) })
}

// unproven are the splitting sets that only one side lists and that were not
// shown to be minimal: one that splits is if it has the least size.
func (b *bout) unproven(side int) (out [][]string) {
	alone := b.listedAlone(side, MetricSplittingFamily)
	if len(alone) == 0 || !b.checkers[side].able() {
		return nil
	}
	least := min(b.primary.Splitting.Min, b.candidate.Splitting.Min)
	shown := make(map[string]bool, len(b.pool.splits))
	for _, known := range b.pool.splits {
		shown[key(known.names)] = len(known.names) <= least
	}
	listed := make(map[string]bool)
	for _, set := range b.answer(1 - side).Splitting.Sets {
		listed[key(set)] = true
	}
	for _, set := range alone {
		if !shown[key(set)] || listed[key(set)] {
			out = append(out, set)
		}
		shown[key(set)] = false // listed again it has to be of other groups
	}
	return out
}

// listedAlone are the sets of a family that a side lists and the other does not,
// or not as often.
func (b *bout) listedAlone(side int, metric string) (out [][]string) {
	f, other := b.answer(side).family(metric), b.answer(1-side).family(metric)
	if f == nil || other == nil {
		return nil
	}
	left := make(map[string]int, len(other.Sets))
	for _, set := range other.Sets {
		left[key(set)]++
	}
	for _, set := range f.Sets {
		if left[key(set)]--; left[key(set)] < 0 {
			out = append(out, set)
		}
	}
	return out
}

// listed says whether both sides list the set in families that agree.
func (b *bout) listed(set []string) bool {
	x, y := b.primary.Splitting, b.candidate.Splitting
	return contains(x.Sets, set) && contains(y.Sets, set)
}
