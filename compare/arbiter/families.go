package arbiter

import (
	"cmp"
	"context"
	"math/bits"
	"slices"
)

// tables say of every set of nodes whether it contains a quorum.
type tables struct {
	*small
	holds []bool
}

func (s *small) tables() *tables {
	t := &tables{s, make([]bool, s.all+1)}
	for set := range t.holds {
		t.holds[set] = s.contains(t.holds, mask(set), 0)
	}
	return t
}

// contains says whether set contains a quorum once gone are deleted, where holds
// tells this of the smaller masks: the quorums inside a set are inside those of
// its nodes that are satisfied.
func (s *small) contains(holds []bool, set, gone mask) bool {
	if rest := s.inside(set, gone); rest != set {
		return holds[rest]
	}
	return set != 0
}

// withOneLess says whether the table has an entry for a set that lacks one node
// of set.
func withOneLess(table []bool, set mask) bool {
	for rest := set; rest != 0; rest &= rest - 1 {
		if table[set&^(rest&-rest)] {
			return true
		}
	}
	return false
}

// quorums are the minimal quorums: what contains one, and none with a node less.
func (t *tables) quorums() (out []mask) {
	for set := range t.holds {
		if t.holds[set] && !withOneLess(t.holds, mask(set)) {
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

// disjoint are two quorums that share no node, where quorums are all minimal
// ones; zeros: there are none.
func (s *small) disjoint(quorums []mask) (one, other mask) {
	for _, quorum := range quorums {
		if other = s.greatest(s.all&^quorum, 0); other != 0 {
			return quorum, other
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
	slices.SortStableFunc(order, func(a, b mask) int { return cmp.Compare(bits.OnesCount64(a), bits.OnesCount64(b)) })
	p := s.newParter()
	above := make([]bool, s.all+1) // holds one that was found
	for _, set := range order {
		if above[set] = withOneLess(above, set); above[set] {
			continue
		}
		one, _, err := p.part(ctx, set)
		if err != nil {
			return nil, err
		}
		if one != 0 {
			above[set] = true
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
		p.holds[set] = p.contains(p.holds, set, gone)
		// The lower half of each pair of complements was looked at before.
		if rest := within &^ set; rest < set && p.holds[set] && p.holds[rest] {
			return p.greatest(set, gone), p.greatest(rest, gone), nil
		}
		if set == within {
			return 0, 0, nil
		}
	}
}
