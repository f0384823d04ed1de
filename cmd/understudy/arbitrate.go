package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"understudy/compare"
	"understudy/engine/worker"
)

// arbitratePath is where a worker process started with --arbiter settles disputes.
const arbitratePath = "/arbitrate"

// arbiterPool is the name of the arbiter's pool, whose one worker is a process of
// its own: a solver can't be stopped, and may use up the memory.
const arbiterPool = "arbiter"

// arbitrateBytes bounds a dispute: a request and two answers, in base 64.
const arbitrateBytes = 256 << 20

// arbitration is one dispute on its way to the arbiter; a compare.Result comes
// back.
type arbitration struct {
	Analysis  string              `json:"analysis"`
	Request   []byte              `json:"request"`
	Primary   compare.Reply       `json:"primary"`
	Candidate compare.Reply       `json:"candidate"`
	Kind      compare.PrimaryKind `json:"kind"`
	Budget    time.Duration       `json:"budget"` // nanoseconds
}

// arbitrateHandler answers POST /arbitrate and leaves all else to rest.
func arbitrateHandler(judge compare.Arbiter, rest http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", rest)
	mux.HandleFunc("POST "+arbitratePath, func(w http.ResponseWriter, r *http.Request) {
		var a arbitration
		if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
			http.Error(w, "read dispute: "+err.Error(), http.StatusBadRequest)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), a.Budget)
		defer cancel()
		question := compare.Question{Analysis: a.Analysis, Body: a.Request}
		writeJSON(w, http.StatusOK, compare.Prepare(question).Settle(ctx, judge, a.Primary, a.Candidate, a.Kind))
	})
	return mux
}

// settler asks the arbiter's process.
type settler struct{ process http.RoundTripper }

// settle is proxy.Deps.Settle.
func (s settler) settle(ctx context.Context, q compare.Question, primary, candidate compare.Reply, kind compare.PrimaryKind) (compare.Result, error) {
	var result compare.Result
	deadline, ok := ctx.Deadline()
	if !ok {
		return result, errors.New("ask the arbiter: the context has no deadline")
	}
	body, err := json.Marshal(arbitration{
		Analysis: q.Analysis, Request: q.Body, Primary: primary, Candidate: candidate, Kind: kind,
		Budget: time.Until(deadline) * 9 / 10, // so that what is settled by then still comes back
	})
	if err != nil {
		return result, fmt.Errorf("write dispute: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+arbiterPool+arbitratePath, bytes.NewReader(body))
	if err != nil {
		return result, fmt.Errorf("ask the arbiter: %w", err)
	}
	response, err := s.process.RoundTrip(request)
	if err != nil {
		return result, fmt.Errorf("ask the arbiter: %w", err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body) // bounded by the pool
	switch {
	case err != nil:
		return result, fmt.Errorf("ask the arbiter: %w", err)
	case response.StatusCode != http.StatusOK:
		return result, fmt.Errorf("ask the arbiter: %s: %.200s", response.Status, bytes.TrimSpace(answer))
	}
	if err := json.Unmarshal(answer, &result); err != nil {
		return result, fmt.Errorf("read what the arbiter says: %w", err)
	}
	return result, nil
}

// startArbiter starts the arbiter's process. Without it what no witness settles
// stays undecided.
func (s *sidecar) startArbiter(ctx context.Context, c *serveCommand) error {
	if !c.Arbiter {
		return nil
	}
	settings := c.engineSettings
	settings.Workers, settings.Deadline = 1, c.ArbiterBudget
	pool, err := settings.pool(worker.Config{
		Name: arbiterPool, MaxBody: arbitrateBytes, Registerer: s.registry, Logger: s.log,
	}, "--arbiter")
	if err != nil {
		return err
	}
	s.arbiter = pool
	s.started("arbiter", pool.Close)
	if err := pool.Start(ctx); err != nil {
		s.log.Warn("the arbiter did not come up yet; it is tried again", "error", err)
	}
	return nil
}
