package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/engine/fbas"
	"understudy/internal/precondition"
)

// goldenCall is one recorded call of the real Rust scanner.
type goldenCall struct {
	Analysis         string          `json:"analysis"`
	MergeBy          string          `json:"mergeBy"`
	Faulty           []string        `json:"faulty"`
	Status           string          `json:"status"`
	Min              int             `json:"min"`
	Size             int             `json:"size"`
	Intersection     bool            `json:"quorum_intersection"`
	SHA256           string          `json:"family_sha256"`
	SymmetricTopTier json.RawMessage `json:"symmetric_top_tier"`
}

// correction is a call in which the Rust scanner contradicts its definition.
type correction struct {
	Network    string     `json:"network"`
	MergeBy    string     `json:"mergeBy"`
	Analysis   string     `json:"analysis"`
	Faulty     []string   `json:"faulty"`
	Definition [][]string `json:"definition"`
}

func readJSON[T any](t *testing.T, path string) T {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return v
}

var mergeByGolden = map[string]MergeBy{"": MergeNone, "ORGANIZATION": MergeOrganization, "ISP": MergeISP, "COUNTRY": MergeCountry}

func TestAnalyses_AgreeWithTheRealScannerWhereItIsRight(t *testing.T) {
	t.Parallel()
	dir := precondition.SharedData(t)
	corrections := readJSON[struct{ Rows []correction }](t, filepath.Join(dir, "rust_vs_definition.json")).Rows
	files, err := filepath.Glob(filepath.Join(dir, "expected", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no expected answers: %v", err)
	}
	timeouts, corrected := 0, 0
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		calls := readJSON[struct{ Calls []goldenCall }](t, file).Calls
		t.Run(name, func(t *testing.T) {
			g := golden{t: t, name: name, corrections: corrections}
			data, err := os.ReadFile(filepath.Join(dir, "networks", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			for _, call := range calls {
				switch call.Status {
				case "ok":
					g.check(data, call)
					if g.corrected(call) {
						corrected++
					}
				case "timeout":
					timeouts++
				}
			}
		})
	}
	t.Logf("%d calls skipped: the real scanner ran out of time; %d in which it contradicts its definition", timeouts, corrected)
	if corrected != len(corrections) {
		t.Errorf("%d corrections were needed, and there are %d", corrected, len(corrections))
	}
}

type golden struct {
	t           *testing.T
	name        string
	corrections []correction
	// system is asked for families, least for minima only: where a family is
	// known, no minimum is searched for.
	system, least *System
}

func (g *golden) check(data []byte, call goldenCall) {
	g.t.Helper()
	if g.system == nil {
		network, err := fbas.Read(data, fbas.DefaultLimits())
		if err != nil {
			g.t.Fatal(err)
		}
		if g.system, err = Prepare(network, SemanticsRust); err != nil {
			g.t.Fatal(err)
		}
		if g.least, err = Prepare(network, SemanticsRust); err != nil {
			g.t.Fatal(err)
		}
	}
	const all = 600_000
	o := Options{MergeBy: mergeByGolden[call.MergeBy], Faulty: call.Faulty, MaxSets: all}
	ctx := g.t.Context()
	start := time.Now()
	switch call.Analysis {
	case "top_tier":
		r, err := g.system.TopTier(ctx, o)
		g.family(call, Family{Sets: [][]string{r.Members}, MinSize: 0, Complete: r.Complete}, err, len(r.Members))
	case "symmetric_top_tier":
		r, err := g.system.SymmetricTopTier(ctx, o)
		if err != nil {
			g.t.Fatal(err)
		}
		g.symmetric(call, r.QuorumSet)
	case "minimal_quorums":
		r, err := g.system.MinimalQuorums(ctx, o)
		g.family(call, r.Family, err, total(r.Family))
		g.minimum(call, o, r.Family)
		if r.Intersection.Intersects != call.Intersection && !g.corrected(call) {
			g.t.Errorf("%s %s: intersection %v, the real scanner says %v", call.Analysis, call.MergeBy, r.Intersection.Intersects, call.Intersection)
		}
	case "minimal_blocking_sets":
		r, err := g.system.MinimalBlockingSets(ctx, o)
		g.family(call, r, err, total(r))
		g.minimum(call, o, r)
	case "minimal_splitting_sets":
		r, err := g.system.MinimalSplittingSets(ctx, o)
		g.family(call, r.Family, err, total(r.Family))
		g.minimum(call, o, r.Family)
	default:
		g.t.Fatalf("unknown analysis %q", call.Analysis)
	}
	if d := time.Since(start); d > 2*time.Second {
		g.t.Logf("%s %s took %v", call.Analysis, call.MergeBy, d.Round(time.Millisecond))
	}
}

// minimum asks for the minimum alone, which must be that of the family.
func (g *golden) minimum(call goldenCall, o Options, whole Family) {
	g.t.Helper()
	o.Minimum = true
	c := comparison{t: g.t, s: g.least}
	what := map[string]string{"minimal_quorums": "quorums", "minimal_splitting_sets": "splitting sets"}[call.Analysis]
	got, err := c.ask(g.least, what, o)
	if err != nil || !got.Complete || got.Outcome != whole.Outcome || got.MinSize != whole.MinSize || got.LowerBound != whole.MinSize || len(got.Example) != whole.MinSize {
		g.t.Errorf("%s %s %v: the minimum alone is %+v (%v), that of the family %d", call.Analysis, call.MergeBy, call.Faulty, got, err, whole.MinSize)
	}
}

func total(f Family) int {
	if f.Total == nil {
		return -1
	}
	return int(f.Total.Int64())
}

func (g *golden) corrected(call goldenCall) bool {
	_, ok := g.correction(call)
	return ok
}

func (g *golden) correction(call goldenCall) (correction, bool) {
	at := slices.IndexFunc(g.corrections, func(c correction) bool {
		return c.Network == g.name && c.Analysis == call.Analysis && c.MergeBy == call.MergeBy && slices.Equal(c.Faulty, call.Faulty)
	})
	if at < 0 {
		return correction{}, false
	}
	return g.corrections[at], true
}

func (g *golden) family(call goldenCall, got Family, err error, size int) {
	g.t.Helper()
	if err != nil {
		g.t.Fatalf("%s %s: %v", call.Analysis, call.MergeBy, err)
	}
	if !got.Complete {
		g.t.Errorf("%s %s: not complete", call.Analysis, call.MergeBy)
		return
	}
	want := call.SHA256
	if c, ok := g.correction(call); ok {
		want = familyHash(c.Definition)
	} else if size != call.Size || got.MinSize != call.Min {
		g.t.Errorf("%s %s %v: size %d min %d, the real scanner says size %d min %d", call.Analysis, call.MergeBy, call.Faulty, size, got.MinSize, call.Size, call.Min)
	}
	if familyHash(got.Sets) != want {
		show := got.Sets
		g.t.Errorf("%s %s %v: another family than the definition's: %v", call.Analysis, call.MergeBy, call.Faulty, show[:min(len(show), 12)])
	}
}

func (g *golden) symmetric(call goldenCall, got *fbas.QuorumSet) {
	g.t.Helper()
	want := "null"
	if len(call.SymmetricTopTier) > 0 && string(call.SymmetricTopTier) != "null" {
		network, err := fbas.Read([]byte(`[{"publicKey":"x","quorumSet":`+string(call.SymmetricTopTier)+`}]`), fbas.DefaultLimits())
		if err != nil {
			g.t.Fatal(err)
		}
		want = setText(*network.Nodes[0].QuorumSet)
	}
	text := "null"
	if got != nil {
		text = setText(*got)
	}
	if text != want {
		g.t.Errorf("%s %s: %s, the real scanner says %s", call.Analysis, call.MergeBy, text, want)
	}
}

// setText writes a quorum set with its lists sorted.
func setText(q fbas.QuorumSet) string {
	validators := slices.Sorted(slices.Values(q.Validators))
	var inner []string
	for _, child := range q.InnerQuorumSets {
		inner = append(inner, setText(child))
	}
	slices.Sort(inner)
	data, _ := json.Marshal([]any{q.Threshold, validators, inner})
	return string(data)
}

// familyHash is SHA-256 over the sets in canonical order, each element followed
// by a TAB and each set by a line feed.
func familyHash(sets [][]string) string {
	canonical := make([][]string, len(sets))
	for i, set := range sets {
		canonical[i] = slices.Sorted(slices.Values(set))
	}
	slices.SortFunc(canonical, func(a, b []string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return slices.Compare(a, b)
	})
	h := sha256.New()
	for _, set := range canonical {
		for _, element := range set {
			h.Write([]byte(element + "\t"))
		}
		h.Write([]byte("\n"))
	}
	return hex.EncodeToString(h.Sum(nil))
}
