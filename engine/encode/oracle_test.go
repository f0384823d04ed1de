package encode_test

import (
	"math/bits"

	"understudy/engine/class"
	"understudy/engine/fbas"
)

// oracle evaluates the definitions over sets of nodes, as bit masks, by trying
// all of them. It knows no classes, and nothing of what it checks.
type oracle struct {
	s       *fbas.System
	group   []int // by node, negative: none
	free    []bool
	lost    []bool
	quorums []uint
}

func newOracle(s *fbas.System, group []int, free, lost []bool) *oracle {
	o := &oracle{s: s, group: group, free: free, lost: lost}
	o.quorums = o.quorumsWithout(0)
	return o
}

func (o *oracle) all() uint { return 1<<o.s.Len() - 1 }

func (o *oracle) meets(vertex int, in uint) bool {
	v, n := o.s.Vertices[vertex], 0
	for _, node := range v.Nodes {
		n += int(in >> node & 1)
	}
	for _, inner := range v.Inner {
		if o.meets(inner, in) {
			n++
		}
	}
	return n >= v.Threshold
}

// quorumsWithout lists the quorums that there are once the nodes of gone are
// deleted, which lowers the threshold of each list that names them.
func (o *oracle) quorumsWithout(gone uint) []uint {
	var found []uint
	rest := o.all() &^ gone
	met := make([]bool, len(o.s.Vertices))
	for mask := rest; mask != 0; mask = (mask - 1) & rest {
		for vertex := range met {
			met[vertex] = o.meets(vertex, mask|gone)
		}
		ok, someWithSet := true, false
		for node, own := range o.s.Own {
			if mask>>node&1 == 0 || own == fbas.Free {
				continue
			}
			ok = ok && own >= 0 && met[own]
			someWithSet = true
		}
		if ok && someWithSet {
			found = append(found, mask)
		}
	}
	return found
}

func (o *oracle) price(mask uint, priced bool) int {
	if !priced {
		return bits.OnesCount(mask)
	}
	price := 0
	paid := map[int]bool{}
	for node, g := range o.group {
		if mask>>node&1 == 0 || o.free[node] || paid[g] {
			continue
		}
		price++
		paid[g] = g >= 0
	}
	return price
}

func (o *oracle) disjoint(quorums []uint) bool {
	for i, a := range quorums {
		for _, b := range quorums[i:] {
			if a&b == 0 {
				return true
			}
		}
	}
	return false
}

// none is the least price where no set will do.
const none = -1

// least is the least price of the sets that will do.
func (o *oracle) least(priced bool, does func(uint) bool) int {
	least := none
	for mask := range o.all() + 1 {
		if p := o.price(mask, priced); (least == none || p < least) && does(mask) {
			least = p
		}
	}
	return least
}

func (o *oracle) splitting(gone uint) bool { return o.disjoint(o.quorumsWithout(gone)) }

func (o *oracle) blocking(removed uint) bool {
	for _, quorum := range o.quorums {
		if quorum&removed == 0 {
			return false
		}
	}
	return len(o.quorums) > 0
}

func (o *oracle) quorum(mask uint) bool {
	for _, quorum := range o.quorums {
		if quorum == mask {
			return true
		}
	}
	return false
}

// critical says that the set is all that some quorum has of nodes with history.
func (o *oracle) critical(mask uint) bool {
	for _, quorum := range o.quorums {
		if o.keeping(quorum) == mask {
			return true
		}
	}
	return false
}

func (o *oracle) keeping(mask uint) uint {
	for node, lost := range o.lost {
		if lost {
			mask &^= 1 << node
		}
	}
	return mask
}

// minimal are the sets of a family that hold no other.
func (o *oracle) minimal(family []uint) []uint {
	var minimal []uint
	for _, mask := range family {
		below := false
		for _, other := range family {
			below = below || other != mask && other&mask == other
		}
		if !below {
			minimal = append(minimal, mask)
		}
	}
	return minimal
}

// vectors are the kinds of the sets.
func vectors(q *class.Quotient, masks []uint) map[string]bool {
	kinds := map[string]bool{}
	for _, mask := range masks {
		x := make(class.Vector, len(q.Size))
		for node, c := range q.Of {
			x[c] += int(mask >> node & 1)
		}
		kinds[key(x)] = true
	}
	return kinds
}

func key(x class.Vector) string {
	b := make([]byte, len(x))
	for c, k := range x {
		b[c] = byte('0' + k)
	}
	return string(b)
}

// mask is a set of the vector's kind beside the nodes of taken.
func mask(q *class.Quotient, x class.Vector, taken uint) uint {
	in := make(fbas.Set, len(q.Of))
	for node := range in {
		in[node] = taken>>node&1 == 1
	}
	var m uint
	for _, node := range q.Pick(x, in) {
		m |= 1 << node
	}
	return m
}
