package compare

import (
	"slices"

	"understudy/engine/fbas"
)

// Classes are the known defects of the Rust scanner, as labels.
//
//	R1  no blocking sets: the common quorum set of a symmetric component names a node twice
//	R2  splitting sets that do not split, or are not minimal: the same
//	R3  splitting sets that do not split: not all core nodes have one quorum set
//	R4  splitting sets missed, the least one too large: the same
//	R5  quorums lost: validators of one inner set have different sets of their own, or some sets leave their owner out
//	R6  the top tier taken from the blocking sets of R1 that were asked for before
var Classes = []string{"R1", "R2", "R3", "R4", "R5", "R6"}

// defectClass is the class of defect that the network is prone to in a metric,
// "" for none. That the primary is wrong was proven without it.
func (b *bout) defectClass(metric string) string {
	t := b.p.traits()
	switch metric {
	case MetricMinSplitting, MetricSplittingFamily:
		switch {
		case t.repeats:
			return "R2"
		case t.symmetric:
			return ""
		case b.tooMany(metric):
			return "R3"
		}
		return "R4"
	case MetricMinBlocking, MetricBlockingFamily:
		if t.repeats {
			return "R1"
		}
	case MetricTopTier:
		if t.repeats {
			return "R6"
		}
	case MetricSymmetric:
		return ""
	}
	if t.mixed {
		return "R5"
	}
	return ""
}

// tooMany says whether the primary claims more about splitting than there is
// rather than less: sets where the candidate has none, or smaller ones.
func (b *bout) tooMany(metric string) bool {
	x, y := b.primary.Splitting, b.candidate.Splitting
	if x == nil || y == nil {
		return false
	}
	switch {
	case x.None() || y.None():
		return !x.None()
	case x.Min != y.Min:
		return x.Min < y.Min
	case metric == MetricSplittingFamily && x.Total != nil && y.Total != nil:
		return x.Total.Cmp(y.Total) > 0
	}
	return true // an example that does not split
}

// traits are what the defects depend on.
type traits struct {
	symmetric bool // all core nodes have one quorum set
	repeats   bool // the common set of a symmetric component names a node twice
	mixed     bool // R5's trigger
}

func (p *Prepared) traits() (t traits) {
	sets := make(map[string]fbas.QuorumSet)
	forms, owners := make(map[string]string), make(map[string]int)
	for _, key := range p.core.Keys() {
		q, has := p.core.QuorumSet(key)
		if !has {
			continue
		}
		if !slices.Contains(validators(q), key) {
			t.mixed = true
			q.Threshold++
			q.Validators = append(slices.Clone(q.Validators), key)
		}
		sets[key], forms[key] = q, canonical(&q)
		owners[forms[key]]++
	}
	t.symmetric = len(owners) == 1
	for key, q := range sets {
		all := validators(q)
		t.repeats = t.repeats || owners[forms[key]] == len(all) && mentions(q) > len(all)
		t.mixed = t.mixed || mixedInner(q, forms)
	}
	return t
}

// mentions counts the validators of q at any depth, repetitions included.
func mentions(q fbas.QuorumSet) int {
	n := len(q.Validators)
	for _, inner := range q.InnerQuorumSets {
		n += mentions(inner)
	}
	return n
}

// mixedInner says whether an inner set of q names validators whose own sets
// differ.
func mixedInner(q fbas.QuorumSet, forms map[string]string) bool {
	for _, inner := range q.InnerQuorumSets {
		for _, v := range inner.Validators {
			if forms[v] != forms[inner.Validators[0]] {
				return true
			}
		}
		if mixedInner(inner, forms) {
			return true
		}
	}
	return false
}
