package compare

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"understudy/engine/witness"
)

// mostAsked bounds how many splitting sets of one answer the arbiter is asked
// about one by one.
const mostAsked = 50

// judgeExample asks about a splitting set that is shown as an example without
// the two quorums it leaves disjoint. Other examples were checked before.
func (s *settling) judgeExample(side int, metric string) (proof *Proof, known bool) {
	a := s.answer(side).Splitting
	if metric != MetricMinSplitting || a == nil || a.None() || s.checkers[side].trust {
		return nil, true
	}
	if proof, known = s.splits(side, "example", a.Example); proof != nil || !known || !s.unshownMembers(side) {
		return proof, known
	}
	return s.judgeMembers(side, a)
}

// judgeMembers asks about the nodes that are shown behind a merged example.
func (s *settling) judgeMembers(side int, a *Splitting) (proof *Proof, known bool) {
	d := s.dispute
	d.MergeBy = witness.MergeNone
	var err error
	if d.Groups, err = d.Core.Groups(d.MergeBy); err != nil {
		return nil, false // never: that mode is known
	}
	found, err := s.arbiter.Split(s.ctx, d, a.Members)
	if err != nil || found.Quorums != nil {
		return nil, err == nil
	}
	return &Proof{
		Kind: found.Kind, Check: checkSplitting, Sets: []NamedSet{{"members of the example", a.Members}},
		Sentence: fmt.Sprintf("%s, which the %s shows as the nodes of its example, does not split: deleting it leaves no two disjoint quorums, found by %s", braces(a.Members), sides[side], found.How),
	}, true
}

// judgeListed asks about the splitting sets that an answer lists.
func (s *settling) judgeListed(side int) (proof *Proof, known bool) {
	a := s.answer(side).Splitting
	if a == nil || s.checkers[side].trust {
		return nil, true
	}
	for i, set := range a.Sets {
		if i >= mostAsked && s.wholeSplitting() == nil {
			return nil, false
		}
		if proof, known := s.splits(side, "listed set", set); !known || proof != nil {
			return proof, known
		}
	}
	for _, set := range s.unproven(side) {
		if proof, known := s.minimal(side, set); !known || proof != nil {
			return proof, known
		}
	}
	return nil, true
}

// mostParts bounds the parts of one set that the arbiter is asked about.
const mostParts = 64

// minimal says why a set that splits is not minimal, and whether this is known:
// each smaller part of it is asked about, as splitting is not monotone. No set
// smaller than the least one splits.
func (s *settling) minimal(side int, set []string) (proof *Proof, known bool) {
	least := 0
	if s.truth != nil && s.truth.Splitting != nil && s.values[MetricMinSplitting].parts != nil {
		least = s.truth.Splitting.Min
	}
	// A part by name may be of other groups than those of the set.
	if len(set) > 16 || s.p.groups.Shared(set) {
		return nil, false
	}
	asked := 0
	for mask := range 1<<len(set) - 1 {
		if bits.OnesCount(uint(mask)) < least {
			continue
		}
		if asked++; asked > mostParts {
			return nil, false
		}
		part := []string{}
		for i, name := range set {
			if mask&(1<<i) != 0 {
				part = append(part, name)
			}
		}
		found, err := s.arbiter.Split(s.ctx, s.dispute, part)
		switch {
		case err != nil || found.Quorums != nil && s.verified(found, part) != nil:
			return nil, false
		case found.Quorums != nil:
			return witnessed(checkSplitting, append([]NamedSet{{"listed set", set}}, splitSets(part, found.Members, found.Quorums)...),
				"%s, which the %s lists, is not minimal: %s splits already", braces(set), sides[side], braces(part)), true
		}
	}
	return nil, true
}

// wholeSplitting is the family, if the arbiter listed it whole.
func (s *settling) wholeSplitting() [][]string {
	if s.truth != nil && s.truth.Splitting != nil && s.truth.Splitting.Known() == KnownWhole && s.values[MetricSplittingFamily].parts != nil {
		return s.truth.Splitting.Sets
	}
	return nil
}

// families are the sets that a side lists of a family and, if the arbiter listed
// it whole, the family; nil for a metric that is none.
func (s *settling) families(side int, metric string) (shown, whole [][]string) {
	said, known := s.answer(side).family(metric), s.truth.family(metric)
	if said == nil || known == nil || known.Known() != KnownWhole {
		return nil, nil
	}
	return said.Sets, known.Sets
}

// judgeMembership looks for a listed set that is not in the whole family, or in
// it fewer times: groups may share names.
func (s *settling) judgeMembership(side int, metric string, shown, whole [][]string) (proof *Proof, known bool) {
	if s.checkers[side].trust {
		return nil, true
	}
	left := make(map[string]int, len(whole))
	for _, set := range whole {
		left[key(set)]++
	}
	for _, set := range shown {
		if left[key(set)]--; left[key(set)] < 0 {
			return s.notInFamily(side, metric, set), true
		}
	}
	return nil, true
}

func (s *settling) notInFamily(side int, metric string, set []string) *Proof {
	often := ""
	if s.p.groups.Ambiguous() {
		often = ", or not as often"
	}
	return &Proof{
		Kind: s.proof.Kind, Check: checkByDefinition, Sets: []NamedSet{{"set", set}},
		Sentence: fmt.Sprintf("%s, which the %s shows, is no minimal %s%s: the family of %s, found by %s, does not have it",
			braces(set), sides[side], kinds[metric], often, s.truth.family(metric).Total, s.proof.How),
	}
}

// splits says why a set does not split, and whether this is known.
func (s *settling) splits(side int, what string, set []string) (proof *Proof, known bool) {
	if slices.ContainsFunc(s.pool.splits, func(x split) bool { return same(x.names, set) }) {
		return nil, true
	}
	whole := s.wholeSplitting()
	if contains(whole, set) {
		return nil, true
	}
	found, err := s.arbiter.Split(s.ctx, s.dispute, set)
	if err != nil {
		return nil, false
	}
	if found.Quorums == nil {
		return &Proof{
			Kind: found.Kind, Check: checkSplitting, Sets: []NamedSet{{what, set}},
			Sentence: fmt.Sprintf("%s, which the %s shows as its %s, does not split: deleting it leaves no two disjoint quorums, found by %s", braces(set), sides[side], what, found.How),
		}, true
	}
	switch {
	case s.verified(found, set) != nil:
		return nil, false
	case whole != nil: // it splits, and is not minimal
		return s.notInFamily(side, MetricSplittingFamily, set), true
	}
	s.pool.splits = append(s.pool.splits, split{set, found.Members, found.Quorums})
	return nil, true
}

// verified says what is wrong with a split that the arbiter shows.
func (s *settling) verified(found Split, set []string) error {
	if len(found.Quorums) != 2 {
		return errors.New("want two quorums")
	}
	return s.p.groups.CheckSplitting(set, found.Members, found.Quorums[0], found.Quorums[1])
}
