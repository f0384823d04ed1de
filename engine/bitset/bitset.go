// Package bitset holds sets of up to 128 small numbers in two machine words.
//
//	evens := bitset.Of(0, 2, 4)
//	evens.And(bitset.Upto(3)).Len() // 2
//
// Sets are values: every method returns a new one.
package bitset

import "math/bits"

// Max is how many different numbers a set can hold: 0 to Max-1.
const Max = 128

// Set is a set of numbers from 0 to Max-1. The zero value is empty.
type Set struct{ low, high uint64 }

// Of is the set of the numbers.
func Of(numbers ...int) Set {
	var s Set
	for _, i := range numbers {
		s = s.With(i)
	}
	return s
}

// Upto is the set of the numbers 0 to n-1.
func Upto(n int) Set {
	switch {
	case n <= 0:
		return Set{}
	case n < 64:
		return Set{low: 1<<n - 1}
	case n < Max:
		return Set{low: ^uint64(0), high: 1<<(n-64) - 1}
	}
	return Set{low: ^uint64(0), high: ^uint64(0)}
}

// Has says whether i is in the set.
func (s Set) Has(i int) bool {
	if i < 64 {
		return s.low>>i&1 == 1
	}
	return s.high>>(i-64)&1 == 1
}

// With is the set and i.
func (s Set) With(i int) Set {
	if i < 64 {
		s.low |= 1 << i
	} else {
		s.high |= 1 << (i - 64)
	}
	return s
}

// Without is the set but i.
func (s Set) Without(i int) Set {
	if i < 64 {
		s.low &^= 1 << i
	} else {
		s.high &^= 1 << (i - 64)
	}
	return s
}

// And is what is in both sets.
func (s Set) And(t Set) Set { return Set{s.low & t.low, s.high & t.high} }

// Or is what is in either set.
func (s Set) Or(t Set) Set { return Set{s.low | t.low, s.high | t.high} }

// Minus is what is in s and not in t.
func (s Set) Minus(t Set) Set { return Set{s.low &^ t.low, s.high &^ t.high} }

// Len is the number of members.
func (s Set) Len() int { return bits.OnesCount64(s.low) + bits.OnesCount64(s.high) }

// Empty says that there is no member.
func (s Set) Empty() bool { return s.low|s.high == 0 }

// First is the least member, or Max when there is none.
func (s Set) First() int {
	if s.low != 0 {
		return bits.TrailingZeros64(s.low)
	}
	return 64 + bits.TrailingZeros64(s.high)
}

// All calls yield for the members in ascending order, until it says false:
//
//	for i := range s.All { ... }
func (s Set) All(yield func(int) bool) {
	for ; s.low != 0; s.low &= s.low - 1 {
		if !yield(bits.TrailingZeros64(s.low)) {
			return
		}
	}
	for ; s.high != 0; s.high &= s.high - 1 {
		if !yield(64 + bits.TrailingZeros64(s.high)) {
			return
		}
	}
}
