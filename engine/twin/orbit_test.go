package twin

import (
	"fmt"
	"slices"
	"testing"

	"understudy/engine/class"
)

func TestOrbits_HoldEveryOrderOfTheCountsOnce(t *testing.T) {
	o := Orbits{groups: [][]int{{0, 2, 3}, {4, 5}}}
	for _, x := range []class.Vector{{2, 7, 2, 0, 1, 1}, {0, 7, 1, 2, 0, 3}, {1, 7, 1, 1, 2, 2}} {
		want := map[string]bool{}
		for _, a := range orders([]int{x[0], x[2], x[3]}) {
			for _, b := range orders([]int{x[4], x[5]}) {
				want[fmt.Sprint(class.Vector{a[0], x[1], a[1], a[2], b[0], b[1]})] = true
			}
		}
		got := map[string]bool{}
		n := 0
		o.All(x, func(y class.Vector) bool {
			got[fmt.Sprint(y)] = true
			n++
			return true
		})
		if n != len(want) || len(got) != len(want) || o.Size(x).Int64() != int64(len(want)) {
			t.Errorf("%v: %d vectors, %d different, size %v, want %d", x, n, len(got), o.Size(x), len(want))
		}
		for key := range want {
			if !got[key] {
				t.Errorf("%v lacks %s", x, key)
			}
		}
	}
}

func TestOrbits_StopWhenToldTo(t *testing.T) {
	o := Orbits{groups: [][]int{{0, 1, 2, 3}}}
	n := 0
	o.All(class.Vector{3, 2, 1, 0}, func(class.Vector) bool { n++; return n < 5 })
	if n != 5 {
		t.Errorf("%d vectors after five", n)
	}
}

func orders(list []int) [][]int {
	if len(list) == 0 {
		return [][]int{nil}
	}
	var all [][]int
	for i, x := range list {
		rest := slices.Delete(slices.Clone(list), i, i+1)
		for _, tail := range orders(rest) {
			all = append(all, append([]int{x}, tail...))
		}
	}
	return all
}
