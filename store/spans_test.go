package store

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

var core = []string{"top_tier", "min_quorum"}

func evidence(t *testing.T, s *Store, q EvidenceQuery) Evidence {
	t.Helper()
	q.Core = core
	e, err := s.Evidence(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// served is an exchange in the serve share.
func served(e Exchange) Exchange {
	e.Reason, e.ServedBy = "", servedByCandidate
	return e
}

func TestEvidence_CountsWhatTheDesignSays(t *testing.T) {
	with := func(e Exchange, change func(e *Exchange)) Exchange {
		change(&e)
		return e
	}
	failed := with(judged("failed", "a", 0), func(e *Exchange) { e.Outcome, e.Verdict, e.Metrics = "candidate_failed", "candidate_failed", nil })
	agree, wrong := judged("1", "a", 0), judged("1", "a", 0, "candidate_wrong")
	one, faulty := ScanCount{Scans: 1}, ScanCount{Scans: 1, Disagree: 1}
	for _, c := range []struct {
		name      string
		exchanges []Exchange
		want      Evidence
	}{
		{"a mirrored scan", []Exchange{agree}, Evidence{Mirror: one, Eligible: 1, Compared: 1}},
		{"one that disagrees", []Exchange{wrong}, Evidence{Mirror: faulty, Eligible: 1, Compared: 1, OpenWrong: 1}},
		{"the primary is wrong", []Exchange{judged("1", "a", 0, "primary_wrong")}, Evidence{Mirror: one, Eligible: 1, Compared: 1}},
		{"a failure", []Exchange{failed}, Evidence{Eligible: 1}},
		{"a failure beside an answer", []Exchange{inScan("1", failed), agree}, Evidence{Mirror: one, Eligible: 2, Compared: 1}},
		{"a mixed scan", []Exchange{with(served(wrong), func(e *Exchange) { e.Mixed = true })}, Evidence{Eligible: 1, Compared: 1, OpenWrong: 1}},
		{"an overlong scan", []Exchange{with(served(agree), func(e *Exchange) { e.Overlong = true })}, Evidence{Eligible: 1, Compared: 1}},
		{"a served scan", []Exchange{served(agree)}, Evidence{Mirror: one, Served: one, Eligible: 1, Compared: 1}},
		{"late", []Exchange{with(wrong, func(e *Exchange) { e.Reason = "late" })}, Evidence{Mirror: faulty, Served: faulty, Eligible: 1, Compared: 1, OpenWrong: 1}},
		{"a rule took it", []Exchange{with(agree, func(e *Exchange) { e.Reason = "rule" })}, Evidence{Mirror: one, Eligible: 1, Compared: 1}},
		{"served and failed", []Exchange{with(served(failed), func(e *Exchange) { e.ServedBy, e.Reason = "primary", "failed" })}, Evidence{Eligible: 1}},
		{
			"a repeat of what was served",
			[]Exchange{served(agree), served(judged("2", "a", time.Minute))},
			Evidence{Mirror: one, Served: ScanCount{Scans: 2}, Eligible: 2, Compared: 2},
		},
		{
			"a repeat at fault",
			[]Exchange{served(agree), served(judged("2", "a", time.Minute, "undecided"))},
			Evidence{Mirror: one, Served: ScanCount{Scans: 2, Disagree: 1}, Eligible: 2, Compared: 2},
		},
		{"the candidate alone can answer", []Exchange{with(served(failed), func(e *Exchange) { e.Reason, e.Outcome = "candidate_only", "uncompared" })}, Evidence{}},
		{"a rescue", []Exchange{with(served(failed), func(e *Exchange) { e.Reason, e.Outcome = "rescue", "primary_failed" })}, Evidence{Eligible: 1}},
		{"a deep comparison", []Exchange{with(wrong, func(e *Exchange) { e.Source = SourceDeep })}, Evidence{OpenWrong: 1}},
		{"the core was not compared", []Exchange{with(judged("1", "a", 0), func(e *Exchange) { e.Metrics[0].Name = "symmetric_top_tier" })}, Evidence{Eligible: 1, Compared: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := openNew(t)
			record(t, s, c.exchanges...)
			c.want.EnteredMirror = c.want.Mirror // it was entered long ago
			if got := evidence(t, s, EvidenceQuery{Until: noon.Add(time.Hour)}); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got\n%+v, want\n%+v", got, c.want)
			}
		})
	}
}

func TestEvidence_TellsWhatCameSinceTheStageWasEntered(t *testing.T) {
	s := openNew(t)
	record(t, s, judged("1", "a", 0), judged("2", "b", time.Minute), judged("3", "c", 2*time.Minute, "undecided"))
	got := evidence(t, s, EvidenceQuery{Until: noon.Add(time.Hour), Entered: noon.Add(time.Minute)})
	want := Evidence{Mirror: ScanCount{3, 1}, EnteredMirror: ScanCount{2, 1}, Eligible: 2, Compared: 2}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestEvidence_ANewVersionMeetsEachCaseAnew(t *testing.T) {
	s := openNew(t)
	record(t, s, judged("old", "a", 0), judged("new", "a", time.Hour, "undecided"), judged("again", "a", 2*time.Hour))
	q := EvidenceQuery{After: noon, Until: noon.Add(day)}
	if got := evidence(t, s, q); got.Mirror != (ScanCount{}) {
		t.Errorf("the case is old, and counts as %+v", got.Mirror)
	}
	q.Since = noon.Add(time.Minute)
	if got := evidence(t, s, q); got.Mirror != (ScanCount{1, 1}) {
		t.Errorf("to the new version it is new once: %+v", got.Mirror)
	}
}

// varied is a question about a varied network.
func varied(scan, id, caseDigest string, after time.Duration, verdicts ...string) Exchange {
	e := inScan(scan, judged(id, caseDigest, after, verdicts...))
	e.Source, e.ServedBy, e.Reason = SourceVariation, "", ""
	return e
}

func TestEvidence_ListsVariedNetworksInTheOrderOfAsking(t *testing.T) {
	s := openNew(t)
	record(t, s, judged("live", "l", 0),
		varied("v1", "1a", "a", time.Minute), varied("v1", "1b", "b", 2*time.Minute, "undecided"),
		varied("v0", "0a", "c", 3*time.Minute), varied("v0", "0l", "l", 4*time.Minute),
		varied("v2", "2l", "l", 5*time.Minute, "candidate_wrong"), // nothing that a client has not asked
		varied("v3", "3a", "a", 6*time.Minute, "undecided"),       // nothing new
		varied("v4", "4d", "d", 7*time.Minute))
	live := judged("after", "d", time.Hour) // a variation makes no live case an old one
	record(t, s, live)
	got := evidence(t, s, EvidenceQuery{Until: noon.Add(day)})
	if want := []bool{true, false, false}; !slices.Equal(got.Variations, want) || got.Mirror.Scans != 2 || got.Eligible != 2 || got.OpenWrong != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestEvidence_CountsAsOpenWhatIsOpenNow(t *testing.T) {
	s, now := openClocked(t)
	record(t, s, judged("1", "a", 0, "candidate_wrong"), judged("2", "b", 0, "candidate_wrong"), judged("3", "c", 0, "primary_wrong"))
	q := EvidenceQuery{After: noon.Add(day), Until: noon.Add(2 * day)} // however long ago
	if got := evidence(t, s, q); got.OpenWrong != 2 {
		t.Errorf("%d are open", got.OpenWrong)
	}
	if err := s.CloseDisagreement(t.Context(), disagreementID("a", "top_tier", "candidate_wrong"), "ana", "mended", *now); err != nil {
		t.Fatal(err)
	}
	if got := evidence(t, s, q); got.OpenWrong != 1 {
		t.Errorf("%d are open after one was closed", got.OpenWrong)
	}
}

func TestEvidence_RefusesAQueryThatSaysNotWhatCounts(t *testing.T) {
	s := openNew(t)
	for want, q := range map[string]EvidenceQuery{"core is empty": {Until: noon}, "until is zero": {Core: core}} {
		if _, err := s.Evidence(t.Context(), q); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %s", err, want)
		}
	}
}
