package twin

import (
	"math/big"
	"slices"

	"understudy/engine/class"
	"understudy/engine/flat"
)

// Orbits says which classes may change places: those of organizations that are
// twins and whose members are all of one class. A vector stands for its orbit:
// all vectors that come from it by exchanging such classes. The zero value
// exchanges nothing.
type Orbits struct {
	groups [][]int // of classes, ascending, each of two or more
	group  map[int]int
}

// OrbitsOf finds the classes that may change places; the form may be nil.
func OrbitsOf(f *flat.Form) Orbits {
	o := Orbits{group: map[int]int{}}
	if f == nil {
		return o
	}
	items := map[int]int{} // by class
	for _, item := range f.Items {
		for _, part := range item.Parts {
			items[part.Class]++
		}
	}
	for _, twins := range Of(f).all {
		var classes []int
		for i := range twins.All {
			// validators of one class are counted, not exchanged
			if parts := f.Items[i].Parts; len(parts) == 1 && items[parts[0].Class] == 1 {
				classes = append(classes, parts[0].Class)
			}
		}
		if slices.Sort(classes); len(classes) > 1 {
			for _, c := range classes {
				o.group[c] = len(o.groups)
			}
			o.groups = append(o.groups, classes)
		}
	}
	return o
}

// Trivial says that nothing may change places.
func (o Orbits) Trivial() bool { return len(o.groups) == 0 }

// Of lists the classes that may change places with class c, itself among them;
// nil when there is none other.
func (o Orbits) Of(c int) []int {
	if g, ok := o.group[c]; ok {
		return o.groups[g]
	}
	return nil
}

// Size is the number of vectors in the orbit of x: for each group the number of
// different orders of its counts.
func (o Orbits) Size(x class.Vector) *big.Int {
	size := big.NewInt(1)
	var ways big.Int
	for _, classes := range o.groups {
		left := int64(len(classes))
		for _, n := range tally(x, classes) {
			size.Mul(size, ways.Binomial(left, int64(n)))
			left -= int64(n)
		}
	}
	return size
}

// tally counts how many of the classes have each count.
func tally(x class.Vector, classes []int) []int {
	counts := map[int]int{}
	for _, c := range classes {
		counts[x[c]]++
	}
	var list []int
	for _, n := range counts {
		list = append(list, n)
	}
	return list
}

// All calls yield for the vectors of the orbit of x, in falling order of their
// counts, until it says false. Each is a new vector.
func (o Orbits) All(x class.Vector, yield func(class.Vector) bool) {
	first := slices.Clone(x)
	for _, classes := range o.groups {
		counts := make([]int, len(classes))
		for i, c := range classes {
			counts[i] = x[c]
		}
		slices.SortFunc(counts, func(a, b int) int { return b - a })
		for i, c := range classes {
			first[c] = counts[i]
		}
	}
	o.arrange(first, len(o.groups)-1, yield)
}

// arrange goes through the orders of the groups up to the g-th, the last group
// fastest.
func (o Orbits) arrange(x class.Vector, g int, yield func(class.Vector) bool) bool {
	if g < 0 {
		return yield(slices.Clone(x))
	}
	for {
		if !o.arrange(x, g-1, yield) {
			return false
		}
		if !nextOrder(x, o.groups[g]) {
			return true
		}
	}
}

// nextOrder puts the counts of the classes into the order that comes next after
// the present one, falling orders first; after the last it restores the first
// and says false.
func nextOrder(x class.Vector, classes []int) bool {
	i := len(classes) - 2
	for i >= 0 && x[classes[i]] <= x[classes[i+1]] {
		i--
	}
	swap := func(i, j int) { x[classes[i]], x[classes[j]] = x[classes[j]], x[classes[i]] }
	if i >= 0 {
		j := len(classes) - 1
		for x[classes[j]] >= x[classes[i]] {
			j--
		}
		swap(i, j)
	}
	for a, b := i+1, len(classes)-1; a < b; a, b = a+1, b-1 {
		swap(a, b)
	}
	return i >= 0
}

// Sorted is the vector of the orbit whose counts fall.
func (o Orbits) Sorted(x class.Vector) class.Vector {
	var sorted class.Vector
	o.All(x, func(first class.Vector) bool { sorted = first; return false })
	return sorted
}

// Exchange finds an exchange of classes that takes one vector to another of its
// orbit: the class that comes in the place of each. It says false where there is
// none.
func (o Orbits) Exchange(from, to class.Vector) (place []int, ok bool) {
	place = make([]int, len(from))
	for c := range place {
		place[c] = c
	}
	for _, classes := range o.groups {
		left := slices.Clone(classes)
		for _, c := range classes {
			at := slices.IndexFunc(left, func(d int) bool { return from[d] == to[c] })
			if at < 0 {
				return nil, false
			}
			place[c] = left[at]
			left = slices.Delete(left, at, at+1)
		}
	}
	for c := range place {
		if from[place[c]] != to[c] {
			return nil, false
		}
	}
	return place, true
}
