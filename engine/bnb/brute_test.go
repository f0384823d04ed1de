package bnb

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"understudy/engine/class"
	"understudy/engine/fbas"
	"understudy/engine/flat"
	"understudy/engine/twin"
)

// flatNetwork makes a small network that usually has a flat form:
// organizations of one to three validators whose own sets may differ, single
// validators, leaves, and nodes without a quorum set.
func flatNetwork(r *rand.Rand) *fbas.Network {
	var items []fbas.QuorumSet // a single validator is a set of one
	nodes := 0
	for nodes < 4+r.IntN(4) {
		size := 1 + r.IntN(3)
		org := fbas.QuorumSet{Threshold: 1 + r.IntN(size)}
		for range size {
			org.Validators = append(org.Validators, fmt.Sprintf("n%d", nodes))
			nodes++
		}
		items = append(items, org)
	}
	single := make([]bool, len(items))
	for i, item := range items {
		single[i] = len(item.Validators) == 1 && r.IntN(3) > 0
	}
	var sets []*fbas.QuorumSet
	for range 1 + r.IntN(4) {
		set := &fbas.QuorumSet{}
		for i, item := range items {
			switch {
			case r.IntN(4) == 0:
			case single[i]:
				set.Validators = append(set.Validators, item.Validators[0])
			default:
				set.InnerQuorumSets = append(set.InnerQuorumSets, item)
			}
		}
		set.Threshold = r.IntN(len(set.Validators) + len(set.InnerQuorumSets) + 2)
		if r.IntN(2) == 0 {
			set.Threshold = (len(set.Validators) + len(set.InnerQuorumSets) + 2) / 2
		}
		sets = append(sets, set)
	}
	network := &fbas.Network{}
	add := func(key string, set *fbas.QuorumSet) {
		network.Nodes = append(network.Nodes, fbas.Node{PublicKey: key, QuorumSet: set})
	}
	for _, item := range items {
		own := sets[r.IntN(len(sets))]
		for _, key := range item.Validators {
			if r.IntN(5) == 0 {
				own = sets[r.IntN(len(sets))]
			}
			if r.IntN(12) == 0 {
				add(key, nil)
			} else {
				add(key, own)
			}
		}
	}
	for i := range r.IntN(3) {
		add(fmt.Sprintf("leaf%d", i), sets[r.IntN(len(sets))])
	}
	return network
}

// randomFlat gives the flat form of a random network; some of its nodes without
// a quorum set agree with anything.
func randomFlat(seed uint64) (*class.Quotient, *flat.Form, bool) {
	r := rand.New(rand.NewPCG(seed, 11))
	s := fbas.Compile(flatNetwork(r))
	if r.IntN(4) == 0 {
		for node, own := range s.Own {
			if own == fbas.NoSet {
				s.Own[node] = fbas.Free
			}
		}
	}
	if r.IntN(3) == 0 {
		s = s.Standard()
	}
	q := class.New(s)
	form, ok := flat.Of(q)
	return q, form, ok
}

// vectors calls visit for all vectors up to most.
func vectors(most class.Vector, visit func(class.Vector) bool) bool {
	x := make(class.Vector, len(most))
	for {
		if visit(x) {
			return true
		}
		c := 0
		for ; c < len(x) && x[c] == most[c]; c++ {
			x[c] = 0
		}
		if c == len(x) {
			return false
		}
		x[c]++
	}
}

func splits(q *class.Quotient, gone class.Vector) bool {
	eval := q.Evaluator()
	left := q.Size.Minus(gone)
	return vectors(left, func(a class.Vector) bool {
		return eval.IsQuorum(a, gone) && !eval.Greatest(left.Minus(a), gone).Empty()
	})
}

// cheapestSplitting is -1 when nothing splits.
func cheapestSplitting(q *class.Quotient, price class.Price) int {
	best := -1
	vectors(q.Size, func(gone class.Vector) bool {
		if p := price.Of(gone); (best < 0 || p < best) && splits(q, gone) {
			best = p
		}
		return false
	})
	return best
}

func cheapestQuorum(q *class.Quotient, price class.Price) int {
	best := -1
	eval := q.Evaluator()
	vectors(q.Size, func(x class.Vector) bool {
		if p := price.Of(x); (best < 0 || p < best) && eval.IsQuorum(x, nil) {
			best = p
		}
		return false
	})
	return best
}

func cheapestBlocking(q *class.Quotient, price class.Price) int {
	best := -1
	eval := q.Evaluator()
	if eval.GreatestIn(q.Size, nil).Empty() {
		return best
	}
	vectors(q.Size, func(x class.Vector) bool {
		rest := q.Size.Minus(x)
		for c := range rest {
			if price.IsFree(c) {
				rest[c] = 0
			}
		}
		if p := price.Of(x); (best < 0 || p < best) && eval.Greatest(rest, nil).Empty() {
			best = p
		}
		return false
	})
	return best
}

// randomPrice groups some classes and makes some free.
func randomPrice(r *rand.Rand, q *class.Quotient) class.Price {
	p := class.Price{Group: make([]int, len(q.Size)), Free: make([]bool, len(q.Size))}
	groups := 1 + r.IntN(4)
	for c := range q.Size {
		p.Group[c] = r.IntN(groups+1) - 1
		p.Free[c] = r.IntN(4) == 0
	}
	return p
}

// pricedItems makes each item, or none of them, a group of its own.
func pricedItems(q *class.Quotient, form *flat.Form) class.Price {
	p := class.Price{Group: make([]int, len(q.Size))}
	for c := range p.Group {
		p.Group[c] = -1
	}
	next := 0
	for _, item := range form.Items {
		if q.Size[item.Parts[0].Class] > item.Parts[0].Size {
			continue // one of several validators
		}
		for _, part := range item.Parts {
			p.Group[part.Class] = next
		}
		next++
	}
	return p
}

func sizeOf(m class.Minimum) int {
	if !m.Found {
		return -1
	}
	return m.Size
}

func TestMinimumQuorum_AgreesWithTryingAllSets(t *testing.T) {
	sizes := map[int]int{}
	for seed := range uint64(6000) {
		q, form, ok := randomFlat(seed)
		if !ok {
			continue
		}
		r := rand.New(rand.NewPCG(seed, 12))
		for _, price := range []class.Price{{}, {Free: randomPrice(r, q).Free}, pricedItems(q, form)} {
			m, ok, err := MinimumQuorum(context.Background(), q, form, price, 0)
			if err != nil || ok && !m.Complete {
				t.Fatalf("seed %d: %v, complete %v", seed, err, m.Complete)
			}
			if want := cheapestQuorum(q, price); ok && sizeOf(m) != want {
				t.Fatalf("seed %d %+v: %d, want %d\n%+v\n%+v", seed, price, sizeOf(m), want, q, form)
			}
			if ok {
				sizes[sizeOf(m)]++
			}
		}
	}
	t.Logf("by size: %v", sizes)
}

func TestMinimumBlocking_AgreesWithTryingAllSets(t *testing.T) {
	sizes := map[int]int{}
	for seed := range uint64(6000) {
		q, form, ok := randomFlat(seed)
		if !ok {
			form = nil
		}
		r := rand.New(rand.NewPCG(seed, 13))
		for _, price := range []class.Price{{}, {Free: randomPrice(r, q).Free}, randomPrice(r, q)} {
			m, err := MinimumBlocking(context.Background(), q, form, price, 0)
			if err != nil || !m.Complete {
				t.Fatalf("seed %d: %v, complete %v", seed, err, m.Complete)
			}
			if want := cheapestBlocking(q, price); sizeOf(m) != want {
				t.Fatalf("seed %d %+v: %d, want %d\n%+v", seed, price, sizeOf(m), want, q)
			}
			sizes[sizeOf(m)]++
		}
	}
	t.Logf("by size: %v", sizes)
}

func TestMinimumSplitting_AgreesWithTryingAllSets(t *testing.T) {
	tried, sizes := 0, map[int]int{}
	for seed := range uint64(6000) {
		q, form, ok := randomFlat(seed)
		if !ok {
			continue
		}
		for _, price := range []class.Price{{}, pricedItems(q, form)} {
			m, ok, err := MinimumSplitting(context.Background(), q, form, price, 0)
			if !ok || err != nil || !m.Complete {
				t.Fatalf("seed %d: %v, %v, complete %v", seed, ok, err, m.Complete)
			}
			want := cheapestSplitting(q, price)
			if sizeOf(m) != want {
				t.Fatalf("seed %d: %d, want %d\n%+v\n%+v", seed, sizeOf(m), want, q, form)
			}
			tried++
			sizes[want]++
		}
	}
	t.Logf("%d networks, by size: %v", tried, sizes)
	if tried < 300 || len(sizes) < 4 {
		t.Errorf("too few or too alike: %d networks, sizes %v", tried, sizes)
	}
}

// minimalVectors lists the inclusion-minimal vectors with a property, by size.
func minimalVectors(q *class.Quotient, has func(class.Vector) bool) map[string]bool {
	var all []class.Vector
	vectors(q.Size, func(x class.Vector) bool {
		all = append(all, slices.Clone(x))
		return false
	})
	slices.SortStableFunc(all, func(a, b class.Vector) int { return a.Sum() - b.Sum() })
	var kept []class.Vector
	for _, x := range all {
		if !slices.ContainsFunc(kept, func(k class.Vector) bool { return k.Within(x) }) && has(x) {
			kept = append(kept, x)
		}
	}
	found := map[string]bool{}
	for _, x := range kept {
		found[fmt.Sprint(x)] = true
	}
	return found
}

// sameOrbits says what differs between the orbits of vectors and a family.
func sameOrbits(orbits twin.Orbits, got []class.Vector, want map[string]bool) string {
	seen := map[string]bool{}
	for _, x := range got {
		n := 0
		orbits.All(x, func(y class.Vector) bool {
			n++
			seen[fmt.Sprint(y)] = true
			return true
		})
		if orbits.Size(x).Int64() != int64(n) {
			return fmt.Sprintf("%v has %d vectors, not %v", x, n, orbits.Size(x))
		}
	}
	if fmt.Sprint(seen) != fmt.Sprint(want) {
		return fmt.Sprintf("%v, want %v", seen, want)
	}
	return ""
}

func TestFamilies_AgreeWithTryingAllSets(t *testing.T) {
	tried, orbits := 0, 0
	for seed := range uint64(4000) {
		q, form, ok := randomFlat(seed)
		if !ok {
			continue
		}
		o := twin.OrbitsOf(form)
		if !o.Trivial() {
			orbits++
		}
		eval := q.Evaluator()
		quorums, complete := MinimalQuorums(t.Context(), q, o, 0)
		if diff := sameOrbits(o, quorums, minimalVectors(q, func(x class.Vector) bool { return eval.IsQuorum(x, nil) })); diff != "" || !complete {
			t.Fatalf("seed %d: quorums %s\n%+v", seed, diff, q)
		}
		if len(quorums) > 0 {
			blocking, complete := MinimalBlocking(t.Context(), q, o, 0)
			want := minimalVectors(q, func(x class.Vector) bool { return eval.Greatest(q.Size.Minus(x), nil).Empty() })
			if diff := sameOrbits(o, blocking, want); diff != "" || !complete {
				t.Fatalf("seed %d: blocking sets %s\n%+v", seed, diff, q)
			}
		}
		found, complete, ok, err := MinimalSplitting(t.Context(), q, form, 0)
		if !ok {
			continue
		}
		var gone []class.Vector
		for _, s := range found {
			gone = append(gone, s.Gone)
		}
		if diff := sameOrbits(o, gone, minimalVectors(q, func(x class.Vector) bool { return splits(q, x) })); diff != "" || !complete || err != nil {
			t.Fatalf("seed %d: splitting sets (%v) %s\n%+v\n%+v", seed, err, diff, q, form)
		}
		tried++
	}
	t.Logf("%d networks, %d of them with twins", tried, orbits)
	if tried < 1000 || orbits < 100 {
		t.Error("too few networks")
	}
}
