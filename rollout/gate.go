package rollout

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
	Why      string      `json:"why"` // one sentence: what is missing, or what failed
}

// Criterion is one thing a gate asks for.
type Criterion struct {
	Name  string  `json:"name"` // soak, mirror_evidence, mirror_strict_evidence, served_evidence, served_scans, coverage, wrong_answers, availability, error_rate, slow_share, approval
	Value float64 `json:"value"`
	Limit float64 `json:"limit"`
	Unit  string  `json:"unit"` // seconds, E, scans, share, disagreements, ""
	Met   bool    `json:"met"`
	Text  string  `json:"text"` // "E(5 %) is 14.2 of 20: 58 scans, 0 disagree"
}
