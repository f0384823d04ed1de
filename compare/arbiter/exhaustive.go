package arbiter

import (
	"context"
	"fmt"
	"math/bits"
	"slices"
	"strconv"

	"understudy/compare"
	"understudy/engine/witness"
)

// enumeration is a dispute about a small core.
type enumeration struct {
	*tables
	ctx context.Context
	d   compare.Dispute
	// Families of nodes, found once.
	minimalQuorums, minimalSplitting []mask
	split                            bool // minimalSplitting is known
}

func enumerate(ctx context.Context, d compare.Dispute) (compare.Truth, error) {
	s := newSmall(d.Core)
	if err := s.tabulate(ctx); err != nil {
		return compare.Truth{}, err
	}
	e := &enumeration{tables: s.tables(), ctx: ctx, d: d}
	e.minimalQuorums = e.quorums()
	answer, err := e.answer()
	if err != nil {
		return compare.Truth{}, err
	}
	return compare.Truth{Kind: compare.ProofExhaustive, Answer: answer, How: e.how()}, nil
}

func (s *small) how() string {
	switch len(s.keys) {
	case 0:
		return "finding that there is no core node"
	case 1:
		return "trying both sets of the one core node"
	}
	count := strconv.Itoa(1 << len(s.keys))
	for at := len(count) - 3; at > 0; at -= 3 {
		count = count[:at] + "," + count[at:]
	}
	return fmt.Sprintf("trying all %s sets of the %d core nodes", count, len(s.keys))
}

func (e *enumeration) answer() (a *compare.Answer, err error) {
	a, m := &compare.Answer{}, e.merging(e.d.Groups)
	switch e.d.Analysis {
	case "top-tier":
		a.TopTier = m.topTier(e.minimalQuorums)
	case "quorums":
		a.Quorums, err = m.quorums(e.ctx, e.minimalQuorums)
	case "blocking-sets":
		a.Blocking, err = m.blocking(e.ctx, e.blocking(e.maskOf(e.d.Faulty)))
	case "splitting-sets":
		a.Splitting, err = e.splittingAnswer(m)
	case "full":
		a.TopTier = m.topTier(e.minimalQuorums)
		if a.Quorums, err = m.quorums(e.ctx, e.minimalQuorums); err != nil {
			return nil, err
		}
		if a.Blocking, err = m.blocking(e.ctx, e.blocking(0)); err != nil {
			return nil, err
		}
		a.Splitting, err = e.splittingAnswer(m)
	case "network":
		a.Network, err = e.network()
	}
	return a, err
}

func (e *enumeration) splittingAnswer(m *merging) (*compare.Splitting, error) {
	if !e.split {
		var err error
		if e.minimalSplitting, err = e.splitting(e.ctx); err != nil {
			return nil, err
		}
		e.split = true
	}
	family, behind, err := m.family(e.ctx, e.minimalSplitting)
	if err != nil {
		return nil, err
	}
	s := &compare.Splitting{Family: family, Split: !family.None() && family.Min == 0}
	if family.None() {
		return s, nil
	}
	one, other, err := e.newParter().part(e.ctx, behind)
	s.Quorums = [][]string{e.names(one), e.names(other)}
	return s, err
}

// network answers the questions of a whole scan.
func (e *enumeration) network() (*compare.Network, error) {
	one, _ := e.disjoint(e.minimalQuorums)
	n := &compare.Network{
		Intersect: len(e.minimalQuorums) > 0 && one == 0,
		Symmetric: e.d.Core.SymmetricTopTier() != nil,
	}
	blocking, filtered := e.blocking(0), e.blocking(e.maskOf(e.d.Faulty))
	for i, mergeBy := range []string{witness.MergeNone, witness.MergeOrganization, witness.MergeCountry, witness.MergeISP} {
		groups, err := e.d.Core.Groups(mergeBy)
		if err != nil {
			return nil, err
		}
		m := e.merging(groups)
		splitting, err := e.splittingAnswer(m)
		if err != nil {
			return nil, err
		}
		all, err := m.blocking(e.ctx, blocking)
		if err != nil {
			return nil, err
		}
		some, err := m.blocking(e.ctx, filtered)
		if err != nil {
			return nil, err
		}
		n.Levels[i] = compare.Level{
			TopTier: m.topTier(e.minimalQuorums).Size, Blocking: all.Min, BlockingFiltered: some.Min, Splitting: splitting.Min,
		}
	}
	return n, nil
}

// enumerateSplit tries every set of nodes behind names.
func enumerateSplit(ctx context.Context, d compare.Dispute, names []string) (compare.Split, error) {
	s := newSmall(d.Core)
	if err := s.tabulate(ctx); err != nil {
		return compare.Split{}, err
	}
	m, p := s.merging(d.Groups), s.newParter()
	wanted := slices.Sorted(slices.Values(names))
	within := s.maskOf(d.Groups.Nodes(names))
	split := compare.Split{Kind: compare.ProofExhaustive, How: s.how()}
	for set := mask(0); ; set = (set - within) & within {
		if image := m.image(set); bits.OnesCount64(image) == len(names) && slices.Equal(m.shown(image), wanted) {
			one, other, err := p.part(ctx, set)
			if err != nil {
				return split, err
			}
			if one != 0 {
				split.Members, split.Quorums = s.names(set), [][]string{s.names(one), s.names(other)}
				return split, nil
			}
		}
		if set == within {
			return split, nil
		}
	}
}
