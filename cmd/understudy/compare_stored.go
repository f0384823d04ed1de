package main

import (
	"context"
	"errors"
	"fmt"

	"understudy/compare"
	"understudy/store"
)

// storedSubjects are the exchanges to replay. The store stays open as long as
// parts run: bodies are read when their turn has come.
func (c *compareCommand) storedSubjects(ctx context.Context, parts *lifecycle) ([]subject, error) {
	s, err := openStore(ctx, c.Store)
	if err != nil {
		return nil, err
	}
	parts.started("store", func(context.Context) error { return s.Close() })
	var ids []string
	switch {
	case c.Exchange != "":
		e, err := findExchange(ctx, s, c.Exchange)
		if err != nil {
			return nil, err
		}
		ids = []string{e.ID}
	case c.AllOpen:
		ids, err = openExchanges(ctx, s)
	default:
		ids, err = corpus(ctx, s)
	}
	if err != nil {
		return nil, err
	}
	subjects := make([]subject, len(ids))
	for i, id := range ids {
		subjects[i] = subject{name: id, load: func(ctx context.Context) ([]question, error) {
			q, err := c.storedQuestion(ctx, s, id)
			if err != nil {
				return nil, err
			}
			questions := []question{q}
			return questions, c.askForSets(questions)
		}}
	}
	return subjects, nil
}

// openExchanges are those that last showed an open disagreement, whose bodies
// the store keeps.
func openExchanges(ctx context.Context, s *store.Store) ([]string, error) {
	list, err := s.Disagreements(ctx, store.DisagreementFilter{State: store.StateOpen, Limit: storePage})
	if err != nil {
		return nil, err
	}
	var ids []string
	seen := make(map[string]bool)
	for _, d := range list {
		if !seen[d.LastExchange] {
			seen[d.LastExchange] = true
			ids = append(ids, d.LastExchange)
		}
	}
	return ids, nil
}

// corpus is the newest exchange of each case whose question is stored: what two
// exchanges of one case ask cannot have two answers. One whose bodies can't be
// read is in it too, to be reported, and does not stand for its case.
func corpus(ctx context.Context, s *store.Store) ([]string, error) {
	var ids []string
	seen := make(map[string]bool)
	var failed error
	err := eachExchange(ctx, s, store.Filter{}, func(e store.Exchange) bool {
		if seen[e.Case] && e.Case != "" || ctx.Err() != nil {
			return ctx.Err() == nil
		}
		whole, err := s.Exchange(ctx, e.ID)
		if errors.Is(err, store.ErrDamaged) {
			ids = append(ids, e.ID)
			return true
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) { // pruned since it was listed
			failed = err
			return false
		}
		if whole.RequestBody != nil {
			seen[e.Case] = true
			ids = append(ids, e.ID)
		}
		return true
	})
	return ids, errors.Join(err, failed, ctx.Err())
}

// storedQuestion is what was asked then, with the answers of then.
func (c *compareCommand) storedQuestion(ctx context.Context, s *store.Store, id string) (question, error) {
	e, err := s.Exchange(ctx, id)
	if err != nil {
		return question{}, err
	}
	q := question{path: e.Path, body: e.RequestBody, primary: storedReply(e.Primary, e.PrimaryBody), candidate: storedReply(e.Candidate, e.CandidateBody)}
	if q.path == "" {
		q.path = "/analyze/" + e.Analysis
	}
	switch {
	case q.body == nil:
		return q, fmt.Errorf("exchange %s: its question was not stored", id)
	case c.Primary == "" && q.primary == nil:
		return q, fmt.Errorf("exchange %s: the primary's answer was not stored; name a --primary to ask", id)
	case c.Candidate == "" && !c.noise() && q.candidate == nil:
		return q, fmt.Errorf("exchange %s: the candidate's answer was not stored; name a --candidate to ask", id)
	}
	return q, nil
}

// storedReply is how a side answered then; nil where it did and its body is gone.
func storedReply(side store.Side, body []byte) *compare.Reply {
	if body == nil && side.Failure == "" && side.Status == 200 {
		return nil
	}
	return &compare.Reply{Status: side.Status, Failure: side.Failure, Body: body, Latency: side.Latency}
}
