package rows_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"understudy/bench/rows"
	"understudy/internal/precondition"
)

func TestPublishedFigures_CountWhatThePublicationCounts(t *testing.T) {
	figures, err := rows.PublishedFigures()
	if err != nil {
		t.Fatal(err)
	}
	python, rust := 0, 0
	for _, f := range figures {
		if f.PythonFBAS.Solved {
			python++
		}
		if f.FBASAnalyzer.Solved {
			rust++
		}
	}
	if len(figures) != 186 || python != 174 || rust != 91 {
		t.Errorf("%d rows, python-fbas solves %d and fbas_analyzer %d; want 186, 174, 91", len(figures), python, rust)
	}
	got := figures[rows.Key{Network: "N6F2", Analysis: rows.Splitting}]
	if got.PythonFBAS.Seconds != 0.2290 || got.FBASAnalyzer.Seconds != 8.0066 {
		t.Errorf("N6F2/splitting: %+v", got)
	}
}

func TestKnownAnswers_AreThereForTheNetworksAtHand(t *testing.T) {
	answers, err := rows.KnownAnswers()
	if err != nil {
		t.Fatal(err)
	}
	if len(answers) != 147 {
		t.Errorf("%d answers, want 147", len(answers))
	}
	if got := answers[rows.Key{Network: "N16F15", Analysis: rows.Intersection}]; got != "false" {
		t.Errorf("N16F15/intersection: %q, want false", got)
	}
}

func TestPrototypeGrowth_EndsAt32OrganizationsWithABound(t *testing.T) {
	worst, err := rows.PrototypeGrowth()
	if err != nil {
		t.Fatal(err)
	}
	if len(worst) != 5 || worst[28] != (rows.PrototypeTime{Seconds: 61}) || worst[32] != (rows.PrototypeTime{Seconds: 15, Over: true}) {
		t.Errorf("%v", worst)
	}
}

func TestPublishedRows_Are147WithAKnownAnswerEach(t *testing.T) {
	published, err := rows.PublishedRows(precondition.SharedData(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(published) != 147 {
		t.Errorf("%d rows, want 147", len(published))
	}
	for _, row := range published {
		if row.Want == "" || len(row.Network.Request) == 0 {
			t.Errorf("%s has no answer or no network", row)
		}
	}
	if first, last := published[0], published[146]; first.Network.Organizations != 5 || last.Network.Organizations != 16 {
		t.Errorf("rows go from %s to %s, want the small ones first", first, last)
	}
}

func TestAll_WithoutThePublishedNetworksHasTheGeneratedRows(t *testing.T) {
	all, err := rows.All("")
	if !errors.Is(err, rows.ErrNoShared) {
		t.Fatalf("error %v, want ErrNoShared", err)
	}
	counts, names := map[rows.Set]int{}, map[string]bool{}
	for _, row := range all {
		counts[row.Network.Set]++
		if names[row.String()] {
			t.Errorf("%s is there twice", row)
		}
		names[row.String()] = true
	}
	if counts[rows.Family] != 39 || counts[rows.Growth] != 7*4*2*4 || counts[rows.Mixed] != 4*2*2*4 || counts[rows.Whole] != 3*3*2+3*3+2*2*2 {
		t.Errorf("rows: %v", counts)
	}
}

func TestPick_TakesSetsNetworksAnalysesAndRows(t *testing.T) {
	all := append(rows.FamilyRows(), rows.MixedRows()...)
	for patterns, want := range map[string]int{
		"":                         39 + 64,
		"family":                   39,
		"G14F1":                    3,
		"G14F1?":                   12,
		"quorum":                   16,
		"G14F1/splitting":          1,
		"M8*/blocking,G14F2":       4 + 3,
		"family, G14F1, splitting": 39 + 16,
	} {
		picked, err := rows.Pick(all, patterns)
		if err != nil || len(picked) != want {
			t.Errorf("%q: %d rows (%v), want %d", patterns, len(picked), err, want)
		}
	}
}

func TestWholeRows_AskThreeQuestionsAboutSomePublishedNetworks(t *testing.T) {
	var published []rows.Row
	for _, name := range []string{"N5F1", "N5F1", "N8F7", "N10F1", "N12F4", "N12F5", "N16F8", "N16F9", "other"} {
		published = append(published, rows.Row{Network: &rows.Network{Name: name, Set: rows.Published}, Analysis: rows.Splitting, Want: "2"})
	}
	compared := map[string]bool{}
	for _, row := range rows.WholeRows(published) {
		if row.Network.Set != rows.Whole || !row.Analysis.Whole() || row.Want != "" {
			t.Errorf("%s: set %s, answer %q", row, row.Network.Set, row.Want)
		}
		if strings.HasPrefix(row.Network.Name, "N") {
			compared[row.String()] = row.Compared
		} else if row.Compared {
			t.Errorf("%s: others are asked", row)
		}
	}
	want := map[string]bool{}
	for name, others := range map[string]bool{"N5F1": true, "N8F7": true, "N12F4": true, "N16F8": false} {
		for _, analysis := range rows.Families() {
			want[name+"/"+string(analysis)] = others
		}
	}
	if !maps.Equal(compared, want) {
		t.Errorf("rows and whether others are asked: %v\nwant %v", compared, want)
	}
	if published[0].Network.Set != rows.Published {
		t.Error("the network of the published row has changed its set")
	}
}

func TestPick_TellsWholeFamiliesFromMinima(t *testing.T) {
	all := append(rows.FamilyRows(), rows.WholeRows(nil)...)
	for patterns, want := range map[string]int{
		"families": 35, "splitting": 13, "splitting-sets": 9, "quorums": 13, "M20*": 8, "G14F1": 3 + 1, "G24F4s1/blocking-sets": 1,
	} {
		picked, err := rows.Pick(all, patterns)
		if err != nil || len(picked) != want {
			t.Errorf("%q: %d rows (%v), want %d", patterns, len(picked), err, want)
		}
	}
}

func TestCompare_LeavesOthersOutOfRowsThatDoNotMatch(t *testing.T) {
	for patterns, want := range map[string]int{"": 39, "family": 39, "G14F1,mixed": 3, "quorum": 0} {
		all := append(rows.FamilyRows(), rows.Row{Network: &rows.Network{Name: "X", Set: rows.Family}, Analysis: rows.Blocking})
		if err := rows.Compare(all, patterns); err != nil {
			t.Fatal(err)
		}
		compared := 0
		for _, row := range all {
			if row.Compared {
				compared++
			}
		}
		if compared != want {
			t.Errorf("%q: others are asked about %d rows, want %d", patterns, compared, want)
		}
	}
	if err := rows.Compare(rows.FamilyRows(), "["); err == nil || !strings.Contains(err.Error(), "pattern") {
		t.Errorf("error %v, want one that names the pattern", err)
	}
}

func TestPick_RefusesPatternsThatMatchNothingOrAreNone(t *testing.T) {
	for _, patterns := range []string{"N99*", "[", "splitting,["} {
		if _, err := rows.Pick(rows.FamilyRows(), patterns); err == nil || !strings.Contains(err.Error(), "rows") {
			t.Errorf("%q: error %v, want one that names the rows", patterns, err)
		}
	}
}
