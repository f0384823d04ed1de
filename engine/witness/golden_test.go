package witness_test

import (
	"math/bits"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"understudy/engine/fbas"
	"understudy/engine/witness"
	"understudy/internal/precondition"
)

// call is one recorded answer of the Rust scanner.
type call struct {
	Analysis         string     `json:"analysis"`
	MergeBy          *string    `json:"mergeBy"`
	Faulty           []string   `json:"faulty"`
	Status           string     `json:"status"`
	Family           [][]string `json:"family"`
	TopTier          []string   `json:"top_tier"`
	SymmetricTopTier *wireSet   `json:"symmetric_top_tier"`
}

func (c call) mergeBy() string {
	if c.MergeBy == nil {
		return witness.MergeNone
	}
	return strings.ToLower(*c.MergeBy)
}

// correction is a call in which the scanner contradicts its own definition.
type correction struct {
	call
	Network    string     `json:"network"`
	Definition [][]string `json:"definition"`
}

// maxChecked is how many sets of one large family are checked.
const maxChecked = 100

func TestGolden_EverySetTheScannerNamesPassesUnlessTheScannerIsWrong(t *testing.T) {
	dir := precondition.SharedData(t)
	var corrections struct {
		Rows []correction `json:"rows"`
	}
	load(t, filepath.Join(dir, "rust_vs_definition.json"), &corrections)
	files, _ := filepath.Glob(filepath.Join(dir, "expected", "*.json"))
	checked := 0
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			var expected struct {
				Calls []call `json:"calls"`
			}
			load(t, file, &expected)
			if !slices.ContainsFunc(expected.Calls, func(c call) bool { return c.Status == "ok" }) {
				t.Skip("the scanner refuses this network")
			}
			var request wireNetwork
			load(t, filepath.Join(dir, "networks", name+".json"), &request)
			core, err := witness.Reduce(request.network())
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range expected.Calls {
				if c.Status != "ok" {
					continue
				}
				at := slices.IndexFunc(corrections.Rows, func(r correction) bool {
					return r.Network == name && r.Analysis == c.Analysis && r.mergeBy() == c.mergeBy() && slices.Equal(r.Faulty, c.Faulty)
				})
				if at >= 0 {
					c.Family = corrections.Rows[at].Definition
				}
				checked += checkCall(t, core, c)
			}
		})
	}
	t.Logf("checked %d sets", checked)
	if checked < 1000 {
		t.Errorf("checked %d sets, want thousands", checked)
	}
}

// checkCall checks the sets of one answer and returns how many they are.
func checkCall(t *testing.T, core *witness.Core, c call) int {
	t.Helper()
	groups, err := core.Groups(c.mergeBy())
	if err != nil {
		t.Fatal(err)
	}
	var check func([]string) error
	switch c.Analysis {
	case "minimal_quorums":
		check = groups.CheckMinimalQuorum
	case "minimal_blocking_sets":
		check = func(set []string) error { return groups.CheckMinimalBlocking(set, c.Faulty) }
	case "minimal_splitting_sets", "top_tier":
		check = groups.CheckKnown
		if c.Analysis == "minimal_splitting_sets" && c.mergeBy() == witness.MergeNone && len(core.Keys()) <= maxEnumerated {
			checkSplitting(t, core, c.Family)
		}
		if c.Analysis == "top_tier" {
			c.Family = [][]string{c.TopTier}
		}
	case "symmetric_top_tier":
		checkSymmetric(t, core, c)
		return 1
	}
	for i, set := range c.Family {
		if i == maxChecked {
			return maxChecked
		}
		if err := check(set); err != nil {
			t.Errorf("%s merged by %s, faulty %v: %v", c.Analysis, c.mergeBy(), c.Faulty, err)
		}
		checkMutations(t, c, core, set, check)
	}
	if c.Analysis == "minimal_quorums" && c.Family != nil && (len(c.Family) > 0) != core.HasQuorum() {
		t.Errorf("%d minimal quorums, and the core has a quorum: %v", len(c.Family), core.HasQuorum())
	}
	return len(c.Family)
}

// checkMutations drops each member of a minimal set, and adds others. Where
// groups share a name the result may be another set of the family.
func checkMutations(t *testing.T, c call, core *witness.Core, set []string, check func([]string) error) {
	t.Helper()
	if c.Analysis != "minimal_quorums" && c.Analysis != "minimal_blocking_sets" {
		return
	}
	for i := range set {
		if less := slices.Delete(slices.Clone(set), i, i+1); check(less) == nil && !names(c.Family, less) {
			t.Errorf("%s merged by %s: %v passes without %s", c.Analysis, c.mergeBy(), set, set[i])
		}
	}
	for _, key := range core.Keys() {
		if more := append(slices.Clone(set), key); check(more) == nil && !names(c.Family, more) {
			t.Errorf("%s merged by %s: %v passes with %s too", c.Analysis, c.mergeBy(), set, key)
		}
	}
}

func checkSymmetric(t *testing.T, core *witness.Core, c call) {
	t.Helper()
	if c.mergeBy() != witness.MergeNone {
		return // the merged rendering is for display
	}
	if got, want := core.SymmetricTopTier(), c.SymmetricTopTier.quorumSet(); !reflect.DeepEqual(sorted(got), sorted(want)) {
		t.Errorf("symmetric top tier is %v, want %v", got, want)
	}
}

// sorted is q with every list in one fixed order.
func sorted(q *fbas.QuorumSet) *fbas.QuorumSet {
	if q == nil {
		return nil
	}
	out := fbas.QuorumSet{Threshold: q.Threshold, Validators: append([]string{}, q.Validators...)}
	slices.Sort(out.Validators)
	for i := range q.InnerQuorumSets {
		out.InnerQuorumSets = append(out.InnerQuorumSets, *sorted(&q.InnerQuorumSets[i]))
	}
	slices.SortFunc(out.InnerQuorumSets, func(a, b fbas.QuorumSet) int {
		return slices.Compare(append([]string{string(rune(a.Threshold))}, a.Validators...), append([]string{string(rune(b.Threshold))}, b.Validators...))
	})
	return &out
}

// names says whether family has set, in any order.
func names(family [][]string, set []string) bool {
	want := slices.Sorted(slices.Values(set))
	return slices.ContainsFunc(family, func(s []string) bool {
		return slices.Equal(slices.Sorted(slices.Values(s)), want)
	})
}

// maxEnumerated is the largest core whose splitting sets are enumerated.
const maxEnumerated = 6

// checkSplitting enumerates every set with every two quorums.
func checkSplitting(t *testing.T, core *witness.Core, family [][]string) {
	t.Helper()
	keys := core.Keys()
	all := 1<<len(keys) - 1
	splits := func(s int) bool {
		for q1 := range all + 1 {
			for q2 := range q1 {
				if q1&q2|q1&s|q2&s == 0 && core.CheckSplitting(subset(keys, s), subset(keys, q1), subset(keys, q2)) == nil {
					return true
				}
			}
		}
		return false
	}
	var minimal []int
	bySize := make([][]int, len(keys)+1)
	for s := range all + 1 {
		size := bits.OnesCount(uint(s))
		bySize[size] = append(bySize[size], s)
	}
	for _, s := range slices.Concat(bySize...) {
		if !slices.ContainsFunc(minimal, func(m int) bool { return m&^s == 0 }) && splits(s) {
			minimal = append(minimal, s)
		}
	}
	if len(minimal) != len(family) {
		t.Errorf("%d minimal splitting sets, want %v", len(minimal), family)
	}
	for _, s := range minimal {
		if !names(family, subset(keys, s)) {
			t.Errorf("%v is a minimal splitting set, and not of %v", subset(keys, s), family)
		}
	}
}
