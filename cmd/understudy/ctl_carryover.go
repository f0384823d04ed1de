package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"understudy/compare"
	"understudy/console"
)

type ctlCarryOverCommand struct {
	action
	Check string `required:"" placeholder:"FILE" help:"What understudy compare --store FILE --all --candidate exec: --json printed with the new release; - is standard input."`
}

// Run carries over.
func (c *ctlCarryOverCommand) Run(ctx context.Context, s streams) error {
	check, err := readCheck(c.Check, s.in)
	if err != nil {
		return badInput(fmt.Errorf("--check: %w", err))
	}
	if err := check.refusal(); err != nil {
		return err
	}
	body := console.CarryOverBody{Reason: c.Reason, Compared: &check.compared, Differ: &check.differ}
	return c.act(ctx, s, "carry-over", body, fmt.Sprintf("carried over: %s asked again, the same answers%s", count(check.compared, "stored question"), check.rest()))
}

// releaseCheck is what asking the stored questions again came to.
type releaseCheck struct {
	compared int // questions that were asked again and compared
	differ   int // of those, to which the answer is another one
	skipped  int // that say nothing about the candidate: the primary had failed, or nothing could be compared
}

// sameAs are the verdicts that speak for the same answer: it agrees with the one
// of the primary, or the primary is proven wrong. Everything else may be another
// answer than the release before gave, and the doubt is the release's.
func sameAs(v compare.Verdict) bool {
	return v == compare.VerdictAgree || v == compare.VerdictPrimaryWrong
}

// readCheck reads the JSON of a replay.
func readCheck(path string, stdin io.Reader) (releaseCheck, error) {
	var check releaseCheck
	in := stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return check, err
		}
		defer file.Close()
		in = file
	}
	var report struct {
		Candidate *string                    `json:"candidate"`
		Noise     json.RawMessage            `json:"noise"`
		Verdicts  map[compare.Verdict]int    `json:"verdicts"`
		Results   []struct{ Problem string } `json:"results"`
	}
	if err := json.NewDecoder(in).Decode(&report); err != nil {
		return check, fmt.Errorf("%s is no JSON of understudy compare --store FILE --all --candidate exec: --json: %w", path, err)
	}
	switch {
	case report.Candidate == nil || report.Verdicts == nil && report.Noise == nil:
		return check, fmt.Errorf("%s is no JSON of understudy compare --store FILE --all --candidate exec: --json", path)
	case report.Noise != nil:
		return check, fmt.Errorf("%s measures the primary against itself (--noise): want one with --candidate exec: instead", path)
	case *report.Candidate == storedAnswers:
		return check, fmt.Errorf("%s judges stored answers again and asked nobody: want one with --candidate exec: instead", path)
	}
	for verdict, n := range report.Verdicts {
		switch {
		case sameAs(verdict):
			check.compared += n
		case verdict == compare.VerdictPrimaryFailed || verdict == compare.VerdictInconclusive:
			check.skipped += n
		default:
			check.compared += n
			check.differ += n
		}
	}
	for _, result := range report.Results {
		if result.Problem != "" {
			check.skipped++
		}
	}
	return check, nil
}

func (c releaseCheck) refusal() error {
	switch {
	case c.differ > 0:
		return fmt.Errorf("refused: %d of %s differ; the release begins with evidence of its own", c.differ, count(c.compared, "answer"))
	case c.compared == 0:
		return errors.New("refused: nothing was compared" + c.rest())
	}
	return nil
}

func (c releaseCheck) rest() string {
	if c.skipped == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d more say nothing)", c.skipped)
}
