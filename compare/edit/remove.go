package edit

import "slices"

// Loss says what becomes of the threshold of a list that loses members. A
// threshold above 0 never falls to 0, which everything would meet.
type Loss int

// The ways to lose members.
const (
	Keep  Loss = iota // the threshold stays, which asks more of those left
	Lower             // it falls by as many as were lost
	Scale             // it falls in proportion, rounded up
	Fit               // it stays, but never above the number of members left
)

// threshold is that of a list that had so many members and now has fewer.
func (l Loss) threshold(threshold, had, has int) int {
	least := min(1, threshold)
	switch {
	case l == Fit:
		return max(least, min(threshold, has))
	case l == Lower:
		return max(least, threshold-(had-has))
	case l == Scale && threshold <= had && had > 0:
		return max(least, (threshold*has+had-1)/had)
	case l == Scale:
		return max(least, threshold-(had-has)) // never to be met, and so it stays
	}
	return threshold
}

// Remove takes nodes away, by their place, and with them what speaks of their
// keys, unless another node carries the same key.
func (n *Network) Remove(loss Loss, nodes ...int) {
	gone := make(map[string]bool, len(nodes))
	for _, i := range nodes {
		gone[n.Nodes[i].Key] = true
	}
	var left []Node
	for i := range n.Nodes {
		if !slices.Contains(nodes, i) {
			left = append(left, n.Nodes[i])
			delete(gone, n.Nodes[i].Key)
		}
	}
	n.Nodes = left
	n.Forget(loss, func(key string) bool { return gone[key] })
}

// Forget takes the references to some keys out of quorum sets, organizations
// and faulty nodes. A list that loses its last member so goes, and is a lost
// member of the list around it; the outermost list of a node stays.
func (n *Network) Forget(loss Loss, gone func(key string) bool) {
	for i := range n.Nodes {
		if n.Nodes[i].Set != nil {
			n.Nodes[i].Set.forget(loss, gone)
		}
	}
	var organizations []Organization
	for _, o := range n.Organizations {
		had := len(o.Validators)
		o.Validators = slices.DeleteFunc(o.Validators, gone)
		if len(o.Validators) > 0 || had == 0 {
			organizations = append(organizations, o)
		}
	}
	if n.Organizations != nil {
		n.Organizations = append([]Organization{}, organizations...)
	}
	n.Faulty = slices.DeleteFunc(n.Faulty, gone)
}

// forget reports whether the list has lost its last member.
func (s *Set) forget(loss Loss, gone func(string) bool) bool {
	had := s.Members()
	s.Validators = slices.DeleteFunc(s.Validators, gone)
	var inner []Set
	for i := range s.Inner {
		if !s.Inner[i].forget(loss, gone) {
			inner = append(inner, s.Inner[i])
		}
	}
	s.Inner = inner
	if s.Members() == had {
		return false
	}
	s.Threshold = loss.threshold(s.Threshold, had, s.Members())
	return s.Members() == 0
}

// RemoveMember takes one member out of a list: a validator, or an inner set with
// all that is in it, which are counted on from the validators.
func (s *Set) RemoveMember(loss Loss, member int) {
	had := s.Members()
	if member < len(s.Validators) {
		s.Validators = slices.Delete(s.Validators, member, member+1)
	} else {
		member -= len(s.Validators)
		s.Inner = slices.Delete(s.Inner, member, member+1)
	}
	s.Threshold = loss.threshold(s.Threshold, had, s.Members())
}
