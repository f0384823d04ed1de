package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"

	"understudy/compare"
)

// maxAnswer bounds an answer, in bytes; whole families of large networks take
// tens of megabytes.
const maxAnswer = 64 << 20

// judged is one comparison as it is printed with --json.
type judged struct {
	Analysis string `json:"analysis"`
	compare.Result
}

// runGiven judges two answers that are at hand.
func (c *compareCommand) runGiven(ctx context.Context, s streams) error {
	question, replies, err := c.readGiven(s)
	if err != nil {
		return badInput(err)
	}
	one := judged{question.Analysis, c.judge(ctx, compare.Prepare(question), replies[0], replies[1])}
	out := &keeper{out: s.out}
	if c.JSON {
		writeDocument(out, one)
	} else {
		verdicts := verdictPrinter{out: out, colour: wantsColour(s.out)}
		verdicts.heading(one.Analysis, one.Result)
		verdicts.result(one.Result)
	}
	if err := out.failed(); err != nil {
		return err
	}
	var total conclusion
	total.add(one.Result)
	return total.exit()
}

// readGiven reads the network as the body of a question, and both answers.
func (c *compareCommand) readGiven(s streams) (q compare.Question, replies [2]compare.Reply, err error) {
	data, err := readNetworkFile(c.Network, s.in)
	if err != nil {
		return q, replies, err
	}
	level, err := mergeLevel(c.MergeBy)
	if err != nil {
		return q, replies, err
	}
	q.Analysis = string(c.analysis())
	if q.Body, err = requestBody(data, level, c.Faulty); err != nil {
		return q, replies, fmt.Errorf("%s: %w", c.Network, err)
	}
	for i, path := range []string{c.PrimaryAnswer, c.CandidateAnswer} {
		body, err := readAnswerFile(path)
		if err != nil {
			return q, replies, err
		}
		replies[i] = compare.Reply{Status: http.StatusOK, Body: body}
	}
	return q, replies, nil
}

func readAnswerFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	defer file.Close()
	body, err := io.ReadAll(io.LimitReader(file, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read answer %s: %w", path, err)
	case len(body) > maxAnswer:
		return nil, fmt.Errorf("read answer %s: want at most %d bytes", path, maxAnswer)
	case !json.Valid(body):
		return nil, fmt.Errorf("read answer %s: want JSON of the scanner API", path)
	}
	return body, nil
}

// writeDocument prints one JSON document, for people too.
func writeDocument(out *keeper, value any) {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil && out.err == nil {
		out.err = err
	}
}
