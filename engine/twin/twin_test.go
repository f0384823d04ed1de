package twin_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"understudy/engine/bitset"
	"understudy/engine/class"
	"understudy/engine/fbas"
	"understudy/engine/flat"
	"understudy/engine/twin"
)

// randomOrganizations makes three or four organizations of one or two
// validators; few different sets, so that some are twins.
func randomOrganizations(r *rand.Rand) *fbas.Network {
	var inner []fbas.QuorumSet
	nodes := 0
	for range 3 + r.IntN(2) {
		org := fbas.QuorumSet{Threshold: 1}
		for range 1 + r.IntN(2) {
			org.Validators = append(org.Validators, fmt.Sprint(nodes))
			nodes++
		}
		org.Threshold += r.IntN(len(org.Validators))
		inner = append(inner, org)
	}
	var sets []*fbas.QuorumSet
	for range 1 + r.IntN(2) {
		set := &fbas.QuorumSet{InnerQuorumSets: slices.Clone(inner)}
		if r.IntN(2) == 0 {
			set.InnerQuorumSets = slices.Delete(set.InnerQuorumSets, 0, 1)
		}
		set.Threshold = 1 + r.IntN(len(set.InnerQuorumSets))
		sets = append(sets, set)
	}
	network := &fbas.Network{}
	for _, org := range inner {
		own := sets[r.IntN(len(sets))]
		for _, key := range org.Validators {
			network.Nodes = append(network.Nodes, fbas.Node{PublicKey: key, QuorumSet: own})
		}
	}
	return network
}

// exchange swaps the members of two twins, part by part.
func exchange(q *class.Quotient, a, b flat.Item) map[int]int {
	to := map[int]int{}
	for i, p := range a.Parts {
		for j := range p.Size {
			x, y := q.Members[p.Class][j], q.Members[b.Parts[i].Class][j]
			to[x], to[y] = y, x
		}
	}
	return to
}

func TestOf_TwinsMayChangePlacesInEveryQuorum(t *testing.T) {
	pairs, others := 0, 0
	for seed := range uint64(3000) {
		s := fbas.Compile(randomOrganizations(rand.New(rand.NewPCG(seed, 3))))
		q := class.New(s)
		form, ok := flat.Of(q)
		if !ok {
			continue
		}
		twins := twin.Of(form)
		for i := range form.Items {
			for j := range twins.Later(i).All {
				if form.Items[i].Parts[0].Class == form.Items[j].Parts[0].Class {
					continue // validators of one class: class.New is tested for these
				}
				keepsQuorums(t, s, exchange(q, form.Items[i], form.Items[j]))
				pairs++
			}
			others += twins.Earlier(i).Len()
		}
	}
	t.Logf("%d pairs exchanged, of %d twins", pairs, others)
	if pairs < 500 {
		t.Errorf("only %d pairs", pairs)
	}
}

// keepsQuorums tries all sets of nodes, also with others deleted.
func keepsQuorums(t *testing.T, s *fbas.System, to map[int]int) {
	t.Helper()
	image := func(set fbas.Set) fbas.Set {
		out := s.SetOf()
		for node, in := range set {
			other, moved := to[node]
			if !moved {
				other = node
			}
			out[other] = in
		}
		return out
	}
	for mask := range 1 << s.Len() {
		set, gone := s.SetOf(), s.SetOf()
		for node := range set {
			set[node] = mask>>node&1 == 1
			gone[node] = !set[node] && (mask+node)%3 == 0
		}
		if s.IsQuorumBeside(set, gone) != s.IsQuorumBeside(image(set), image(gone)) {
			t.Fatalf("%v beside %v is a quorum or not, and exchanged by %v it is otherwise", set, gone, to)
		}
	}
}

func TestOf_TellsApartWhatIsListedElsewhereOrAsksForElse(t *testing.T) {
	all := bitset.Upto(4)
	item := func(threshold, size, set int) flat.Item {
		return flat.Item{Threshold: threshold, Size: size, Parts: []flat.Part{{Size: size, Set: set}}}
	}
	form := func(change func(*flat.Form)) *flat.Form {
		f := &flat.Form{Sets: []flat.Set{{Threshold: 3, Items: all}, {Threshold: 2, Items: all}}}
		for range 4 {
			f.Items = append(f.Items, item(2, 3, 0))
		}
		change(f)
		return f
	}
	cases := []struct {
		name   string
		change func(*flat.Form)
		alone  bool // item 1 has no twin
	}{
		{"all alike", func(*flat.Form) {}, false},
		{"another threshold", func(f *flat.Form) { f.Items[1] = item(1, 3, 0) }, true},
		{"another size", func(f *flat.Form) { f.Items[1] = item(2, 4, 0) }, true},
		{"another set of its members", func(f *flat.Form) { f.Items[1] = item(2, 3, 1) }, true},
		{"members without a set", func(f *flat.Form) { f.Items[1] = item(2, 3, fbas.NoSet) }, true},
		{"not listed somewhere", func(f *flat.Form) { f.Sets[1].Items = all.Without(1) }, true},
	}
	for _, c := range cases {
		twins := twin.Of(form(c.change))
		if got := twins.Earlier(1).Empty() && twins.Later(1).Empty(); got != c.alone || twins.First(1) != c.alone {
			t.Errorf("%s: alone %t, want %t", c.name, got, c.alone)
		}
		if !c.alone {
			continue
		}
		if later := twins.Later(0); later != bitset.Of(2, 3) {
			t.Errorf("%s: the others have changed too: %v", c.name, later)
		}
	}
}

func TestOrder_RefineKeepsThoseOfOneMarkTogether(t *testing.T) {
	f := &flat.Form{Items: make([]flat.Item, 5)}
	twins := twin.Of(f)
	if twins.Later(0) != bitset.Of(1, 2, 3, 4) || twins.Earlier(4) != bitset.Upto(4) {
		t.Fatalf("five equal items: %+v", twins)
	}
	refined := twins.Refine([]int{7, 8, 7, 8, 7})
	if refined.Later(0) != bitset.Of(2, 4) || refined.Earlier(3) != bitset.Of(1) || !refined.First(1) {
		t.Errorf("%+v", refined)
	}
	none := twin.None(3)
	for i := range 3 {
		if !none.First(i) || !none.Later(i).Empty() {
			t.Errorf("item %d has twins", i)
		}
	}
}
