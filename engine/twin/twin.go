// Package twin finds the items of a flat form that may change places, so that
// a search needs to look at one order of decisions about them only.
//
//	twins := twin.Of(form)
//	twins.Later(3) // the twins of item 3 that come after it
//
// Two items are twins if they are equal in threshold and in the sizes and
// quorum sets of their parts, and the same quorum sets list them. Swapping them
// maps every quorum set to itself, so each solution of a search has a mirror
// image in which their roles are swapped: it is enough to look for solutions
// whose roles rise (or fall) from each twin to the next.
package twin

import (
	"fmt"

	"understudy/engine/bitset"
	"understudy/engine/flat"
)

// Order is the partition of items into twins, in the order of their numbers.
type Order struct {
	number []int        // by item: which twins it belongs to
	all    []bitset.Set // by number
}

// Of finds the twins among the items of a form.
func Of(f *flat.Form) Order {
	keys := make([]string, len(f.Items))
	for i, item := range f.Items {
		key := fmt.Appendf(nil, "%d", item.Threshold)
		for _, p := range item.Parts {
			key = fmt.Appendf(key, " %d.%d", p.Size, p.Set)
		}
		for s := range f.Sets {
			if f.Sets[s].Items.Has(i) {
				key = fmt.Appendf(key, ",%d", s)
			}
		}
		keys[i] = string(key)
	}
	return order(keys)
}

// None is the order of n items none of which are twins.
func None(n int) Order {
	keys := make([]int, n)
	for i := range keys {
		keys[i] = i
	}
	return order(keys)
}

// Refine keeps only those twins together that have the same mark: what has been
// decided about them tells the others apart.
func (o Order) Refine(marks []int) Order {
	keys := make([][2]int, len(o.number))
	for i, n := range o.number {
		keys[i] = [2]int{n, marks[i]}
	}
	return order(keys)
}

func order[K comparable](keys []K) Order {
	known := map[K]int{}
	var o Order
	for i, key := range keys {
		n, ok := known[key]
		if !ok {
			n = len(o.all)
			known[key] = n
			o.all = append(o.all, bitset.Set{})
		}
		o.number = append(o.number, n)
		o.all[n] = o.all[n].With(i)
	}
	return o
}

// Earlier are the twins of an item with smaller numbers.
func (o Order) Earlier(i int) bitset.Set { return o.all[o.number[i]].And(bitset.Upto(i)) }

// Later are the twins of an item with larger numbers.
func (o Order) Later(i int) bitset.Set { return o.all[o.number[i]].Minus(bitset.Upto(i + 1)) }

// First says whether an item has no earlier twin.
func (o Order) First(i int) bool { return o.Earlier(i).Empty() }
