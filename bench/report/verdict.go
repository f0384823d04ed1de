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
	// Core is our answer about the network's core; asked where the Rust scanner's answer is another than ours about all nodes, else "". Open if
	// there was none in time.
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

// Verdict judges the outcome of one peer. Ours is held to the answer known beforehand, else to that of our other engine, a number
// of sets to that of another program; if two differ both count as wrong, for one of them is. All others are held to the known answer, else to ours.
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
	case name == peers.RustScanner && r.Core == rows.Open:
		return Unchecked // it answers about the core, of which nothing is known
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
	for _, judge := range r.judges(name) {
		if outcome := r.Outcomes[judge]; outcome.Status == peers.Solved {
			return outcome.Answer
		}
	}
	return ""
}

// judges are the peers to whose answers that of a peer may be held. Where Core was asked, the Rust scanner's answer is to another question.
func (r Result) judges(name peers.Name) []peers.Name {
	switch {
	case name != peers.Ours:
		return []peers.Name{peers.Ours}
	case !r.Row.Analysis.Whole():
		return []peers.Name{peers.Second}
	case r.Core == "":
		return []peers.Name{peers.FBASAnalyzer, peers.RustScanner}
	}
	return []peers.Name{peers.FBASAnalyzer}
}

// Broken names what must not be: a row of ours that is wrong or an error, a family that another program counts otherwise, and a row of the
// benchmark that we have not solved.
func Broken(results []Result) []string {
	var broken []string
	for _, r := range results {
		verdict, outcome := r.Verdict(peers.Ours), r.Outcomes[peers.Ours]
		switch {
		case r.Row.Analysis.Whole() && verdict != Failed:
			broken = append(broken, r.mismatches()...)
		case verdict == Wrong:
			broken = append(broken, fmt.Sprintf("%s: wrong answer %s, want %s", r.Row, outcome.Answer, r.reference(peers.Ours)))
		case verdict == Failed || r.Row.Network.Set.Benchmark() && !verdict.Solved():
			broken = append(broken, fmt.Sprintf("%s: %s (%s)", r.Row, verdict, outcome.Detail))
		}
	}
	return broken
}

// mismatches names the programs that count other than we do.
func (r Result) mismatches() []string {
	var lines []string
	for _, other := range titles {
		if other.name == peers.Ours || r.Verdict(other.name) != Wrong {
			continue
		}
		line := fmt.Sprintf("%s: Understudy counts %s, %s %s", r.Row, r.Outcomes[peers.Ours].Answer, other.title, r.Outcomes[other.name].Answer)
		if r.Core != "" {
			line += fmt.Sprintf("; of the core Understudy counts %s", r.Core)
		}
		lines = append(lines, line)
	}
	return lines
}
