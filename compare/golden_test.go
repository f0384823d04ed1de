package compare_test

import (
	"bufio"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"understudy/compare"
	"understudy/internal/precondition"
)

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// call is one recorded answer of the Rust scanner.
type call struct {
	Network          string          `json:"network"`
	Analysis         string          `json:"analysis"`
	MergeBy          *string         `json:"mergeBy"`
	Faulty           []string        `json:"faulty"`
	Status           string          `json:"status"`
	Min              int             `json:"min"`
	Size             int             `json:"size"`
	Intersection     bool            `json:"quorum_intersection"`
	Family           [][]string      `json:"family"`
	TopTier          []string        `json:"top_tier"`
	SymmetricTopTier json.RawMessage `json:"symmetric_top_tier"`
}

func (c call) mergeBy() string {
	if c.MergeBy == nil {
		return "none"
	}
	return strings.ToLower(*c.MergeBy)
}

// same says whether two records are of one call.
func (c call) same(o call) bool {
	return c.Network == o.Network && c.Analysis == o.Analysis && c.mergeBy() == o.mergeBy() && slices.Equal(c.Faulty, o.Faulty)
}

// wire renders the recorded answer as the rust-scanner service would, and names
// its analysis there.
func (c call) wire() (analysis string, answer map[string]any) {
	switch c.Analysis {
	case "top_tier":
		return "top-tier", map[string]any{"top_tier": c.TopTier, "top_tier_size": c.Size}
	case "symmetric_top_tier":
		return "symmetric-top-tier", map[string]any{"symmetric_top_tier": c.SymmetricTopTier}
	}
	example := least(c.Family)
	if example == nil {
		example = []string{}
	}
	answer = map[string]any{"min_size": c.Min, "total_sets": c.Size, "example_set": example}
	if c.Family != nil {
		answer["sets"] = c.Family
	}
	switch c.Analysis {
	case "minimal_quorums":
		answer["total_quorums"], answer["example_quorum"], answer["quorum_intersection"] = c.Size, example, c.Intersection
		delete(answer, "total_sets")
		delete(answer, "example_set")
		return "quorums", answer
	case "minimal_blocking_sets":
		return "blocking-sets", answer
	}
	answer["has_split"] = c.Size == 1 && c.Min == 0
	return "splitting-sets", answer
}

// least is a smallest set of a family, nil if there is none.
func least(family [][]string) []string {
	if len(family) == 0 {
		return nil
	}
	return slices.MinFunc(family, func(a, b []string) int { return len(a) - len(b) })
}

// golden is a network with the real scanner's answers about it.
type golden struct {
	name    string
	request map[string]json.RawMessage
	nodes   int
	calls   []call // of status ok, network named
}

// goldens reads all networks, the largest first: in parallel they take longest.
func goldens(t *testing.T) []golden {
	t.Helper()
	dir := precondition.SharedData(t)
	files, err := filepath.Glob(filepath.Join(dir, "expected", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recorded answers: %v", err)
	}
	var all []golden
	for _, file := range files {
		g := golden{name: strings.TrimSuffix(filepath.Base(file), ".json")}
		decode(t, file, &struct{ Calls *[]call }{&g.calls})
		decode(t, filepath.Join(dir, "networks", g.name+".json"), &g.request)
		var nodes []json.RawMessage
		if err := json.Unmarshal(g.request["nodes"], &nodes); err != nil {
			t.Fatalf("nodes of %s: %v", g.name, err)
		}
		g.nodes = len(nodes)
		g.calls = slices.DeleteFunc(g.calls, func(c call) bool { return c.Status != "ok" })
		for i := range g.calls {
			g.calls[i].Network = g.name
		}
		all = append(all, g)
	}
	slices.SortStableFunc(all, func(a, b golden) int { return b.nodes - a.nodes })
	return all
}

// question is the call as a request, for the whole family where one was
// recorded.
func (g golden) question(c call) compare.Question {
	request := maps.Clone(g.request)
	request["merge_by"] = encode(c.mergeBy())
	if len(c.Faulty) > 0 {
		request["faulty_nodes"] = encode(c.Faulty)
	}
	if c.Family != nil {
		request["include_sets"], request["max_sets"] = encode(true), encode(len(c.Family)+1)
	}
	analysis, _ := c.wire()
	return compare.Question{Analysis: analysis, Body: encode(request)}
}

// correction is a call in which the Rust scanner contradicts its definition.
type correction struct {
	call
	Definition   [][]string `json:"definition"`
	Intersection bool       `json:"definition_quorum_intersection"`
}

func corrections(t *testing.T) []correction {
	t.Helper()
	var file struct{ Rows []correction }
	decode(t, filepath.Join(precondition.SharedData(t), "rust_vs_definition.json"), &file)
	return file.Rows
}

// corrected is the call as the definition has it.
func (r correction) corrected(c call) call {
	if c.Analysis == "top_tier" {
		c.TopTier = slices.Concat(r.Definition...)
		c.Size = len(c.TopTier)
		return c
	}
	c.Family, c.Size, c.Min, c.Intersection = r.Definition, len(r.Definition), 0, r.Intersection
	if example := least(c.Family); example != nil {
		c.Min = len(example)
	}
	return c
}

func decode(t *testing.T, path string, into any) {
	t.Helper()
	if err := json.Unmarshal(read(t, path), into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

func TestGolden_TheRecordedScanHasItsThreeLevels(t *testing.T) {
	dir := precondition.SharedData(t, "recorded-scan")
	index, err := os.Open(filepath.Join(dir, "index.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer index.Close()
	levels, cases := map[string]int{}, map[string]bool{}
	var results []compare.Result
	largest := 0
	for lines := bufio.NewScanner(index); lines.Scan(); {
		var request struct {
			Path, Body string
			Nodes      int
		}
		if err := json.Unmarshal(lines.Bytes(), &request); err != nil {
			t.Fatal(err)
		}
		q := compare.Question{Analysis: strings.TrimPrefix(request.Path, "/analyze/"), Body: read(t, filepath.Join(dir, request.Body))}
		r := compare.Compare(q, compare.Reply{}, compare.Reply{}, compare.KindRust)
		if r.Nodes != request.Nodes {
			t.Errorf("%s has %d nodes, want %d", request.Body, r.Nodes, request.Nodes)
		}
		if r.Level == compare.LevelWhole {
			largest = max(largest, r.Nodes)
		}
		results = append(results, r)
	}
	for _, r := range results {
		levels[compare.LevelInScan(r.Level, r.Nodes, largest)]++
		cases[r.Case] = true
	}
	if levels[compare.LevelWhole] != 4 || levels[compare.LevelValidating] != 1 || levels[compare.LevelDerived] != 12 {
		t.Errorf("levels are %v", levels)
	}
	t.Logf("%d questions, %d cases, levels %v", len(results), len(cases), levels)
}

func BenchmarkPrepare_TheLiveNetwork(b *testing.B) {
	body, err := os.ReadFile(precondition.SharedData(b, "networks", "real_snapshot_filtered.json"))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		compare.Prepare(compare.Question{Analysis: "blocking-sets", Body: body})
	}
}
