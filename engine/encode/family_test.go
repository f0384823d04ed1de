package encode_test

import (
	"math/rand/v2"
	"testing"

	"understudy/engine/class"
	"understudy/engine/encode"
	"understudy/engine/sat"
)

func TestFamilies_AgreeWithTryingAllSetsOfNodes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 2))
	tried, split, disjoint := 0, 0, 0
	for range 1000 {
		s := newSample(r, 6).plain()
		for _, solver := range solvers {
			compareTopTier(t, s, solver)
			split += compareSplitting(t, s, solver)
			if compareIntersection(t, s, solver) {
				disjoint++
			}
		}
		tried++
	}
	t.Logf("%d networks; %d splitting vectors, %d with disjoint quorums", tried, split, disjoint)
	if split < 1000 || disjoint < 100 || disjoint > tried {
		t.Error("the networks are too much alike to show anything")
	}
}

func compareIntersection(t *testing.T, s sample, solver sat.Solver) (disjoint bool) {
	t.Helper()
	pair, status, err := encode.Intersection(t.Context(), s.q, solver)
	want := sat.Unsat
	if s.oracle.splitting(0) {
		want = sat.Sat
	}
	if err != nil || status != want {
		t.Fatalf("intersection by %v: %v (%v), want %v\n%+v", solver, status, err, want, s.system)
	}
	if status == sat.Sat {
		checkSplit(t, s, encode.Split{Gone: make(class.Vector, len(s.q.Size)), Quorums: pair})
	}
	return status == sat.Sat
}

func compareTopTier(t *testing.T, s sample, solver sat.Solver) {
	t.Helper()
	tier, err := encode.TopTier(t.Context(), s.q, solver)
	if err != nil || !tier.Complete {
		t.Fatalf("top tier by %v: %+v (%v)", solver, tier, err)
	}
	var want uint
	for _, quorum := range s.oracle.minimal(s.oracle.quorums) {
		want |= quorum
	}
	for node, c := range s.q.Of {
		if tier.In[c] != (want>>node&1 == 1) {
			t.Fatalf("top tier by %v: node %d: %v\n%+v", solver, node, tier.In[c], s.system)
		}
	}
}

func compareSplitting(t *testing.T, s sample, solver sat.Solver) int {
	t.Helper()
	family, err := encode.Splitting(t.Context(), s.q, solver)
	if err != nil || !family.Complete {
		t.Fatalf("splitting by %v: %+v (%v)", solver, family, err)
	}
	var all []uint
	for gone := range s.oracle.all() + 1 {
		if s.oracle.splitting(gone) {
			all = append(all, gone)
		}
	}
	want := vectors(s.q, s.oracle.minimal(all))
	for _, split := range family.Found {
		checkSplit(t, s, split)
		if !want[key(split.Gone)] {
			t.Fatalf("splitting by %v: %v is not minimal or was found twice\n%+v", solver, split.Gone, s.system)
		}
		delete(want, key(split.Gone))
	}
	if len(want) > 0 {
		t.Fatalf("splitting by %v: not found: %v\n%+v", solver, want, s.system)
	}
	return len(family.Found)
}
