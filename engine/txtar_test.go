package engine

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"understudy/engine/fbas"
)

var update = flag.Bool("update", false, "write what the engine answers into testdata/*.txtar; read it afterwards")

// Each case says why it is interesting, gives a network, perhaps nodes that have
// failed, and all answers in every semantics, by node and, where the network has
// organizations, by organization. The answers are the oracle's too, so that
// -update can't write down nonsense.
func TestCases_AreAnsweredAsWrittenDown(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(bytes.TrimSpace(archive.Comment)) == 0 {
				t.Error("the case does not say why it is interesting")
			}
			parts := map[string][]byte{}
			for _, part := range archive.Files {
				parts[part.Name] = part.Data
			}
			network := readNetwork(t, string(parts["network.json"]))
			var faulty []string
			if text, ok := parts["faulty.json"]; ok {
				if err := json.Unmarshal(text, &faulty); err != nil {
					t.Fatal(err)
				}
			}
			got := caseAnswers(t, network, faulty)
			if *update {
				write(t, file, archive, got)
				return
			}
			if got != string(parts["want.json"]) {
				t.Errorf("%s, want %s (-update writes it down)", got, parts["want.json"])
			}
		})
	}
}

// write replaces what a case wants.
func write(t *testing.T, file string, archive *txtar.Archive, want string) {
	t.Helper()
	last := len(archive.Files) - 1
	if archive.Files[last].Name == "want.json" {
		archive.Files = archive.Files[:last]
	}
	archive.Files = append(archive.Files, txtar.File{Name: "want.json", Data: []byte(want)})
	if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// caseAnswers are all answers, one on a line.
func caseAnswers(t *testing.T, network *fbas.Network, faulty []string) string {
	t.Helper()
	levels := []MergeBy{MergeNone}
	if len(network.Organizations) > 0 {
		levels = append(levels, MergeOrganization)
	}
	var lines []string
	add := func(name string, value any) {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, `  "`+name+`": `+string(text))
	}
	for _, semantics := range AllSemantics {
		compareWithOracle(t, network, semantics)
		s, err := Prepare(network, semantics)
		if err != nil {
			t.Fatal(err)
		}
		for _, by := range levels {
			head := string(semantics) + " "
			if by != MergeNone {
				head += "by " + string(by) + ": "
			}
			c := comparison{t: t, network: network, s: s}
			o := Options{MergeBy: by, MaxSets: 100}
			if by == MergeNone {
				intersection, err := s.Intersection(t.Context(), o)
				if err != nil {
					t.Fatal(err)
				}
				add(head+"core", s.Core())
				add(head+"intersection", intersection.Intersects)
			}
			tier, err := s.TopTier(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			add(head+"top tier", tier.Members)
			for _, what := range []string{"quorums", "blocking sets", "splitting sets", "history-critical sets"} {
				r, err := c.ask(s, what, o)
				if err != nil {
					t.Fatal(err)
				}
				add(head+what, append([][]string{}, r.Sets...))
			}
			if len(faulty) > 0 {
				o.Faulty = faulty
				r, err := c.ask(s, "blocking sets", o)
				if err != nil {
					t.Fatal(err)
				}
				add(head+"blocking sets beside faulty", append([][]string{}, r.Sets...))
			}
		}
	}
	return "{\n" + strings.Join(lines, ",\n") + "\n}\n"
}
