package rollout

import (
	"fmt"
	"strings"
	"time"
)

// Outcome is what a gate says.
type Outcome string

// The outcomes. No data is inconclusive, never a pass.
const (
	OutcomePass         Outcome = "pass"
	OutcomeFail         Outcome = "fail"
	OutcomeInconclusive Outcome = "inconclusive"
	OutcomeNone         Outcome = "none" // the stage has no gate
)

// Gate is the gate out of a stage as it stands.
type Gate struct {
	From     Stage       `json:"from"`
	To       Stage       `json:"to"`
	Outcome  Outcome     `json:"outcome"`
	Criteria []Criterion `json:"criteria"`
	Why      string      `json:"why"` // one sentence: what is met, what is missing, or what failed
}

// Criterion is one thing a gate asks for.
type Criterion struct {
	Name  string  `json:"name"` // one of CriterionNames
	Value float64 `json:"value"`
	Limit float64 `json:"limit"`
	Unit  string  `json:"unit"` // seconds, E, scans, share, disagreements, approvals
	Met   bool    `json:"met"`
	Text  string  `json:"text"` // "E(5 %) of the mirror is 14.2, wanted 20: 58 scans, 0 disagree"
}

// The names of criteria.
const (
	CriterionSoak                 = "soak"
	CriterionMirror               = "mirror_evidence"
	CriterionMirrorStrict         = "mirror_strict_evidence"
	CriterionServed               = "served_evidence"
	CriterionServedScans          = "served_scans"
	CriterionCoverage             = "coverage"
	CriterionWrong                = "wrong_answers"
	CriterionAvailability         = "availability"
	CriterionErrorRate            = "error_rate"
	CriterionSlowShare            = "slow_share"
	CriterionNextGate             = "next_gate"
	CriterionApproval             = "approval"
	unitE                         = "E"
	unitShare                     = "share"
	rejects               float64 = 1.0 / Enough
)

// CriterionNames lists all of them.
func CriterionNames() []string {
	return []string{
		CriterionSoak, CriterionMirror, CriterionMirrorStrict, CriterionServed, CriterionServedScans, CriterionCoverage,
		CriterionWrong, CriterionAvailability, CriterionErrorRate, CriterionSlowShare, CriterionNextGate, CriterionApproval,
	}
}

// Gate says how the gate out of the present stage stands. It reads evidence at
// its current value and remembers nothing.
func (p Policy) Gate(s State, _ time.Time) Gate {
	from := s.Position.Stage
	gate := Gate{From: from, To: from, Outcome: OutcomeNone, Criteria: []Criterion{}, Why: "stage " + from.String() + " has no gate"}
	if from < Shadow || from >= Complete {
		return gate
	}
	gate.To = from + 1
	gate.Criteria = p.criteria(s)
	if against := p.against(s, from); against != "" {
		gate.Outcome, gate.Why = OutcomeFail, against
		return gate
	}
	var missing []string
	for _, c := range gate.Criteria {
		if !c.Met {
			missing = append(missing, c.Text)
		}
	}
	if gate.Outcome, gate.Why = OutcomePass, "every criterion is met"; len(missing) > 0 {
		gate.Outcome, gate.Why = OutcomeInconclusive, strings.Join(missing, "; ")
	}
	return gate
}

// awaitsApproval reports whether a person's approval is all that is missing.
func (g Gate) awaitsApproval() bool {
	approval := false
	for _, c := range g.Criteria {
		switch {
		case c.Name == CriterionApproval:
			approval = true
		case !c.Met:
			return false
		}
	}
	return approval && g.Outcome == OutcomeInconclusive
}

// against says which evidence speaks against the candidate so clearly that the
// gate out of a stage fails, "" if none does.
func (p Policy) against(s State, stage Stage) string {
	evidence := s.Progress.Evidence
	decided := func(what string, c Count, q float64) string {
		if e := Evidence(c.Disagree, c.Scans, q); c.Scans >= p.FailAfter && e < rejects {
			return fmt.Sprintf("E(%s) of %s is %.3g, below 1/%d: %d of %d scans disagree", share(q), what, e, Enough, c.Disagree, c.Scans)
		}
		return ""
	}
	reasons := []string{decided("the mirror", evidence.Mirror, p.Rate)}
	if stage >= Canary10 {
		reasons = append(reasons, decided("the served scans", evidence.Served, p.Rate))
	}
	if stage >= Canary50 {
		reasons = append(reasons, decided("the mirror", evidence.Mirror, p.StrictRate), decided("the served scans", evidence.Served, p.StrictRate))
	}
	for _, reason := range reasons {
		if reason != "" {
			return reason
		}
	}
	return ""
}

// criteria are those of the gate out of the present stage.
func (p Policy) criteria(s State) []Criterion {
	evidence, entry, stage := s.Progress.Evidence, s.Progress.Entry, s.Position.Stage
	list := []Criterion{p.soaked(s), wrong(s.Progress.OpenWrong)}
	switch stage {
	case Shadow:
		list = append(list, enough(CriterionMirror, "the mirror and variations", evidence.Mirror.Plus(evidence.Variations), p.Rate), p.covered(entry))
	case Canary1:
		list = append(list, enough(CriterionMirror, "the mirror", evidence.Mirror, p.Rate), p.firstServed(evidence.Served))
	case Canary10:
		list = append(list, enough(CriterionMirror, "the mirror", evidence.Mirror, p.Rate), enough(CriterionServed, "the served scans", evidence.Served, p.Rate))
	case Canary50, Full:
		list = append(
			list,
			enough(CriterionMirror, "the mirror", evidence.Mirror, p.Rate),
			enough(CriterionMirrorStrict, "the mirror", evidence.Mirror, p.StrictRate),
			enough(CriterionServed, "the served scans", evidence.Served, p.StrictRate),
			above(entry.SelfTestsPassed, entry.SelfTests, p.Availability),
			below(CriterionErrorRate, "executions failed", entry.Failed, entry.Executions, p.ErrorRate),
			below(CriterionSlowShare, "answers were slow", entry.Slow, entry.Completed, p.SlowShare),
		)
	}
	if next := p.against(s, stage+1); next != "" && p.against(s, stage) == "" {
		list = append(list, Criterion{Name: CriterionNextGate, Unit: unitE, Text: "the gate after it would fail: " + next})
	}
	if p.NeedsApproval(stage + 1) {
		list = append(list, Criterion{Name: CriterionApproval, Limit: 1, Unit: "approvals", Text: "a person approves (promote)"})
	}
	return list
}

func (p Policy) soaked(s State) Criterion {
	soak, want := s.Progress.Soak, p.Soak(s.Position.Stage)
	return Criterion{
		Name: CriterionSoak, Value: soak.Seconds(), Limit: want.Seconds(), Unit: "seconds", Met: soak >= want,
		Text: fmt.Sprintf("soak is %s, wanted %s", soak.Round(time.Second), want),
	}
}

func wrong(open int) Criterion {
	return Criterion{
		Name: CriterionWrong, Value: float64(open), Unit: "disagreements", Met: open == 0,
		Text: fmt.Sprintf("%d disagreements are open in which the candidate is wrong, wanted none", open),
	}
}

func enough(name, of string, c Count, q float64) Criterion {
	e := Evidence(c.Disagree, c.Scans, q)
	return Criterion{
		Name: name, Value: e, Limit: Enough, Unit: unitE, Met: e >= Enough,
		Text: fmt.Sprintf("E(%s) of %s is %.3g, wanted %d: %d of %d scans disagree", share(q), of, e, Enough, c.Disagree, c.Scans),
	}
}

func (p Policy) covered(entry Entry) Criterion {
	value := ratio(entry.Compared, entry.Eligible)
	return Criterion{
		Name: CriterionCoverage, Value: value, Limit: p.Coverage, Unit: unitShare, Met: entry.Eligible > 0 && value >= p.Coverage,
		Text: fmt.Sprintf("coverage is %s, wanted %s: %d of %d eligible exchanges were compared", share(value), share(p.Coverage), entry.Compared, entry.Eligible),
	}
}

func (p Policy) firstServed(served Count) Criterion {
	return Criterion{
		Name: CriterionServedScans, Value: float64(served.Scans), Limit: float64(p.FirstServed), Unit: "scans", Met: served.Scans >= p.FirstServed,
		Text: fmt.Sprintf("%d scans were served, wanted %d", served.Scans, p.FirstServed),
	}
}

func above(passed, of int, limit float64) Criterion {
	value := ratio(passed, of)
	return Criterion{
		Name: CriterionAvailability, Value: value, Limit: limit, Unit: unitShare, Met: of > 0 && value > limit,
		Text: fmt.Sprintf("availability is %s, wanted more than %s: %d of %d self-tests passed", share(value), share(limit), passed, of),
	}
}

func below(name, what string, bad, of int, limit float64) Criterion {
	value := ratio(bad, of)
	return Criterion{
		Name: name, Value: value, Limit: limit, Unit: unitShare, Met: of > 0 && value < limit,
		Text: fmt.Sprintf("%s is %s, wanted less than %s: %d of %d %s", name, share(value), share(limit), bad, of, what),
	}
}

func ratio(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// share writes 0.05 as "5 %".
func share(x float64) string { return fmt.Sprintf("%.4g %%", 100*x) }
