package proxy_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"understudy/compare"
	"understudy/proxy"
	"understudy/rollout"
)

type settle func(ctx context.Context, q compare.Question, primary, candidate compare.Reply, kind compare.PrimaryKind) (compare.Result, error)

func settling(with settle) func(*proxy.Deps) {
	return func(d *proxy.Deps) {
		d.Settle = with
	}
}

// gated settles for the candidate once the gate is open; entered says that it is
// at work.
func gated(entered chan<- string, gate <-chan struct{}) settle {
	return func(ctx context.Context, q compare.Question, _, _ compare.Reply, _ compare.PrimaryKind) (compare.Result, error) {
		entered <- string(q.Body)
		select {
		case <-gate:
			return judged(compare.VerdictPrimaryWrong), nil
		case <-ctx.Done():
			return compare.Result{}, ctx.Err()
		}
	}
}

func TestArbiter_SettlesWhatIsUndecidedBehindEverybodysBack(t *testing.T) {
	for _, stage := range []rollout.Stage{rollout.Shadow, rollout.Full} {
		t.Run(stage.String(), func(t *testing.T) {
			entered, gate := make(chan string, 1), make(chan struct{})
			h := start(t, setup{stage: stage, candidate: answering(pretty + "{}"), deps: settling(gated(entered, gate))})
			if got := h.ask("top-tier", "{}"); got.body != answer || got.status != 200 {
				t.Errorf("got %+v", got)
			}
			<-entered
			if of := h.executions(); of != 1 {
				t.Errorf("the breaker has heard of %d executions while the arbiter works", of)
			}
			if h.metric("held_bytes") == 0 {
				t.Error("bodies that wait for the arbiter are not held")
			}
			if list := h.records.all(); len(list) != 0 {
				t.Errorf("recorded before it was settled: %+v", list)
			}
			close(gate)
			e := h.recorded(1)[0]
			if e.Verdict != "primary_wrong" || e.Metrics[0].Verdict != "primary_wrong" || e.ServedBy != "primary" {
				t.Errorf("recorded %+v", e)
			}
			if want := map[rollout.Stage]string{rollout.Full: "undecided"}[stage]; e.Reason != want {
				t.Errorf("the reason is %q, want %q: what was known when the client was answered", e.Reason, want)
			}
			h.counts(1, "arbiter_total", "result", "settled")
			h.counts(0, "held_bytes")
			if of := h.executions(); of != 1 {
				t.Errorf("the breaker has heard of %d executions", of)
			}
		})
	}
}

func TestArbiter_IsNotAskedAboutWhatIsDecided(t *testing.T) {
	asked := settling(func(context.Context, compare.Question, compare.Reply, compare.Reply, compare.PrimaryKind) (compare.Result, error) {
		t.Error("the arbiter is asked")
		return compare.Result{}, nil
	})
	results := []compare.Result{
		judged(compare.VerdictAgree), judged(compare.VerdictCandidateWrong), judged(compare.VerdictInputSkew),
		{Outcome: compare.CandidateFailed, Verdict: compare.VerdictCandidateFailed},
	}
	h := start(t, setup{deps: func(d *proxy.Deps) { inTurn(results...)(d); asked(d) }})
	for range results {
		h.ask("top-tier", "{}")
	}
	h.recorded(len(results))
}

func TestArbiter_LooksWhetherTheCandidateIsRightWhereThePrimaryIsNot(t *testing.T) {
	both := settling(func(context.Context, compare.Question, compare.Reply, compare.Reply, compare.PrimaryKind) (compare.Result, error) {
		return judged(compare.VerdictCandidateWrong), nil
	})
	h := start(t, setup{deps: func(d *proxy.Deps) { inTurn(judged(compare.VerdictPrimaryWrong))(d); both(d) }})
	h.ask("top-tier", "{}")
	if e := h.recorded(1)[0]; e.Verdict != "candidate_wrong" {
		t.Errorf("recorded %+v", e)
	}
}

func TestArbiter_WithoutAnAnswerTheExchangeStaysUndecided(t *testing.T) {
	tests := map[string]struct {
		settle settle
		result string
	}{
		"it comes to no answer": {func(context.Context, compare.Question, compare.Reply, compare.Reply, compare.PrimaryKind) (compare.Result, error) {
			return judged(compare.VerdictUndecided), nil
		}, "undecided"},
		"it fails": {func(context.Context, compare.Question, compare.Reply, compare.Reply, compare.PrimaryKind) (compare.Result, error) {
			return compare.Result{}, errors.New("no worker")
		}, "error"},
		"it panics": {func(context.Context, compare.Question, compare.Reply, compare.Reply, compare.PrimaryKind) (compare.Result, error) {
			panic("boom")
		}, "error"},
		"its budget ends": {func(ctx context.Context, _ compare.Question, _, _ compare.Reply, _ compare.PrimaryKind) (compare.Result, error) {
			<-ctx.Done()
			return compare.Result{}, ctx.Err()
		}, "error"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			h := start(t, setup{
				candidate: answering("{}"), deps: settling(test.settle),
				config: func(c *proxy.Config) { c.ArbiterBudget = 10 * time.Millisecond },
			})
			h.ask("top-tier", "{}")
			if e := h.recorded(1)[0]; e.Verdict != "undecided" || e.Outcome != "differ" || e.Level != "whole" || e.CandidateBody == nil {
				t.Errorf("recorded %+v", e)
			}
			h.counts(1, "arbiter_total", "result", test.result)
			h.counts(0, "held_bytes")
		})
	}
}

func TestArbiter_FullQueueLeavesTheExchangeUndecidedAndCounts(t *testing.T) {
	entered, gate := make(chan string, 10), make(chan struct{})
	h := start(t, setup{
		candidate: answering("{}"), deps: settling(gated(entered, gate)),
		config: func(c *proxy.Config) { c.ArbiterQueue, c.MirrorWorkers = 1, 1 },
	})
	h.ask("top-tier", "{}")
	<-entered
	h.ask("top-tier", "{}")
	h.counts(1, "arbiter_queue_length")
	h.ask("top-tier", "{}")
	h.counts(1, "arbiter_total", "result", "dropped")
	if e := h.recorded(1)[0]; e.Verdict != "undecided" {
		t.Errorf("recorded %+v", e)
	}
	close(gate)
	h.recorded(3)
	h.counts(2, "arbiter_total", "result", "settled")
}

func TestArbiter_CloseRecordsWhatItLeavesUndecided(t *testing.T) {
	entered := make(chan string, 10)
	h := start(t, setup{
		candidate: answering("{}"), deps: settling(gated(entered, nil)),
		config: func(c *proxy.Config) { c.ArbiterBudget = time.Hour },
	})
	for range 3 {
		h.ask("top-tier", "{}")
	}
	<-entered
	h.counts(2, "arbiter_queue_length")
	h.stop()
	list := h.records.all()
	if len(list) != 3 || list[0].Verdict != "undecided" || list[2].Verdict != "undecided" {
		t.Errorf("recorded %+v", list)
	}
	h.counts(3, "arbiter_total", "result", "dropped")
	h.counts(0, "held_bytes")
}
