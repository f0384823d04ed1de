package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"understudy/engine"
	"understudy/engine/api"
	"understudy/engine/fbas"
)

// printJSON prints what the API answers; for all questions at once an object of
// answers by the name of the question.
func (c *analyzeCommand) printJSON(ctx context.Context, network *fbas.Network, out io.Writer) error {
	asked := c.answers
	if c.Analysis != allAnalyses {
		asked = func(ctx context.Context, network *fbas.Network) ([]byte, error) {
			return c.answer(ctx, network, engine.Analysis(c.Analysis))
		}
	}
	answer, err := within(ctx, func() ([]byte, error) { return asked(ctx, network) })
	if err != nil {
		return err
	}
	if _, err := out.Write(answer); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	if by := gaveUp(answer); by != "" {
		return c.endedEarly(by)
	}
	return nil
}

// answers answers all questions. Where the API would have nothing to say, an
// answer says just that.
func (c *analyzeCommand) answers(ctx context.Context, network *fbas.Network) ([]byte, error) {
	answers := make(map[string]any)
	for i, name := range inAll {
		share, done := api.Share(ctx, len(inAll)-i)
		answer, err := c.answer(share, network, name)
		done()
		switch {
		case errors.Is(err, api.ErrNothing):
			answers[string(name)] = map[string]any{"complete": false, "stopped_by": api.StoppedByTime}
		case errors.Is(err, api.ErrTooLarge):
			answers[string(name)] = map[string]any{"complete": false, "stopped_by": api.StoppedBySize}
		case err != nil:
			return nil, err
		default:
			answers[string(name)] = json.RawMessage(answer)
		}
	}
	return api.Encode(answers)
}

func (c *analyzeCommand) answer(ctx context.Context, network *fbas.Network, name engine.Analysis) ([]byte, error) {
	question := api.Question{
		Analysis:  name,
		Network:   network,
		Semantics: engine.Semantics(c.Semantics),
		Options:   c.options(),
		Clean:     c.Clean,
	}
	answer, err := question.Answer(ctx, version())
	switch {
	case errors.Is(err, api.ErrNothing), errors.Is(err, api.ErrTooLarge):
		return nil, incomplete("incomplete: %s: %w", name, err)
	case fieldError(err) != nil:
		return nil, c.refused(err)
	case err != nil:
		return nil, fmt.Errorf("analyze %s: %w", name, err)
	}
	return api.Encode(answer)
}

// gaveUp looks for "complete": false in an answer or in an object of answers, and
// says what ended the search.
func gaveUp(answer []byte) (by api.StoppedBy) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(answer, &fields) != nil {
		return ""
	}
	parts := append(slices.Collect(maps.Values(fields)), answer)
	for _, part := range parts {
		var end struct {
			StoppedBy api.StoppedBy `json:"stopped_by"`
		}
		if json.Unmarshal(part, &end) == nil && end.StoppedBy != "" && by != api.StoppedByTime {
			by = end.StoppedBy
		}
	}
	return by
}
