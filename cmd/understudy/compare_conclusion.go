package main

import (
	"fmt"
	"slices"
	"strings"

	"understudy/compare"
)

// conclusion is what comparisons come to, as an exit code.
type conclusion struct {
	compared int // comparisons that rule on metrics
	wrong    int // metrics in which the candidate is proven wrong
	open     int // metrics that nothing settles
	failed   int // comparisons in which a side did not answer
	skipped  int // comparisons in which there was nothing to compare
	problems int // networks and exchanges that could not be asked about
}

const compareHelp = `It exits with 1 for a candidate that is proven wrong, and with --noise for a primary that contradicts itself; with 3 for a metric that stays undecided, a side that failed, or nothing that was compared. A primary that is proven wrong, and questions that the two sides read differently, leave it at 0.`

func (c *conclusion) add(r compare.Result) {
	switch r.Outcome {
	case compare.Agree, compare.Differ:
		c.compared++
	case compare.Inconclusive:
		c.skipped++
	default:
		c.failed++
	}
	for _, m := range r.Metrics {
		switch m.Verdict {
		case compare.VerdictCandidateWrong:
			c.wrong++
		case compare.VerdictUndecided:
			c.open++
		}
	}
}

// exit is the exit code as an error: a wrong candidate before what is missing.
func (c conclusion) exit() error {
	if c.wrong > 0 {
		return &codedError{exitFailed, fmt.Errorf("the candidate is wrong about %s", count(c.wrong, "metric"))}
	}
	var missing []string
	for _, part := range []struct {
		n    int
		text string
	}{
		{c.open, count(c.open, "metric") + " undecided"},
		{c.failed, count(c.failed, "question") + " without both answers"},
		{c.skipped, count(c.skipped, "question") + " with nothing to compare"},
		{c.problems, count(c.problems, "input") + " not asked about"},
	} {
		if part.n > 0 {
			missing = append(missing, part.text)
		}
	}
	if c.compared == 0 && len(missing) == 0 {
		missing = []string{"nothing was compared"}
	}
	if len(missing) == 0 {
		return nil
	}
	return incomplete("incomplete: %s", strings.Join(missing, ", "))
}

// byGravity are the verdicts of whole exchanges, the gravest last: who failed
// stands between what explains itself and what speaks against the candidate.
var byGravity = []compare.Verdict{
	compare.VerdictAgree, compare.VerdictPrimaryWrong, compare.VerdictInputSkew, compare.VerdictInconclusive,
	compare.VerdictPrimaryFailed, compare.VerdictCandidateFailed, compare.VerdictBothFailed,
	compare.VerdictUndecided, compare.VerdictCandidateWrong,
}

// worst is the graver one of two verdicts; "" is better than all.
func worst(a, b compare.Verdict) compare.Verdict {
	if slices.Index(byGravity, b) > slices.Index(byGravity, a) {
		return b
	}
	return a
}
