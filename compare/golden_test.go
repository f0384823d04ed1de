package compare_test

import (
	"bufio"
	"encoding/json"
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
	example := []string{}
	if len(c.Family) > 0 {
		example = slices.MinFunc(c.Family, func(a, b []string) int { return len(a) - len(b) })
	}
	switch c.Analysis {
	case "top_tier":
		return "top-tier", map[string]any{"top_tier": c.TopTier, "top_tier_size": c.Size}
	case "symmetric_top_tier":
		return "symmetric-top-tier", map[string]any{"symmetric_top_tier": c.SymmetricTopTier}
	case "minimal_quorums":
		return "quorums", map[string]any{"min_size": c.Min, "total_quorums": c.Size, "example_quorum": example, "quorum_intersection": c.Intersection, "sets": c.Family}
	case "minimal_blocking_sets":
		return "blocking-sets", map[string]any{"min_size": c.Min, "total_sets": c.Size, "example_set": example, "sets": c.Family}
	}
	return "splitting-sets", map[string]any{"min_size": c.Min, "total_sets": c.Size, "example_set": example, "has_split": c.Size == 1 && c.Min == 0, "sets": c.Family}
}

// maxFamily is the largest family that is replayed: checking more sets of the
// same few networks takes long and says nothing new.
const maxFamily = 150

// maxNodes is where reading a network takes long enough to replay fewer of its
// calls.
const maxNodes = 30

func TestGolden_RecordedAnswersAgreeWithThemselvesUnlessTheScannerIsWrong(t *testing.T) {
	dir := precondition.SharedData(t)
	var corrections struct{ Rows []call }
	if err := json.Unmarshal(read(t, filepath.Join(dir, "rust_vs_definition.json")), &corrections); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "expected", "*.json"))
	compared, refused := 0, 0
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		var recorded struct{ Calls []call }
		if err := json.Unmarshal(read(t, file), &recorded); err != nil {
			t.Fatal(err)
		}
		var request map[string]any
		if err := json.Unmarshal(read(t, filepath.Join(dir, "networks", name+".json")), &request); err != nil {
			t.Fatal(err)
		}
		large := len(request["nodes"].([]any)) > maxNodes
		for _, c := range recorded.Calls {
			if large && (c.mergeBy() == "country" || c.mergeBy() == "isp" || len(c.Faulty) > 1) {
				continue
			}
			if c.Network = name; c.Status != "ok" || len(c.Family) > maxFamily || c.Size > 0 && c.Family == nil && c.TopTier == nil {
				continue
			}
			request["merge_by"], request["faulty_nodes"] = c.mergeBy(), c.Faulty
			analysis, answer := c.wire()
			q := compare.Prepare(compare.Question{Analysis: analysis, Body: encode(request)})
			got := q.Compare(reply(answer), reply(answer), compare.KindRust)
			compared++
			if slices.ContainsFunc(corrections.Rows, c.same) {
				if got.Outcome == compare.Differ {
					refused++
				}
				continue
			}
			if got.Outcome != compare.Agree {
				t.Errorf("%s, %s merged by %s, faulty %v: %+v", name, analysis, c.mergeBy(), c.Faulty, got)
			}
			if err := q.Servable(reply(answer)); err != nil {
				t.Errorf("%s, %s merged by %s, faulty %v: %v", name, analysis, c.mergeBy(), c.Faulty, err)
			}
		}
	}
	t.Logf("compared %d recorded answers; of %d that are wrong %d show it by themselves", compared, len(corrections.Rows), refused)
	if compared < 1000 || refused == 0 {
		t.Errorf("compared %d answers, refused %d wrong ones", compared, refused)
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
