package compare

import (
	"errors"
	"fmt"
	"slices"
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
	return s.splits(side, "example", a.Example)
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
	return nil, true
}

// wholeSplitting is the family, if the arbiter listed it whole.
func (s *settling) wholeSplitting() [][]string {
	if s.truth != nil && s.truth.Splitting != nil && s.truth.Splitting.Known() == KnownWhole && s.values[MetricSplittingFamily].parts != nil {
		return s.truth.Splitting.Sets
	}
	return nil
}

func (s *settling) notInFamily(side int, set []string) *Proof {
	return &Proof{
		Kind: s.proof.Kind, Check: checkByDefinition, Sets: []NamedSet{{"set", set}},
		Sentence: fmt.Sprintf("%s, which the %s shows, is no minimal splitting set: the family, found by %s, does not have it", braces(set), sides[side], s.proof.How),
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
		return s.notInFamily(side, set), true
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
