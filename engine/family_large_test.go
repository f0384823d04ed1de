package engine

import (
	"testing"
)

// A family that is cut at the end of the time must still be put in order then,
// a million vectors of it within the two seconds that a worker has. Mapping each
// through its parts took twenty times as long, and most of the memory.
func TestFamily_WhereMappingLosesNothingVectorsAreTakenAsTheyAre(t *testing.T) {
	s := prepared(t, rotated(18, 11))
	groups, err := s.groups(MergeNone)
	if err != nil {
		t.Fatal(err)
	}
	vectors := subsets(18, 12)
	var r Family
	allocations := testing.AllocsPerRun(1, func() {
		r = s.family(s.classes, groups, nil).answer(t.Context(), orbits{vectors: vectors}, false, Options{MaxSets: 3})
	})
	if allocations > float64(len(vectors))/10 {
		t.Errorf("%v allocations for %d vectors", allocations, len(vectors))
	}
	if r.MinSize != 12 || len(r.Sets) != 3 || len(r.members) != 12 {
		t.Errorf("sets of %d members, %d listed, example of %d", r.MinSize, len(r.Sets), len(r.members))
	}
}
