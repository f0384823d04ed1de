package arbiter_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"understudy/compare"
	"understudy/compare/arbiter"
	"understudy/internal/precondition"
)

// whole is what known tells, and every family by its sets.
func whole(a *compare.Answer) string {
	var families []compare.Family
	for _, f := range familiesOf(a) {
		families = append(families, compare.Family{Min: f.Min, Total: f.Total, Sets: sorted(f.Sets)})
	}
	text, err := json.Marshal(families)
	if err != nil {
		panic(err)
	}
	return known(a) + string(text)
}

func familiesOf(a *compare.Answer) (out []*compare.Family) {
	if a.Quorums != nil {
		out = append(out, &a.Quorums.Family)
	}
	if a.Blocking != nil {
		out = append(out, a.Blocking)
	}
	if a.Splitting != nil {
		out = append(out, &a.Splitting.Family)
	}
	return out
}

func TestAnswer_EnumerationAndSearchFindTheSameFamilies(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 7))
	one, other := arbiter.New(arbiter.Config{}), arbiter.New(searching)
	compared, kinds := 0, map[compare.ProofKind]int{}
	for range 60 {
		n, semantics := random(r, 3+r.IntN(7)), []string{"rust", "raw"}[r.IntN(2)]
		if r.IntN(3) == 0 {
			n = wild(r)
		}
		for _, mergeBy := range []string{"none", "organization", "country", "isp"} {
			faulty := []string{"n0", "nobody", "n3", "n5"}[:r.IntN(5)]
			for _, analysis := range questions {
				d := reading(t, n, semantics, mergeBy, faulty)
				if analysis == "full" {
					d.Faulty = nil
				}
				if len(d.Core.Keys()) < 2 {
					continue
				}
				want := answer(t, one, d, analysis)
				truth, err := other.Answer(t.Context(), about(d, analysis))
				if err != nil {
					t.Fatalf("%s by %s: %v", analysis, mergeBy, err)
				}
				compared++
				kinds[truth.Kind]++
				if got := truth.Answer; whole(got) != whole(want) {
					t.Fatalf("%s by %s, faulty %v:\n%s\n%s", analysis, mergeBy, faulty, whole(got), whole(want))
				}
			}
		}
	}
	t.Logf("compared %d answers: %v", compared, kinds)
	if compared < 800 || kinds[compare.ProofExhaustive] < 400 || kinds[compare.ProofTwoSolvers] < 400 {
		t.Errorf("compared %d answers: %v", compared, kinds)
	}
}

func TestAnswer_SaysWhatItRestsOn(t *testing.T) {
	n := alike(21, flat(19, 21))
	for _, c := range []struct {
		analysis string
		kind     compare.ProofKind
		how      string
	}{
		{"quorums", compare.ProofExhaustive, "a search through all sets of the 21 core nodes"},
		{"splitting-sets", compare.ProofTwoSolvers, "two solvers that say the same"},
		{"full", compare.ProofTwoSolvers, "a search through all sets of the 21 core nodes and two solvers that say the same"},
	} {
		truth, err := arbiter.New(arbiter.Config{}).Answer(t.Context(), dispute(t, n, c.analysis, "none", nil))
		if err != nil || truth.Kind != c.kind || truth.How != c.how {
			t.Errorf("%s: %s by %s, %v", c.analysis, truth.Kind, truth.How, err)
		}
	}
}

// There are 705,432 minimal quorums.
func TestAnswer_AFamilyThatIsTooLargeIsNotCountedAndItsMinimumIsFound(t *testing.T) {
	d := dispute(t, alike(22, flat(11, 22)), "quorums", "none", nil)
	truth, err := arbiter.New(arbiter.Config{}).Answer(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if q := truth.Answer.Quorums; q.Total != nil || q.Sets != nil || q.Min != 11 || q.Intersect || truth.Kind != compare.ProofTwoSolvers {
		t.Errorf("%d sets, least %d, %s", q.Total, q.Min, truth.Kind)
	}
}

// familyHash is SHA-256 over the sets in order of size and name, each element
// followed by a tab and each set by a line feed.
func familyHash(sets [][]string) string {
	ordered := sorted(sets)
	slices.SortStableFunc(ordered, func(a, b []string) int { return len(a) - len(b) })
	h := sha256.New()
	for _, set := range ordered {
		for _, name := range set {
			h.Write([]byte(name + "\t"))
		}
		h.Write([]byte("\n"))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func TestGolden_SearchFindsTheFamiliesOfLargerNetworks(t *testing.T) {
	dir := precondition.SharedData(t)
	var corrections struct{ Rows []call }
	load(t, filepath.Join(dir, "rust_vs_definition.json"), &corrections)
	a := arbiter.New(arbiter.Config{})
	networks, compared := 0, map[string]int{}
	files, _ := filepath.Glob(filepath.Join(dir, "expected", "*.json"))
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		network := goldenNetwork(t, filepath.Join(dir, "networks", name+".json"))
		if size := coreSize(network); size <= 16 || size > 64 {
			continue
		}
		networks++
		var recorded struct {
			Calls []struct {
				call
				SHA256 string `json:"family_sha256"`
			}
		}
		load(t, file, &recorded)
		for _, c := range recorded.Calls {
			analysis := analyses[c.Analysis]
			half := c.mergeBy() == "none" || c.mergeBy() == "country" // the others would double the time
			if c.Network = name; !half || c.Status != "ok" || analysis == "" || analysis == "top-tier" || c.Size > 10_000 {
				continue
			}
			if slices.ContainsFunc(corrections.Rows, c.same) {
				t.Fatalf("%s is wrong about %s", name, analysis)
			}
			got := familiesOf(answer(t, a, reading(t, network, "rust", c.mergeBy(), c.Faulty), analysis))[0]
			if got.Total == nil {
				t.Logf("%s, %s merged by %s: not counted", name, analysis, c.mergeBy())
				continue
			}
			compared[analysis]++
			if got.Total.Int64() != int64(c.Size) || got.Min != c.Min || familyHash(got.Sets) != c.SHA256 {
				t.Errorf("%s, %s merged by %s: %d sets, least %d, want %d, %d", name, analysis, c.mergeBy(), got.Total, got.Min, c.Size, c.Min)
			}
		}
	}
	t.Logf("%d networks: %v", networks, compared)
	if compared["quorums"] < 15 || compared["blocking-sets"] < 30 || compared["splitting-sets"] < 12 {
		t.Errorf("%d networks: %v", networks, compared)
	}
}
