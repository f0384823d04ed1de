package report

import (
	"fmt"

	"understudy/bench/peers"
	"understudy/bench/rows"
)

// Result is a measured row.
type Result struct {
	Row      rows.Row
	Outcomes map[peers.Name]peers.Outcome
	// Core is our answer about the network's core; asked where the Rust scanner's answer is another than ours about all nodes, else "".
	Core rows.Answer `json:",omitempty"`
}

// Verdict says what an outcome is worth.
type Verdict string

// The verdicts. The first three count as solved.
const (
	Right     Verdict = "right"
	OfCore    Verdict = "of the core" // right about the network's core, which is another question
	Unchecked Verdict = "unchecked"   // nothing to compare it with
	Wrong     Verdict = "wrong"
	Unsolved  Verdict = "unsolved"
	Failed    Verdict = "failed"
	NotAsked  Verdict = "not asked"
)

// Solved says whether a row with this verdict counts as solved.
func (v Verdict) Solved() bool { return v == Right || v == OfCore || v == Unchecked }

// Verdict judges the outcome of one peer. Ours is held to the answer known beforehand, else to that of our other engine; if these
// two differ both count as wrong, for one of them is. All others are held to the known answer, else to ours.
func (r Result) Verdict(name peers.Name) Verdict {
	outcome, asked := r.Outcomes[name]
	switch {
	case !asked || outcome.Status == peers.NotAsked:
		return NotAsked
	case outcome.Status == peers.Unsolved:
		return Unsolved
	case outcome.Status == peers.Failed:
		return Failed
	}
	want := r.reference(name)
	switch {
	case want == "":
		return Unchecked
	case outcome.Answer == want:
		return Right
	case name == peers.RustScanner && r.Core != "" && outcome.Answer == r.Core:
		return OfCore
	}
	return Wrong
}

// reference is what the answer of a peer is held to; "" is nothing.
func (r Result) reference(name peers.Name) rows.Answer {
	if r.Row.Want != "" {
		return r.Row.Want
	}
	judge := peers.Ours
	if name == peers.Ours {
		judge = peers.Second
	}
	if outcome := r.Outcomes[judge]; outcome.Status == peers.Solved {
		return outcome.Answer
	}
	return ""
}

// Broken names what must not be: a row of ours that is wrong, and a row of the benchmark that we have not solved.
func Broken(results []Result) []string {
	var broken []string
	for _, r := range results {
		verdict, outcome := r.Verdict(peers.Ours), r.Outcomes[peers.Ours]
		switch {
		case verdict == Wrong:
			broken = append(broken, fmt.Sprintf("%s: wrong answer %s, want %s", r.Row, outcome.Answer, r.reference(peers.Ours)))
		case r.Row.Network.Set.Benchmark() && !verdict.Solved():
			broken = append(broken, fmt.Sprintf("%s: %s (%s)", r.Row, verdict, outcome.Detail))
		}
	}
	return broken
}
