package shrink

import (
	"slices"

	"understudy/compare/edit"
)

// place is where a list stands: a node, and a way through inner sets.
type place struct {
	node int
	way  []int
}

// at is the list of that place, or nil.
func (p place) at(n *edit.Network) *edit.Set {
	if p.node >= len(n.Nodes) || n.Nodes[p.node].Set == nil {
		return nil
	}
	list := n.Nodes[p.node].Set
	for _, i := range p.way {
		if i >= len(list.Inner) {
			return nil
		}
		list = &list.Inner[i]
	}
	return list
}

// places are all lists, outer ones first.
func places(n *edit.Network) []place {
	var out []place
	var enter func(p place, s *edit.Set)
	enter = func(p place, s *edit.Set) {
		out = append(out, p)
		for i := range s.Inner {
			enter(place{p.node, append(slices.Clone(p.way), i)}, &s.Inner[i])
		}
	}
	for i := range n.Nodes {
		if set := n.Nodes[i].Set; set != nil {
			enter(place{node: i}, set)
		}
	}
	return out
}

// eachList offers every list twice: first together with all lists that are equal
// to it, so that validators with one common set keep one, then on its own. The
// callback makes its tries with what it is given to change the lists.
func (r *run) eachList(offer func(at func() *edit.Set, change func(n *edit.Network, edit func(*edit.Set)))) {
	done := make(map[string]bool)
	for _, p := range places(r.network) {
		at := func() *edit.Set { return p.at(r.network) }
		list := at()
		if list == nil || done[list.String()] {
			continue
		}
		done[list.String()] = true
		offer(at, func(n *edit.Network, change func(*edit.Set)) {
			like := at().String()
			n.Lists(func(s *edit.Set) {
				if s.String() == like {
					change(s)
				}
			})
		})
	}
	for _, p := range places(r.network) {
		offer(func() *edit.Set { return p.at(r.network) }, func(n *edit.Network, change func(*edit.Set)) { change(p.at(n)) })
	}
}

// innerSets takes inner sets away, or puts their members in their place.
func (r *run) innerSets() {
	r.eachList(func(at func() *edit.Set, change func(*edit.Network, func(*edit.Set))) {
		for i := 0; at() != nil && i < len(at().Inner); {
			had := len(at().Inner)
			gone := r.shrinks(func(n *edit.Network, loss edit.Loss) {
				change(n, func(s *edit.Set) { s.RemoveMember(loss, len(s.Validators)+i) })
			})
			gone = gone || r.try(func(n *edit.Network) { change(n, func(s *edit.Set) { dissolve(s, i) }) })
			if !gone || at() == nil || len(at().Inner) >= had {
				i++
			}
		}
	})
}

// dissolve puts the members of an inner set in its place.
func dissolve(s *edit.Set, i int) {
	inner := s.Inner[i]
	s.Validators = append(s.Validators, inner.Validators...)
	s.Inner = slices.Replace(s.Inner, i, i+1, inner.Inner...)
}

// members takes single validators out of lists.
func (r *run) members() {
	r.eachList(func(at func() *edit.Set, change func(*edit.Network, func(*edit.Set))) {
		for i := 0; at() != nil && i < len(at().Validators); {
			if !r.shrinks(func(n *edit.Network, loss edit.Loss) { change(n, func(s *edit.Set) { s.RemoveMember(loss, i) }) }) {
				i++
			}
		}
	})
}

// sets takes away the whole quorum set of a node, or gives it that of another.
func (r *run) sets() {
	for i := range r.network.Nodes {
		if r.network.Nodes[i].Set == nil {
			continue
		}
		if r.try(func(n *edit.Network) { n.Nodes[i].Set = nil }) {
			continue
		}
		tried := map[string]bool{r.network.Nodes[i].Set.String(): true}
		for j := range r.network.Nodes {
			other := r.network.Nodes[j].Set
			if other == nil || tried[other.String()] {
				continue
			}
			tried[other.String()] = true
			if r.try(func(n *edit.Network) { n.Nodes[i].Set = n.Clone().Nodes[j].Set }) {
				break
			}
		}
	}
}
