package bitset_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"understudy/engine/bitset"
)

func TestSet_IsLikeAMapOfNumbers(t *testing.T) {
	numbers := rapid.SliceOf(rapid.IntRange(0, bitset.Max-1))
	rapid.Check(t, func(t *rapid.T) {
		a, b := numbers.Draw(t, "a"), numbers.Draw(t, "b")
		s, r := bitset.Of(a...), bitset.Of(b...)
		var both, either, only []int
		for i := range bitset.Max {
			inA, inB := slices.Contains(a, i), slices.Contains(b, i)
			if s.Has(i) != inA {
				t.Fatalf("Has(%d) is %v", i, s.Has(i))
			}
			if inA && inB {
				both = append(both, i)
			}
			if inA || inB {
				either = append(either, i)
			}
			if inA && !inB {
				only = append(only, i)
			}
		}
		same(t, "And", s.And(r), both)
		same(t, "Or", s.Or(r), either)
		same(t, "Minus", s.Minus(r), only)
		for _, i := range a {
			s = s.Without(i)
		}
		same(t, "Without", s, nil)
	})
}

func same(t *rapid.T, what string, got bitset.Set, want []int) {
	if list := slices.Collect(got.All); !slices.Equal(list, want) || got.Len() != len(want) || got.Empty() != (len(want) == 0) {
		t.Fatalf("%s: %v of %d, want %v", what, list, got.Len(), want)
	}
	first := bitset.Max
	if len(want) > 0 {
		first = want[0]
	}
	if got.First() != first {
		t.Fatalf("%s: first is %d, want %d", what, got.First(), first)
	}
}

func TestUpto_HoldsAllSmallerNumbers(t *testing.T) {
	for n := range bitset.Max + 2 {
		if got := bitset.Upto(n); got.Len() != min(n, bitset.Max) || n > 0 && !got.Has(min(n, bitset.Max)-1) {
			t.Errorf("Upto(%d) has %d members", n, got.Len())
		}
	}
}

func ExampleSet_All() {
	for i := range bitset.Of(70, 3).All {
		fmt.Println(i)
	}
	// Output:
	// 3
	// 70
}
