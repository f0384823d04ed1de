package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"understudy/engine"
	"understudy/engine/api"
	"understudy/engine/fbas"
)

// printJSON prints what the API answers; for all questions at once an object of
// answers by the name of the question.
func (c *analyzeCommand) printJSON(ctx context.Context, network *fbas.Network, out io.Writer) error {
	answer, err := within(ctx, func() ([]byte, error) {
		if c.Analysis != allAnalyses {
			return c.answer(ctx, network, engine.Analysis(c.Analysis))
		}
		answers := make(map[string]json.RawMessage)
		for _, name := range []engine.Analysis{engine.Intersection, engine.TopTier, engine.SymmetricTopTier, engine.Quorums, engine.BlockingSets, engine.SplittingSets} {
			answer, err := c.answer(ctx, network, name)
			if err != nil {
				return nil, err
			}
			answers[string(name)] = answer
		}
		return api.Encode(answers)
	})
	if err != nil {
		return err
	}
	if _, err := out.Write(answer); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	if gaveUp(answer) {
		return incomplete("incomplete: the time of %s ended before the whole answer", c.Timeout)
	}
	return nil
}

func (c *analyzeCommand) answer(ctx context.Context, network *fbas.Network, name engine.Analysis) ([]byte, error) {
	question := api.Question{
		Analysis:  name,
		Network:   network,
		Semantics: engine.Semantics(c.Semantics),
		Options:   engine.Options{MergeBy: engine.MergeBy(c.MergeBy), Faulty: c.Faulty},
	}
	if c.Sets {
		question.Options.MaxSets = c.MaxSets
	}
	answer, err := question.Answer(ctx, version())
	var field *fbas.FieldError
	switch {
	case errors.Is(err, api.ErrNothing):
		return nil, incomplete("incomplete: %s: %w", name, err)
	case errors.As(err, &field):
		return nil, badInput(fmt.Errorf("%s: %w", c.File, err))
	case err != nil:
		return nil, fmt.Errorf("analyze %s: %w", name, err)
	}
	return api.Encode(answer)
}

// gaveUp looks for "complete": false in an answer or in an object of answers.
func gaveUp(answer []byte) bool {
	var fields map[string]json.RawMessage
	if json.Unmarshal(answer, &fields) != nil {
		return false
	}
	if string(fields["complete"]) == "false" {
		return true
	}
	for _, part := range fields {
		var complete struct{ Complete *bool }
		if json.Unmarshal(part, &complete) == nil && complete.Complete != nil && !*complete.Complete {
			return true
		}
	}
	return false
}
