package rollout_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/rollout"
)

func progressOf(m rollout.Measured, soak time.Duration) rollout.Progress {
	return rollout.Progress{Soak: soak, Evidence: rollout.Evidences{Mirror: m.Mirror, Served: m.Served}, Entry: m.Entry, Health: well}
}

func TestGate_EachCriterionAloneKeepsItShut(t *testing.T) {
	tests := []struct {
		stage     rollout.Stage
		criterion string
		change    func(*rollout.Progress)
	}{
		{rollout.Shadow, rollout.CriterionSoak, func(p *rollout.Progress) { p.Soak -= time.Second }},
		{rollout.Shadow, rollout.CriterionMirror, func(p *rollout.Progress) { p.Evidence.Mirror = rollout.Count{Scans: 64} }},
		{rollout.Shadow, rollout.CriterionMirror, func(p *rollout.Progress) { p.Evidence.Mirror = rollout.Count{Scans: 125, Disagree: 1} }},
		{rollout.Shadow, rollout.CriterionCoverage, func(p *rollout.Progress) { p.Entry.Compared = p.Entry.Eligible*95/100 - 1 }},
		{rollout.Shadow, rollout.CriterionCoverage, func(p *rollout.Progress) { p.Entry.Compared, p.Entry.Eligible = 0, 0 }},
		{rollout.Shadow, rollout.CriterionWrong, func(p *rollout.Progress) { p.OpenWrong = 1 }},
		{rollout.Canary1, rollout.CriterionServedScans, func(p *rollout.Progress) { p.Evidence.Served = rollout.Count{Scans: 2} }},
		{rollout.Canary1, rollout.CriterionMirror, func(p *rollout.Progress) {
			p.Evidence.Mirror, p.Evidence.Variations = rollout.Count{Scans: 64}, rollout.Count{Scans: 200}
		}},
		{rollout.Canary10, rollout.CriterionServed, func(p *rollout.Progress) { p.Evidence.Served = rollout.Count{Scans: 64} }},
		{rollout.Canary10, rollout.CriterionMirror, func(p *rollout.Progress) { p.Evidence.Mirror = rollout.Count{Scans: 200, Disagree: 5} }},
		{rollout.Canary10, rollout.CriterionNextGate, func(p *rollout.Progress) { p.Evidence.Mirror = rollout.Count{Scans: 2000, Disagree: 40} }},
		{rollout.Canary50, rollout.CriterionServed, func(p *rollout.Progress) { p.Evidence.Served = rollout.Count{Scans: 327} }},
		{rollout.Canary50, rollout.CriterionMirrorStrict, func(p *rollout.Progress) { p.Evidence.Mirror = rollout.Count{Scans: 327} }},
		{rollout.Canary50, rollout.CriterionAvailability, func(p *rollout.Progress) { p.Entry.SelfTests, p.Entry.SelfTestsPassed = 1000, 995 }},
		{rollout.Canary50, rollout.CriterionAvailability, func(p *rollout.Progress) { p.Entry.SelfTests, p.Entry.SelfTestsPassed = 0, 0 }},
		{rollout.Canary50, rollout.CriterionErrorRate, func(p *rollout.Progress) { p.Entry.Executions, p.Entry.Failed = 1000, 10 }},
		{rollout.Canary50, rollout.CriterionErrorRate, func(p *rollout.Progress) { p.Entry.Executions, p.Entry.Failed = 0, 0 }},
		{rollout.Canary50, rollout.CriterionSlowShare, func(p *rollout.Progress) { p.Entry.Completed, p.Entry.Slow = 1000, 50 }},
		{rollout.Full, rollout.CriterionApproval, func(*rollout.Progress) {}},
	}
	for _, test := range tests {
		t.Run(test.stage.String()+" without "+test.criterion, func(t *testing.T) {
			policy := rollout.DefaultPolicy()
			state := rollout.State{
				Position: rollout.Position{Stage: test.stage, Condition: rollout.Normal, Settings: allOpen()},
				Progress: progressOf(good().Measured, policy.Soak(test.stage)),
			}
			if test.stage != rollout.Full { // whose gate takes a person anyway
				if gate := policy.Gate(state, dawn); gate.Outcome != rollout.OutcomePass {
					t.Fatalf("it does not pass to begin with: %s", gate.Why)
				}
			}
			test.change(&state.Progress)
			gate := policy.Gate(state, dawn)
			if gate.Outcome != rollout.OutcomeInconclusive || gate.To != test.stage+1 {
				t.Fatalf("%s to %s: %s", gate.Outcome, gate.To, gate.Why)
			}
			for _, c := range gate.Criteria {
				if c.Met == (c.Name == test.criterion) || !slices.Contains(rollout.CriterionNames(), c.Name) {
					t.Errorf("%s met: %v, %s", c.Name, c.Met, c.Text)
				}
				if !c.Met && !strings.Contains(gate.Why, c.Text) {
					t.Errorf("the reason %q does not say %q", gate.Why, c.Text)
				}
			}
		})
	}
}

func TestGate_FailsAfterEnoughScansAgainstTheCandidate(t *testing.T) {
	tests := []struct {
		name   string
		stage  rollout.Stage
		change func(*rollout.Evidences)
		fails  bool
	}{
		{"the mirror disagrees", rollout.Shadow, func(e *rollout.Evidences) { e.Mirror = rollout.Count{Scans: 300, Disagree: 30} }, true},
		{"too few scans to say so", rollout.Shadow, func(e *rollout.Evidences) { e.Mirror = rollout.Count{Scans: 299, Disagree: 30} }, false},
		{"2 % is no matter of the first gates", rollout.Canary10, func(e *rollout.Evidences) { e.Mirror = rollout.Count{Scans: 2000, Disagree: 40} }, false},
		{"but of the last", rollout.Canary50, func(e *rollout.Evidences) { e.Mirror = rollout.Count{Scans: 2000, Disagree: 40} }, true},
		{"served scans disagree", rollout.Canary10, func(e *rollout.Evidences) { e.Served = rollout.Count{Scans: 300, Disagree: 30} }, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			state := rollout.State{Position: rollout.Position{Stage: test.stage}, Progress: progressOf(good().Measured, 0)}
			test.change(&state.Progress.Evidence)
			gate := rollout.DefaultPolicy().Gate(state, dawn)
			if failed := gate.Outcome == rollout.OutcomeFail; failed != test.fails {
				t.Errorf("%s: %s", gate.Outcome, gate.Why)
			}
		})
	}
}

func TestTick_AFailedGateDemotesAndInShadowRejects(t *testing.T) {
	bad := with(good(), func(t *rollout.Tick) {
		t.Measured.Mirror.Disagree, t.Measured.Served.Disagree = 300, 300
		t.Measured.Entry.Mirror = rollout.Count{}
	})
	r := atStage(t, quick(), rollout.Canary10)
	r.take(bad)
	r.want(rollout.Canary1, rollout.Normal, 1)
	if c := r.last(); c.Kind != rollout.ChangeDemoted || c.Gate == nil || c.Gate.Outcome != rollout.OutcomeFail {
		t.Errorf("the audit says %+v", c)
	}
	r.take(bad)
	r.want(rollout.Shadow, rollout.Normal, 0)
	r.take(bad)
	r.want(rollout.Shadow, rollout.Stopped, 0)
	r.take(good(), good())
	r.want(rollout.Shadow, rollout.Stopped, 0) // only a person leads out
	r.take(rollout.Reset{By: by})
	r.want(rollout.Shadow, rollout.Normal, 0)
}

func TestTick_DisagreementSinceTheEntryStopsFromCanary1On(t *testing.T) {
	some := func(disagree int) rollout.Tick {
		return with(good(), func(t *rollout.Tick) {
			t.Measured = rollout.Measured{Entry: rollout.Entry{Mirror: rollout.Count{Scans: 10, Disagree: disagree}}}
		})
	}
	policy := quick()
	policy.SoakCanary1 = 100 * time.Hour
	r := atStage(t, policy, rollout.Canary1)
	r.take(some(1))
	r.want(rollout.Canary1, rollout.Normal, 1) // D(1, 10) is below 20
	r.take(some(1))
	r.want(rollout.Canary1, rollout.Stopped, 0)
	if c := r.last(); c.Trigger != rollout.TriggerDisagreement || !strings.Contains(c.Reason, "2 of 20 scans") {
		t.Errorf("the audit says %+v", c)
	}
	shadow := begin(t, quick())
	shadow.take(some(5))
	shadow.want(rollout.Shadow, rollout.Normal, 0)
	shadow.take(rollout.SetOverride{By: by, Percent: 5, For: 2 * time.Hour}, some(0))
	shadow.want(rollout.Shadow, rollout.Stopped, 0) // under an override clients are served
}

func TestMeasured_VariationsFillNoMoreThanTheirShare(t *testing.T) {
	r := begin(t, rollout.DefaultPolicy())
	tick := func(scans int, variations ...bool) {
		r.take(rollout.Tick{Health: well, Measured: rollout.Measured{Mirror: rollout.Count{Scans: scans}, Variations: variations}})
	}
	tick(0, false, false, true)
	if got := r.state.Progress.Evidence.Variations; got != (rollout.Count{}) {
		t.Errorf("without a real scan %+v count", got)
	}
	tick(2, make([]bool, 7)...)
	tick(0, true, true)
	if got := r.state.Progress.Evidence.Variations; got != (rollout.Count{Scans: 8, Disagree: 1}) {
		t.Errorf("beside 2 scans %+v count, want 8 of which 1 disagrees", got)
	}
	// 13 scans and 52 variations are the 65 that pass.
	r = begin(t, rollout.DefaultPolicy())
	tick(13, make([]bool, 100)...)
	evidence := r.state.Progress.Evidence
	if all := evidence.Mirror.Plus(evidence.Variations); all.Scans != 65 || rollout.Evidence(0, all.Scans, 0.05) < rollout.Enough {
		t.Errorf("13 scans and 100 variations give %+v", all)
	}
}
