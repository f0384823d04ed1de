package compare_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"

	"understudy/compare"
	"understudy/compare/arbiter"
	"understudy/engine/api"
)

// referee settles what no witness does.
var referee = arbiter.New(arbiter.Config{})

// engineHandler is the candidate, in this process.
var engineHandler = api.Handler(api.DefaultConfig())

// askEngine is the engine's answer to a question.
func askEngine(q compare.Question) compare.Reply {
	w := httptest.NewRecorder()
	engineHandler.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/analyze/"+q.Analysis, bytes.NewReader(q.Body)))
	return compare.Reply{Status: w.Code, Body: w.Body.Bytes()}
}

// recorded is the real scanner's answer. Where no family was recorded it borrows
// the example of an answer that is known to be right.
func (c call) recorded(right compare.Reply) compare.Reply {
	_, answer := c.wire()
	if c.Family == nil && c.Size > 0 {
		var other map[string]any
		_ = json.Unmarshal(right.Body, &other) // else nothing to borrow, and the comparison shows it
		for _, example := range []string{"example_set", "example_quorum"} {
			if _, has := answer[example]; has {
				answer[example] = other[example]
			}
		}
	}
	return reply(answer)
}

// disputed are the calls in which the real scanner is wrong, with the question.
type disputed struct {
	correction
	q           *compare.Prepared
	question    compare.Question
	wrong, good call
}

func allDisputed(t *testing.T) (all []disputed) {
	t.Helper()
	rows := corrections(t)
	for _, g := range goldens(t) {
		for _, c := range g.calls {
			i := slices.IndexFunc(rows, func(r correction) bool { return c.same(r.call) })
			if i < 0 {
				continue
			}
			question := g.question(c)
			all = append(all, disputed{rows[i], compare.Prepare(question), question, c, rows[i].corrected(c)})
		}
	}
	if len(all) != len(rows) {
		t.Fatalf("%d of %d rows have a recorded call", len(all), len(rows))
	}
	return all
}

// fitting are the defects that go with an analysis.
var fitting = map[string][]string{
	"top_tier": {"R5"}, "minimal_quorums": {"R5"}, "minimal_blocking_sets": {"R1", "R5"}, "minimal_splitting_sets": {"R2", "R3", "R4", "R5"},
}

func TestGolden_WhereTheRustScannerContradictsItsDefinitionThatIsProven(t *testing.T) {
	counts := map[string]int{}
	for _, d := range allDisputed(t) {
		_, wrong := d.wrong.wire()
		_, good := d.good.wire()
		got := d.q.Settle(t.Context(), referee, reply(wrong), reply(good), compare.KindRust)
		if got.Verdict != compare.VerdictPrimaryWrong {
			t.Errorf("%s %s merged by %s: %+v", d.Network, d.Analysis, d.mergeBy(), got)
		}
		for _, m := range got.Metrics {
			for _, r := range m.Rulings {
				if r.Verdict != compare.VerdictPrimaryWrong || r.Proof == nil || r.Proof.Sentence == "" || !slices.Contains(fitting[d.Analysis], r.Class) {
					t.Errorf("%s %s merged by %s: %s is %+v, proof %+v", d.Network, d.Analysis, d.mergeBy(), m.Metric, r, r.Proof)
					continue
				}
				counts[r.Class+" "+string(r.Proof.Kind)]++
			}
		}
		swapped := d.q.Settle(t.Context(), referee, reply(good), reply(wrong), compare.KindRust)
		if swapped.Verdict != compare.VerdictCandidateWrong || swapped.Serves() {
			t.Errorf("%s %s merged by %s, swapped: %+v", d.Network, d.Analysis, d.mergeBy(), swapped)
		}
		for _, m := range swapped.Metrics {
			if slices.ContainsFunc(m.Rulings, func(r compare.Ruling) bool { return r.Verdict != compare.VerdictCandidateWrong || r.Proof == nil }) {
				t.Errorf("%s %s merged by %s, swapped: %+v", d.Network, d.Analysis, d.mergeBy(), m)
			}
		}
	}
	t.Logf("rulings by class and kind of proof: %v", counts)
}

func TestGolden_WithNumbersAndOneExampleTheRightSideIsNeverWrongAndOnlyServedWhenProven(t *testing.T) {
	served, agreed := 0, 0
	for _, d := range allDisputed(t) {
		_, wrong := d.wrong.wire()
		_, good := d.good.wire()
		shown := askEngine(d.question)
		for name, right := range map[string]compare.Reply{"definition": reply(lean(good)), "engine": shown} {
			primary := reply(lean(wrong))
			alone := d.q.Compare(primary, right, compare.KindRust)
			settled := d.q.Settle(t.Context(), referee, primary, right, compare.KindRust)
			for how, got := range map[string]compare.Result{"alone": alone, "settled": settled} {
				if refuted(got, compare.VerdictCandidateWrong) || got.Serves() && !proven(got) {
					t.Errorf("%s %s merged by %s, %s %s: %+v", d.Network, d.Analysis, d.mergeBy(), name, how, got)
				}
			}
			if settled.Verdict == compare.VerdictAgree {
				agreed++
			}
			if alone.Serves() {
				served++
			}
		}
	}
	t.Logf("%d of %d answers may be served by the comparison alone; in %d nothing differs but the family", served, 2*len(corrections(t)), agreed)
}

// refuted says whether a metric has a ruling of that verdict.
func refuted(r compare.Result, v compare.Verdict) bool {
	return slices.ContainsFunc(r.Metrics, func(m compare.MetricResult) bool {
		return slices.ContainsFunc(m.Rulings, func(r compare.Ruling) bool { return r.Verdict == v })
	})
}

// proven says whether each metric agrees or has a proof against the primary.
func proven(r compare.Result) bool {
	return !slices.ContainsFunc(r.Metrics, func(m compare.MetricResult) bool {
		if m.Verdict == compare.VerdictAgree {
			return m.Outcome != compare.Agree
		}
		return !slices.ContainsFunc(m.Rulings, func(r compare.Ruling) bool {
			return r.Verdict == compare.VerdictPrimaryWrong && r.Proof != nil && r.Proof.Sentence != ""
		})
	})
}

func TestGolden_EveryOtherAnswerOfTheRealScannerAgreesWithTheEngines(t *testing.T) {
	t.Parallel()
	rows := corrections(t)
	var compared, families atomic.Int32
	t.Cleanup(func() { t.Logf("compared %d answers, %d of them whole families", compared.Load(), families.Load()) })
	for _, g := range goldens(t) {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			for _, c := range g.calls {
				if slices.ContainsFunc(rows, func(r correction) bool { return c.same(r.call) }) {
					continue
				}
				question := g.question(c)
				right := askEngine(question)
				q := compare.Prepare(question)
				got := q.Settle(t.Context(), referee, c.recorded(right), right, compare.KindRust)
				if got.Verdict != compare.VerdictAgree {
					t.Errorf("%s merged by %s, faulty %v: %+v", c.Analysis, c.mergeBy(), c.Faulty, got)
				}
				if err := q.Servable(right); err != nil {
					t.Errorf("%s merged by %s, faulty %v: %v", c.Analysis, c.mergeBy(), c.Faulty, err)
				}
				compared.Add(1)
				if c.Family != nil {
					families.Add(1)
				}
			}
		})
	}
}
