package arbiter

import (
	"slices"

	"understudy/compare"
	"understudy/engine/class"
	"understudy/engine/encode"
	"understudy/engine/witness"
)

// allSplitting is the whole family of minimal splitting sets, as both solvers
// list it.
func (i *inquiry) allSplitting(groups *witness.Groups) (*compare.Splitting, error) {
	if i.core == nil {
		return nil, errNodes
	}
	l, err := newPlain(i.d.Core)
	if err != nil {
		return nil, err
	}
	splits, err := i.splits(l)
	if err != nil {
		return nil, err
	}
	e := &expansion{larger: l}
	for _, key := range l.system.Keys {
		e.bit = append(e.bit, i.core.maskOf([]string{key}))
	}
	for _, split := range splits {
		if err := e.choose(split.Gone, -1, 0, 0, 0); err != nil {
			return nil, err
		}
	}
	family, behind, err := i.core.merging(groups).family(i.ctx, e.found)
	if err != nil {
		return nil, err
	}
	s := &compare.Splitting{Family: family, Split: !family.None() && family.Min == 0}
	if !family.None() {
		if s.Quorums, err = l.left(i.core.names(behind), splits); err != nil {
			return nil, err
		}
	}
	i.solved = true
	return s, nil
}

// splits are the minimal splitting vectors, of each of which one set was checked.
func (i *inquiry) splits(l *larger) ([]encode.Split, error) {
	ctx, cancel := halfOf(i.ctx)
	defer cancel()
	var said [2][]encode.Split
	for at, solver := range solvers {
		all, err := encode.Splitting(ctx, l.q.Relevant(), solver)
		if err != nil {
			return nil, err
		}
		if !all.Complete {
			return nil, errTime
		}
		said[at] = all.Found
		slices.SortFunc(said[at], func(a, b encode.Split) int { return slices.Compare(a.Gone, b.Gone) })
	}
	if !slices.EqualFunc(said[0], said[1], func(a, b encode.Split) bool { return slices.Equal(a.Gone, b.Gone) }) {
		return nil, errContrary
	}
	for _, split := range said[1] {
		members, quorums := l.pickSplit(class.Minimum{Vector: split.Gone, Quorums: split.Quorums})
		if err := i.d.Core.CheckSplitting(members, quorums[0], quorums[1]); err != nil {
			return nil, err
		}
	}
	return said[1], nil
}

// left are two quorums that deleting gone leaves disjoint, where one of splits is
// of the same kind.
func (l *larger) left(gone []string, splits []encode.Split) ([][]string, error) {
	var nodes []int
	for _, key := range gone {
		nodes = append(nodes, slices.Index(l.system.Keys, key))
	}
	vector := l.q.Count(nodes)
	at := slices.IndexFunc(splits, func(s encode.Split) bool { return slices.Equal(s.Gone, vector) })
	quorums := l.pickLeft(nodes, splits[at].Quorums)
	return quorums, l.core.CheckSplitting(gone, quorums[0], quorums[1])
}

// expansion lists the sets of nodes that vectors stand for.
type expansion struct {
	*larger
	bit   []mask // by node
	found []mask
}

// choose adds to so further nodes of class c, from its at-th on, and then of the
// classes behind it.
func (e *expansion) choose(vector class.Vector, c, at, further int, so mask) error {
	for further == 0 {
		if c++; c == len(vector) {
			if len(e.found) == mostFound {
				return errMany
			}
			e.found = append(e.found, so)
			return nil
		}
		at, further = 0, vector[c]
	}
	for members := e.q.Members[c]; len(members)-at >= further; at++ {
		if err := e.choose(vector, c, at+1, further-1, so|e.bit[members[at]]); err != nil {
			return err
		}
	}
	return nil
}
