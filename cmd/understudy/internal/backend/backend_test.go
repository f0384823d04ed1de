package backend_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"understudy/cmd/understudy/internal/backend"
	"understudy/engine/fbas"
	"understudy/internal/precondition"
)

func read(t *testing.T, path string) *fbas.Network {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	network, err := fbas.Read(data, fbas.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return network
}

func sample(t *testing.T) *fbas.Network {
	t.Helper()
	return read(t, filepath.Join("..", "..", "..", "..", "examples", "sample-network.json"))
}

type body struct {
	Nodes []struct {
		PublicKey string
	}
	Organizations []json.RawMessage
	MergeBy       string   `json:"merge_by"`
	FaultyNodes   []string `json:"faulty_nodes"`
}

func decode(t *testing.T, q backend.Question) body {
	t.Helper()
	var b body
	if err := json.Unmarshal(q.Body, &b); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFacade_AsksEighteenQuestionsWithFourOfThemPerLevelAndQuorumsLast(t *testing.T) {
	scan, err := backend.Facade(sample(t))
	if err != nil {
		t.Fatal(err)
	}
	if scan.ID == "" || scan.Health || scan.Len() != 18 {
		t.Fatalf("id %q, health %v, %d questions; want a name, no health check, 18", scan.ID, scan.Health, scan.Len())
	}
	if len(scan.Last) != 1 || scan.Last[0].Path != "/analyze/quorums" {
		t.Fatalf("last is %v, want the quorums", scan.Last)
	}
	asked := make(map[string]int)
	for _, q := range scan.Questions {
		b := decode(t, q)
		asked[fmt.Sprintf("%s %s faulty=%v", q.Path, b.MergeBy, len(b.FaultyNodes) > 0)]++
		if len(b.Organizations) == 0 {
			t.Errorf("%s %s sends no organizations", q.Path, b.MergeBy)
		}
	}
	want := []string{"/analyze/symmetric-top-tier  faulty=false"}
	for _, level := range []string{"none", "organization", "country", "isp"} {
		want = append(want, "/analyze/top-tier "+level+" faulty=false", "/analyze/blocking-sets "+level+" faulty=false",
			"/analyze/blocking-sets "+level+" faulty=true", "/analyze/splitting-sets "+level+" faulty=false")
	}
	for _, question := range want {
		if asked[question] != 1 {
			t.Errorf("%q asked %d times, want once", question, asked[question])
		}
	}
	if len(asked) != len(want) {
		t.Errorf("asked %v", asked)
	}
}

func TestAdapter_NamesNothingAndAsksSeventeenQuestions(t *testing.T) {
	scan, err := backend.Adapter(sample(t))
	if err != nil {
		t.Fatal(err)
	}
	if scan.ID != "" || !scan.Health || scan.Len() != 17 {
		t.Fatalf("id %q, health %v, %d questions; want no name, a health check, 17", scan.ID, scan.Health, scan.Len())
	}
	for _, q := range slices.Concat(scan.Questions, scan.Last) {
		if b := decode(t, q); b.MergeBy != "" || b.FaultyNodes != nil || len(b.Organizations) != 0 {
			t.Errorf("%s sends merge_by %q, %d faulty nodes, %d organizations; want none", q.Path, b.MergeBy, len(b.FaultyNodes), len(b.Organizations))
		}
	}
}

func TestScan_OfANetworkInWhichNobodyValidatesIsRefusedAsTheBackendDoes(t *testing.T) {
	no := false
	network := &fbas.Network{Nodes: []fbas.Node{
		{PublicKey: "a", QuorumSet: &fbas.QuorumSet{Threshold: 1, Validators: []string{"a"}}, IsValidating: &no},
		{PublicKey: "b"},
	}}
	for name, client := range map[string]func(*fbas.Network) (backend.Scan, error){"facade": backend.Facade, "adapter": backend.Adapter} {
		if _, err := client(network); err == nil {
			t.Errorf("%s asks about it", name)
		}
	}
}

// The adapter must build what the backend's client was seen to build. Order of
// nodes and of trusted groups says nothing about a network.
func TestAdapter_BuildsTheBodiesOfTheRecordedScan(t *testing.T) {
	recorded, err := backend.Recorded(precondition.SharedData(t, "recorded-scan"))
	if err != nil {
		t.Fatal(err)
	}
	built, err := backend.Adapter(read(t, precondition.SharedData(t, "radar-snapshot-2025-11-13.json")))
	if err != nil {
		t.Fatal(err)
	}
	got, want := canonical(t, built), canonical(t, recorded)
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("question %d of the sorted %d (recorded: %d) differs:\n got %.600s\nwant %.600s", i, len(got), len(want), at(got, i), at(want, i))
		}
	}
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "none"
}

// canonical writes each question with its lists sorted, and sorts the questions.
func canonical(t *testing.T, scan backend.Scan) []string {
	t.Helper()
	var lines []string
	for _, q := range slices.Concat(scan.Questions, scan.Last) {
		var body any
		if err := json.Unmarshal(q.Body, &body); err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(sorted(body))
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, q.Path+" "+string(text))
	}
	slices.Sort(lines)
	return lines
}

func sorted(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key := range v {
			v[key] = sorted(v[key])
		}
	case []any:
		for i := range v {
			v[i] = sorted(v[i])
		}
		slices.SortFunc(v, func(a, b any) int {
			x, _ := json.Marshal(a)
			y, _ := json.Marshal(b)
			return slices.Compare(x, y)
		})
	}
	return value
}

func TestRecorded_ABrokenRecordingIsRefusedWithTheLine(t *testing.T) {
	cases := []struct{ name, index, reason string }{
		{"no index", "", "there is nothing to replay"},
		{"not JSON", "{\n", "a line must be an object"},
		{"no body", `{"path": "/analyze/quorums"}` + "\n", "a request without a body is no analysis"},
		{"missing file", `{"path": "/analyze/quorums", "body": "gone.json"}` + "\n", "half a scan would prove nothing"},
		{"outside", `{"path": "/analyze/quorums", "body": "../outside.json"}` + "\n", "a recording is one folder"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "scan")
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(dir, "..", "outside.json"), "{}")
			write(t, filepath.Join(dir, backend.IndexFile), c.index)
			if scan, err := backend.Recorded(dir); err == nil {
				t.Errorf("read %d questions, want an error: %s", scan.Len(), c.reason)
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
