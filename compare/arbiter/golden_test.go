package arbiter_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"understudy/compare"
	"understudy/compare/arbiter"
	"understudy/engine/fbas"
	"understudy/engine/witness"
	"understudy/internal/precondition"
)

// call is one recorded answer of the Rust scanner, or what it should have been.
type call struct {
	Network, Analysis string
	MergeBy           *string
	Faulty            []string
	Status            string
	Min, Size         int
	Intersection      bool `json:"quorum_intersection"`
	Family            [][]string
	TopTier           []string `json:"top_tier"`
	// What it should have been, of a row of the corrections.
	Definition             [][]string
	DefinitionIntersection bool `json:"definition_quorum_intersection"`
}

// corrected is the call with what row says instead.
func (c call) corrected(row call) call {
	c.Family, c.Intersection = row.Definition, row.DefinitionIntersection
	if c.Analysis == "top_tier" {
		c.TopTier = slices.Concat(row.Definition...)
	}
	return c
}

func (c call) mergeBy() string {
	if c.MergeBy == nil {
		return "none"
	}
	return strings.ToLower(*c.MergeBy)
}

func (c call) same(o call) bool {
	return c.Network == o.Network && c.Analysis == o.Analysis && c.mergeBy() == o.mergeBy() && slices.Equal(c.Faulty, o.Faulty)
}

func load(t testing.TB, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// maxCore keeps the time short: of the recorded networks few are larger and
// small enough to be enumerated.
const maxCore = 12

// goldenNetwork reads a network; nil: the scanner refuses it.
func goldenNetwork(t testing.TB, path string) *fbas.Network {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	network, _, err := fbas.ReadRequest(data, fbas.DefaultLimits())
	if err != nil {
		return nil
	}
	return network
}

// coreSize is how many nodes a network's core has; 0 for one that is refused.
func coreSize(network *fbas.Network) int {
	if network == nil {
		return 0
	}
	core, err := witness.Reduce(network)
	if err != nil {
		return 0
	}
	return len(core.Keys())
}

// sorted is a family without its order.
func sorted(sets [][]string) [][]string {
	out := [][]string{}
	for _, set := range sets {
		out = append(out, slices.Sorted(slices.Values(set)))
	}
	slices.SortFunc(out, slices.Compare)
	return out
}

// saidBy says whether the answer is the recorded one.
func (c call) saidBy(a *compare.Answer) bool {
	switch {
	case a.TopTier != nil:
		return slices.Equal(slices.Sorted(slices.Values(c.TopTier)), a.TopTier.Members)
	case a.Quorums != nil:
		return slices.EqualFunc(sorted(a.Quorums.Sets), sorted(c.Family), slices.Equal) && a.Quorums.Intersect == c.Intersection
	case a.Blocking != nil:
		return slices.EqualFunc(sorted(a.Blocking.Sets), sorted(c.Family), slices.Equal)
	}
	return slices.EqualFunc(sorted(a.Splitting.Sets), sorted(c.Family), slices.Equal)
}

var analyses = map[string]string{
	"top_tier": "top-tier", "minimal_quorums": "quorums",
	"minimal_blocking_sets": "blocking-sets", "minimal_splitting_sets": "splitting-sets",
}

func TestGolden_EnumerationSaysWhatTheScannerSaysOrShouldHaveSaid(t *testing.T) {
	dir := precondition.SharedData(t)
	var corrections struct{ Rows []call }
	load(t, filepath.Join(dir, "rust_vs_definition.json"), &corrections)
	a := arbiter.New(arbiter.Config{})
	networks, compared, corrected := 0, 0, 0
	files, _ := filepath.Glob(filepath.Join(dir, "expected", "*.json"))
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		network := goldenNetwork(t, filepath.Join(dir, "networks", name+".json"))
		if size := coreSize(network); network == nil || size > maxCore {
			continue
		}
		networks++
		var recorded struct{ Calls []call }
		load(t, file, &recorded)
		for _, c := range recorded.Calls {
			analysis := analyses[c.Analysis]
			if c.Network = name; c.Status != "ok" || analysis == "" || c.Family == nil && c.TopTier == nil {
				continue
			}
			if at := slices.IndexFunc(corrections.Rows, c.same); at >= 0 {
				c = c.corrected(corrections.Rows[at])
				corrected++
			}
			compared++
			d := reading(t, network, "rust", c.mergeBy(), c.Faulty)
			if got := answer(t, a, d, analysis); !c.saidBy(got) {
				t.Errorf("%s, %s merged by %s, faulty %v: %+v", name, analysis, c.mergeBy(), c.Faulty, got)
			}
		}
	}
	t.Logf("%d networks, %d answers, %d of them corrected by the definition", networks, compared, corrected)
	if compared < 500 || corrected < len(corrections.Rows) {
		t.Errorf("compared %d answers, %d corrected", compared, corrected)
	}
}
