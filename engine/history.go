package engine

import (
	"context"
	"fmt"
	"math/big"

	"understudy/engine/class"
	"understudy/engine/fbas"
)

// HistoryCriticalSets finds the inclusion-minimal sets whose archives, if they
// failed too, would leave some quorum without any history archive that works:
// what the quorums have of members without a history error. The empty set is
// one where a quorum has no such member already; where there is no quorum there
// is none. Options.Faulty is not looked at.
//
// The members without an error of a quorum are at least those of a minimal
// quorum inside it, so the family is what is left of the minimal quorums, and a
// minimum one is left of a quorum that is cheapest when members with an error
// cost nothing.
func (s *System) HistoryCriticalSets(ctx context.Context, o Options) (HistoryResult, error) {
	var r HistoryResult
	if s.semantics == SemanticsRaw {
		s = s.quorumView
	}
	groups, err := s.groups(o.MergeBy)
	if err != nil {
		return r, err
	}
	if !s.hasQuorum() {
		r.Family = Family{Outcome: NoSet, Complete: true, Total: new(big.Int), Algorithm: "greatest-quorum"}
		return r, nil
	}
	lost := s.historyLost()
	question := s.question(groups, lost)
	var least minimum
	r.Family, err = s.answer(ctx, o, s.family(s.classes, groups, lost), known(&s.quorums),
		func() (minimum, error) {
			var err error
			least, err = question.quorum(ctx, o)
			return least.keeping(question), err
		},
		func() (orbits, bool, error) {
			found, complete := s.quorumVectors(ctx, o)
			return found, complete, nil
		})
	if err != nil {
		return r, fmt.Errorf("find history-critical sets: %w", err)
	}
	if r.Outcome != Found {
		return r, nil
	}
	critical := s.core.SetOf(s.nodes(r.members)...)
	for node := range critical {
		critical[node] = critical[node] || lost[node]
	}
	r.Quorum = s.keys(s.core.GreatestQuorum(critical).Members())
	return r, s.checkHistory(groups, r)
}

// historyLost are the nodes whose history archive fails, or that have none.
func (s *System) historyLost() fbas.Set {
	lost := s.core.SetOf()
	for node, source := range s.core.Source {
		lost[node] = source < 0 || s.network.Nodes[source].HistoryError()
	}
	return lost
}

// keeping is the minimum without the members that cost nothing.
func (m minimum) keeping(w question) minimum {
	if !m.Found {
		return m
	}
	vector := make(class.Vector, len(m.Vector))
	for c, k := range m.Vector {
		if !w.price.IsFree(c) {
			vector[c] = k
		}
	}
	m.Vector = vector
	return m
}
