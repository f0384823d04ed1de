package class

// Vector counts members per class; it stands for all sets with these counts.
type Vector []int

// Sum is the number of members of such a set.
func (x Vector) Sum() int {
	n := 0
	for _, k := range x {
		n += k
	}
	return n
}

// Empty says that no member is counted.
func (x Vector) Empty() bool {
	for _, k := range x {
		if k != 0 {
			return false
		}
	}
	return true
}

// Within says that x is at most y in every class: each set of x's kind lies in
// some set of y's.
func (x Vector) Within(y Vector) bool {
	for c, k := range x {
		if k > y[c] {
			return false
		}
	}
	return true
}

// Minus is what is left of x without y, class by class.
func (x Vector) Minus(y Vector) Vector {
	z := make(Vector, len(x))
	for c, k := range x {
		z[c] = k - y[c]
	}
	return z
}
