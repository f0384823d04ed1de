package fbas

import (
	"cmp"
	"fmt"
	"slices"
)

// Reduce gives the core of the network, what every analysis speaks of, in the
// steps of the Rust scanner, each done once:
//
//  1. Nodes that are a quorum alone are removed, also from the sets of others,
//     thresholds unchanged.
//  2. Nodes that can't be satisfied are dropped, and of the strongly connected
//     components of the whole reference graph those are kept that contain a
//     quorum, with all their satisfiable nodes.
//  3. Quorum sets are shrunk to what is left, thresholds unchanged; an inner
//     set with fewer entries than its threshold vanishes; what is now
//     unsatisfiable is dropped; nodes are sorted by key.
//
// A public key that two nodes share after step 1 is a *FieldError.
func (s *System) Reduce() (*System, error) {
	s = s.Restrict(s.withoutOneNodeQuorums())
	if err := s.CheckKeys(); err != nil {
		return nil, err
	}
	s = s.Restrict(s.Clusters())
	s = s.Restrict(s.GreatestQuorum(s.All()))
	return s.sorted(), nil
}

// CheckKeys returns a *FieldError when two nodes have the same public key.
func (s *System) CheckKeys() error {
	first := make(map[string]int, s.Len())
	for i, key := range s.Keys {
		if other, again := first[key]; again {
			return &FieldError{
				Field:   fmt.Sprintf("nodes[%d].publicKey", s.Source[i]),
				Problem: fmt.Sprintf("%q is the key of nodes[%d] too; keys must be unique", key, s.Source[other]),
			}
		}
		first[key] = i
	}
	return nil
}

func (s *System) withoutOneNodeQuorums() Set {
	keep := s.All()
	for node, own := range s.Own {
		if own >= 0 && s.satisfiedByOne(own, node, nil) {
			keep[node] = false
		}
	}
	return keep
}

// Loners are the nodes with a quorum set that need no other such node: they
// are satisfied by themselves and the free nodes. Where no node is free these
// are the nodes that are a quorum alone.
func (s *System) Loners() Set {
	free := make([]int, len(s.Vertices))
	for node, own := range s.Own {
		if own == Free {
			for _, vertex := range s.listedIn[node] {
				free[vertex]++
			}
		}
	}
	loners := make(Set, s.Len())
	for node, own := range s.Own {
		loners[node] = own >= 0 && s.satisfiedByOne(own, node, free)
	}
	return loners
}

// satisfiedByOne says whether the single node satisfies vertex, together with
// others that meet so many entries in the list of each vertex; nil: no others.
func (s *System) satisfiedByOne(vertex, node int, others []int) bool {
	v := &s.Vertices[vertex]
	met := 0
	if others != nil {
		met = others[vertex]
	}
	if at, listed := slices.BinarySearch(v.Nodes, node); listed {
		for ; at < len(v.Nodes) && v.Nodes[at] == node; at++ {
			met++
		}
	}
	for _, inner := range v.Inner {
		if met >= v.Threshold {
			break
		}
		if s.satisfiedByOne(inner, node, others) {
			met++
		}
	}
	return met >= v.Threshold
}

// Clusters gives the satisfiable nodes of the strongly connected components that
// contain a quorum. Where no node is free all minimal quorums lie in them: of
// the nodes of a minimal quorum those that refer to no others but themselves are
// a quorum, so they are all of it.
func (s *System) Clusters() Set {
	satisfiable := s.GreatestQuorum(s.All())
	component, count := s.components()
	members := make([][]int, count)
	for node, in := range satisfiable {
		if in {
			members[component[node]] = append(members[component[node]], node)
		}
	}
	keep := make(Set, s.Len())
	for _, nodes := range members {
		if s.holdsQuorum(nodes) {
			for _, node := range nodes {
				keep[node] = true
			}
		}
	}
	return keep
}

// holdsQuorum says whether the nodes contain a quorum. It restricts the system
// first, so that many small components cost no more than one large one.
func (s *System) holdsQuorum(nodes []int) bool {
	if len(nodes) < 2 {
		return len(nodes) == 1 && s.Own[nodes[0]] >= 0 && s.satisfiedByOne(s.Own[nodes[0]], nodes[0], nil)
	}
	part := s.restrictTo(nodes)
	return !part.GreatestQuorum(part.All()).Empty()
}

// Restrict gives the system of the kept nodes only, in the order they have:
// references to others vanish, thresholds stay, and inner sets that nothing can
// satisfy any more are removed.
func (s *System) Restrict(keep Set) *System { return s.restrictTo(keep.Members()) }

// restrictTo gives the system of the kept nodes only: references to others
// vanish, thresholds stay, and inner sets left with fewer entries than their
// threshold, which nothing can satisfy, are removed.
func (s *System) restrictTo(keep []int) *System { return s.rewrite(&restriction{}, keep) }

// rewrite gives the system of the kept nodes.
func (s *System) rewrite(r *restriction, keep []int) *System {
	r.from, r.to, r.place, r.vertex = s, newBuilder(len(keep)), make(map[int]int, len(keep)), map[int]int{}
	for i, node := range keep {
		r.place[node] = i
	}
	for _, node := range keep {
		own := s.Own[node]
		if own >= 0 {
			own = r.shrink(own)
		}
		r.to.node(s.Keys[node], s.Source[node], own)
	}
	return r.to.system()
}

type restriction struct {
	from   *System
	to     *builder
	place  map[int]int // kept nodes: old number to new
	vertex map[int]int // vertices done: old number to new
	whole  bool        // no node goes, and inner sets stay even if nothing meets them
}

func (r *restriction) shrink(vertex int) int {
	if id, done := r.vertex[vertex]; done {
		return id
	}
	old := &r.from.Vertices[vertex]
	v := Vertex{Threshold: old.Threshold}
	for _, node := range old.Nodes {
		if i, kept := r.place[node]; kept {
			v.Nodes = append(v.Nodes, i)
		}
	}
	for _, inner := range old.Inner {
		id := r.shrink(inner)
		if r.whole || r.to.s.Vertices[id].Size() >= r.to.s.Vertices[id].Threshold {
			v.Inner = append(v.Inner, id)
		}
	}
	id := r.to.intern(v)
	r.vertex[vertex] = id
	return id
}

// sorted renumbers the nodes in bytewise order of their keys.
func (s *System) sorted() *System {
	order := s.All().Members()
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(s.Keys[a], s.Keys[b]) })
	return s.restrictTo(order)
}
