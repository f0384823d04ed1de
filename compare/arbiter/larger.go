package arbiter

import (
	"context"
	"errors"
	"slices"

	"understudy/compare"
	"understudy/engine/witness"
)

const howSolvers = "two solvers that say the same"

// inquiry is a dispute about a larger core.
type inquiry struct {
	ctx   context.Context
	d     compare.Dispute
	core  *small          // nil: too large for a search
	known map[sought]sets // by search
	// What the answer rests on.
	searched, solved bool
}

func (a *Arbiter) ask(ctx context.Context, d compare.Dispute) (compare.Truth, error) {
	i := &inquiry{ctx: ctx, d: d, known: make(map[sought]sets)}
	if len(d.Core.Keys()) <= a.searched {
		i.core = newSmall(d.Core)
	}
	answer := &compare.Answer{}
	var err error
	if d.Analysis == "network" {
		answer.Network, err = i.network()
	} else {
		err = i.parts(answer)
	}
	if err != nil {
		return compare.Truth{}, err
	}
	kind, how := i.proof()
	return compare.Truth{Kind: kind, Answer: answer, How: how}, nil
}

// proof is what the answer rests on. Where that is both, it is worth no more than
// the solvers.
func (i *inquiry) proof() (kind compare.ProofKind, how string) {
	switch {
	case !i.searched:
		return compare.ProofTwoSolvers, howSolvers
	case i.solved:
		return compare.ProofTwoSolvers, i.core.howSearched() + " and " + howSolvers
	}
	return compare.ProofExhaustive, i.core.howSearched()
}

// disputed says whether one of the metrics is in dispute.
func (i *inquiry) disputed(metrics ...string) bool {
	return slices.ContainsFunc(i.d.Metrics, func(metric string) bool { return slices.Contains(metrics, metric) })
}

// parts fills in what the metrics in dispute are about. One that comes to
// nothing leaves the others their time.
func (i *inquiry) parts(a *compare.Answer) error {
	var problems []error
	for _, part := range []struct {
		metrics []string
		find    func() error
	}{
		{[]string{compare.MetricTopTier}, func() error { return into(&a.TopTier)(i.topTier()) }},
		{[]string{compare.MetricIntersection, compare.MetricMinQuorum, compare.MetricQuorumFamily}, func() error { return into(&a.Quorums)(i.quorums()) }},
		{[]string{compare.MetricMinBlocking, compare.MetricBlockingFamily}, func() error { return into(&a.Blocking)(i.blocking(i.d.Groups, i.d.Faulty)) }},
		{[]string{compare.MetricMinSplitting, compare.MetricSplittingFamily}, func() error { return into(&a.Splitting)(i.splitting(i.d.Groups)) }},
	} {
		if !i.disputed(part.metrics...) {
			continue
		}
		if err := part.find(); err != nil {
			problems = append(problems, err)
		}
	}
	if a.TopTier == nil && a.Quorums == nil && a.Blocking == nil && a.Splitting == nil {
		return errors.Join(append(problems, errors.New("nothing was found out"))...)
	}
	return nil
}

// into keeps a part that was found out. One that comes with an error may be half
// of the truth, which is none.
func into[T any](part **T) func(*T, error) error {
	return func(found *T, err error) error {
		if err == nil {
			*part = found
		}
		return err
	}
}

func (i *inquiry) blocking(groups *witness.Groups, faulty []string) (*compare.Family, error) {
	if sets, err := i.blockingSets(faulty); err == nil {
		return i.core.merging(groups).blocking(i.ctx, sets)
	}
	l := newLarger(i.d.Core, groups, faulty)
	m, err := l.agreed(i.ctx, minimumBlocking)
	if err != nil {
		return nil, err
	}
	var members []string
	if m.Found {
		all := l.keys(l.q.Pick(m.Vector, l.system.SetOf()))
		if err := i.d.Core.CheckBlocking(all, faulty); err != nil {
			return nil, err
		}
		members = slices.DeleteFunc(all, func(key string) bool { return slices.Contains(faulty, key) })
	}
	i.solved = true
	f, err := l.family(m.Found, m.Size, members)
	return &f, err
}

func (i *inquiry) splitting(groups *witness.Groups) (*compare.Splitting, error) {
	if i.disputed(compare.MetricSplittingFamily) {
		if s, err := i.allSplitting(groups); err == nil {
			return s, nil
		}
	}
	l := newLarger(i.d.Core, groups, nil)
	m, err := l.agreed(i.ctx, minimumSplitting)
	if err != nil {
		return nil, err
	}
	s := &compare.Splitting{}
	var members []string
	if m.Found {
		members, s.Quorums = l.pickSplit(m)
		if err := i.d.Core.CheckSplitting(members, s.Quorums[0], s.Quorums[1]); err != nil {
			return nil, err
		}
	}
	i.solved = true
	s.Family, err = l.family(m.Found, m.Size, members)
	s.Split = m.Found && m.Size == 0
	return s, err
}

func (i *inquiry) quorums() (*compare.Quorums, error) {
	if found, err := i.minimalQuorums(); err == nil {
		return i.core.merging(i.d.Groups).quorums(i.ctx, found)
	}
	q := &compare.Quorums{}
	l := newLarger(i.d.Core, i.d.Groups, nil)
	m, err := l.agreed(i.ctx, minimumQuorum)
	if err != nil {
		return nil, err
	}
	var members []string
	if m.Found {
		members = l.keys(l.q.Pick(m.Vector, l.system.SetOf()))
		if err := i.d.Core.CheckQuorum(members); err != nil {
			return nil, err
		}
	}
	if q.Family, err = l.family(m.Found, m.Size, members); err != nil {
		return nil, err
	}
	q.Disjoint, err = i.disjoint()
	q.Intersect = m.Found && q.Disjoint == nil
	return q, err
}
