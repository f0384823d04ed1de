package arbiter

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
)

// tables say of every set of nodes whether it is a quorum or contains one.
type tables struct {
	*small
	holds []bool // by mask: contains a quorum
	exact []bool // by mask: is one
}

// every is how many sets are tried between two looks at the context.
const every = 1 << 12

func (s *small) tables(ctx context.Context) (*tables, error) {
	t := &tables{s, make([]bool, s.all+1), make([]bool, s.all+1)}
	for set := mask(1); set <= s.all; set++ {
		if set%every == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		t.exact[set] = s.isQuorum(set, 0)
		t.holds[set] = t.exact[set] || t.inSmaller(set)
	}
	return t, nil
}

// inSmaller says whether the set contains a quorum without one of its nodes.
func (t *tables) inSmaller(set mask) bool {
	for rest := set; rest != 0; rest &= rest - 1 {
		if t.holds[set&^(rest&-rest)] {
			return true
		}
	}
	return false
}

// quorums are the minimal quorums.
func (t *tables) quorums() (out []mask) {
	for set := range t.exact {
		if t.exact[set] && !t.inSmaller(mask(set)) {
			out = append(out, mask(set))
		}
	}
	return out
}

// blocking are the minimal sets of nodes that are not faulty which block
// together with those that are. There are none where there is no quorum.
func (t *tables) blocking(faulty mask) (out []mask) {
	if !t.holds[t.all] {
		return nil
	}
	blocks := func(set mask) bool { return !t.holds[t.all&^set&^faulty] }
	for set := mask(0); set <= t.all; set++ {
		if set&faulty != 0 || !blocks(set) {
			continue
		}
		minimal := true
		for rest := set; rest != 0 && minimal; rest &= rest - 1 {
			minimal = !blocks(set &^ (rest & -rest))
		}
		if minimal {
			out = append(out, set)
		}
	}
	return out
}

// disjoint are two quorums that share no node; zeros: there are none.
func (t *tables) disjoint() (one, other mask) {
	for set := range t.holds {
		if rest := t.all &^ mask(set); t.holds[set] && t.holds[rest] {
			return t.greatest(mask(set), 0), t.greatest(rest, 0)
		}
	}
	return 0, 0
}

// splitting are the minimal sets whose deletion leaves two disjoint quorums.
// That is not monotone, a set above one that splits may not split; it is not
// minimal either way, so sets are tried by size and those above one that was
// found are left out.
func (s *small) splitting(ctx context.Context) (out []mask, err error) {
	order := make([]mask, 0, s.all+1)
	for set := mask(0); set <= s.all; set++ {
		order = append(order, set)
	}
	slices.SortStableFunc(order, func(a, b mask) int { return cmp.Compare(bits.OnesCount32(a), bits.OnesCount32(b)) })
	p := s.newParter()
	for _, set := range order {
		if slices.ContainsFunc(out, func(smaller mask) bool { return smaller&^set == 0 }) {
			continue
		}
		one, _, err := p.part(ctx, set)
		if err != nil {
			return nil, err
		}
		if one != 0 {
			out = append(out, set)
		}
	}
	return out, nil
}

// parter finds two disjoint quorums after a deletion. It owns scratch memory.
type parter struct {
	*small
	holds []bool
}

func (s *small) newParter() *parter { return &parter{s, make([]bool, s.all+1)} }

// part returns two disjoint quorums that deleting gone leaves; zeros: there are
// none. All quorums lie in the greatest one, so only its subsets are tried.
func (p *parter) part(ctx context.Context, gone mask) (one, other mask, err error) {
	within := p.greatest(p.all&^gone, gone)
	tried := 0
	for set := mask(0); ; set = (set - within) & within { // every subset, ascending
		if tried++; tried%every == 1 && ctx.Err() != nil {
			return 0, 0, ctx.Err()
		}
		holds := false
		for rest := set; rest != 0 && !holds; rest &= rest - 1 {
			holds = p.holds[set&^(rest&-rest)]
		}
		p.holds[set] = holds || p.isQuorum(set, gone)
		// The lower half of each pair of complements was looked at before.
		if rest := within &^ set; rest < set && p.holds[set] && p.holds[rest] {
			return p.greatest(set, gone), p.greatest(rest, gone), nil
		}
		if set == within {
			return 0, 0, nil
		}
	}
}
