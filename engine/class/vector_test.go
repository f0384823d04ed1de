package class_test

import (
	"slices"
	"testing"

	"understudy/engine/class"
)

func TestVector_CountsComparesAndSubtracts(t *testing.T) {
	x, y := class.Vector{2, 0, 1}, class.Vector{2, 1, 3}
	if x.Sum() != 3 || y.Sum() != 6 || (class.Vector{}).Sum() != 0 {
		t.Errorf("sums %d %d", x.Sum(), y.Sum())
	}
	if x.Empty() || !(class.Vector{0, 0}).Empty() || !(class.Vector{}).Empty() {
		t.Error("a vector is empty when it counts nobody")
	}
	if !x.Within(y) || y.Within(x) || !x.Within(x) {
		t.Errorf("%v lies within %v only", x, y)
	}
	if got := y.Minus(x); !slices.Equal(got, class.Vector{0, 1, 2}) {
		t.Errorf("%v minus %v is %v", y, x, got)
	}
}

func TestPrice_OfAVector(t *testing.T) {
	x := class.Vector{2, 1, 0, 3}
	cases := []struct {
		name  string
		price class.Price
		want  int
	}{
		{"each member costs one", class.Price{}, 6},
		{"a group costs one", class.Price{Group: []int{0, 1, 2, 3}}, 3},
		{"classes of one group cost one together", class.Price{Group: []int{5, 5, 5, 5}}, 1},
		{"members of no group cost one each", class.Price{Group: []int{-1, 0, 0, -1}}, 6},
		{"group 0 is a group", class.Price{Group: []int{0, -1, -1, 0}}, 2},
		{"free classes cost nothing", class.Price{Free: []bool{true, false, false, true}}, 1},
		{"a free class does not pay for its group", class.Price{Group: []int{1, 1, 1, 1}, Free: []bool{true, false, false, false}}, 1},
		{"a group of free classes costs nothing", class.Price{Group: []int{1, 2, 2, 2}, Free: []bool{false, true, true, true}}, 1},
		{"all free", class.Price{Free: []bool{true, true, true, true}}, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := c.price.Of(x); got != c.want {
				t.Errorf("price %d, want %d", got, c.want)
			}
			if got := c.price.Of(class.Vector{0, 0, 0, 0}); got != 0 {
				t.Errorf("nobody costs %d", got)
			}
		})
	}
}
