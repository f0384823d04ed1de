package arbiter

import (
	"context"
	"errors"
	"math/big"
	"slices"

	"understudy/compare"
	"understudy/engine/class"
	"understudy/engine/fbas"
	"understudy/engine/witness"
)

// larger is a core for solvers: compiled from the judge's reading, with the
// groups that sets are priced by.
type larger struct {
	core   *witness.Core
	groups *witness.Groups
	system *fbas.System
	q      *class.Quotient
	price  class.Price
	merged bool
}

// newLarger compiles the core. Members of faulty cost nothing.
func newLarger(core *witness.Core, groups *witness.Groups, faulty []string) *larger {
	l := &larger{core: core, groups: groups, system: fbas.Compile(written(core))}
	group, gratis := make([]int, l.system.Len()), make([]int, l.system.Len())
	number := make(map[string]int)
	for v, key := range l.system.Keys {
		representative, name, _ := groups.Group(key)
		if _, known := number[representative]; !known {
			number[representative] = len(number)
		}
		group[v] = number[representative]
		l.merged = l.merged || representative != key || name != key
		if slices.Contains(faulty, key) {
			gratis[v] = 1
		}
	}
	l.q = class.New(l.system, group, gratis)
	if !l.merged {
		l.q = class.New(l.system, gratis)
	} else {
		l.price.Group = make([]int, len(l.q.Size))
	}
	l.price.Free = make([]bool, len(l.q.Size))
	for c, members := range l.q.Members {
		if l.merged {
			l.price.Group[c] = group[members[0]]
		}
		l.price.Free[c] = gratis[members[0]] == 1
	}
	return l
}

// newPlain is newLarger without groups.
func newPlain(core *witness.Core) (*larger, error) {
	groups, err := core.Groups(witness.MergeNone)
	if err != nil {
		return nil, err
	}
	return newLarger(core, groups, nil), nil
}

// written is the core as a network that needs no reduction.
func written(core *witness.Core) *fbas.Network {
	n := &fbas.Network{}
	for _, key := range core.Keys() {
		node := fbas.Node{PublicKey: key}
		if q, has := core.QuorumSet(key); has {
			node.QuorumSet = &q
		}
		n.Nodes = append(n.Nodes, node)
	}
	return n
}

func (l *larger) keys(nodes []int) []string {
	out := make([]string, len(nodes))
	for i, v := range nodes {
		out[i] = l.system.Keys[v]
	}
	slices.Sort(out)
	return out
}

const howSolvers = "two solvers that say the same"

// inquiry is a dispute about a larger core.
type inquiry struct {
	ctx context.Context
	d   compare.Dispute
}

func ask(ctx context.Context, d compare.Dispute) (compare.Truth, error) {
	i := inquiry{ctx, d}
	a := &compare.Answer{}
	var err error
	if d.Analysis == "network" {
		a.Network, err = i.network()
	} else {
		err = i.parts(a)
	}
	if err != nil {
		return compare.Truth{}, err
	}
	return compare.Truth{Kind: compare.ProofTwoSolvers, Answer: a, How: howSolvers}, nil
}

// disputed says whether one of the metrics is in dispute.
func (i inquiry) disputed(metrics ...string) bool {
	return slices.ContainsFunc(i.d.Metrics, func(metric string) bool { return slices.Contains(metrics, metric) })
}

// parts fills in what the metrics in dispute are about. One that comes to
// nothing leaves the others their time.
func (i inquiry) parts(a *compare.Answer) error {
	var problems []error
	for _, part := range []struct {
		metrics []string
		find    func() error
	}{
		{[]string{compare.MetricTopTier}, func() (err error) { a.TopTier, err = i.topTier(); return err }},
		{[]string{compare.MetricIntersection, compare.MetricMinQuorum, compare.MetricQuorumFamily}, func() (err error) { a.Quorums, err = i.quorums(); return err }},
		{[]string{compare.MetricMinBlocking, compare.MetricBlockingFamily}, func() (err error) { a.Blocking, err = i.blocking(i.d.Groups, i.d.Faulty); return err }},
		{[]string{compare.MetricMinSplitting, compare.MetricSplittingFamily}, func() (err error) { a.Splitting, err = i.splitting(i.d.Groups); return err }},
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

// family is what is known of a family by its minimum.
func (l *larger) family(found bool, size int, members []string) (compare.Family, error) {
	f := compare.Family{Min: size, Example: []string{}}
	if !found {
		f.Min, f.Total = 0, new(big.Int)
		return f, nil
	}
	var err error
	if f.Example, err = l.groups.Image(members); err != nil {
		return f, err
	}
	if l.merged {
		f.Members = members
	}
	if size == 0 {
		f.Total = big.NewInt(1)
	}
	if len(f.Example) != size {
		return f, errors.New("the set that was found has another size")
	}
	return f, nil
}

func (i inquiry) blocking(groups *witness.Groups, faulty []string) (*compare.Family, error) {
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
	f, err := l.family(m.Found, m.Size, members)
	return &f, err
}

func (i inquiry) splitting(groups *witness.Groups) (*compare.Splitting, error) {
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
	s.Family, err = l.family(m.Found, m.Size, members)
	s.Split = m.Found && m.Size == 0
	return s, err
}

// pickSplit chooses nodes for a splitting vector and its two quorums.
func (l *larger) pickSplit(m class.Minimum) (members []string, quorums [][]string) {
	gone := l.q.Pick(m.Vector, l.system.SetOf())
	taken := l.system.SetOf(gone...)
	one := l.q.Pick(m.Quorums[0], taken)
	taken = l.system.SetOf(slices.Concat(gone, one)...)
	other := l.q.Pick(m.Quorums[1], taken)
	return l.keys(gone), [][]string{l.keys(one), l.keys(other)}
}

func (i inquiry) quorums() (*compare.Quorums, error) {
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
	q.Disjoint, err = disjoint(i.ctx, i.d.Core)
	q.Intersect = m.Found && q.Disjoint == nil
	return q, err
}
