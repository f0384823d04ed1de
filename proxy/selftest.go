package proxy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"understudy/compare"
)

// A self-test asks the candidate a question whose answer is known, whether or
// not any client comes: it says that the candidate is there, and nothing else
// (it is no execution). Beside it the exact timer runs from the last success of
// any kind. Neither runs while operators have the candidate left alone.
//
// A self-test has no place of its own among the candidate's workers and is the
// least pressing of all calls, so it delays no client. It need not be asked when
// the workers are busy: what they are busy with is either mirrored or served, and
// then its success is one, or its failure counts by the other triggers; or it is
// side work, which counts for nothing, and therefore gives way to a self-test
// that was starved once.
//
// Each asks about another network, by the name of a node, which no analysis heeds:
// a candidate whose workers died of two self-tests, whatever the reason, would
// refuse the network that all have in common, and fail the next ones, too.

// What came of a self-test: the values of the label result.
const (
	selfTestPassed    = "passed"
	selfTestFailed    = "failed"
	selfTestSaturated = "saturated" // it was not asked: all workers were busy
)

var selfTestResults = []string{selfTestPassed, selfTestFailed, selfTestSaturated}

// The question: which least set of validators blocks a network of four, all of
// which want three of the four? Every scanner of the API answers it alike, but
// for total_sets, which is 1 where only one set is looked for.
const (
	selfTestAnalysis = "blocking-sets"
	selfTestLeast    = 2
	selfTestFamily   = 6
)

var selfTestValidators = []string{"a", "b", "c", "d"}

// selfTestBody is the question of the self-test of that number.
func selfTestBody(number uint64) []byte {
	type quorumSet struct {
		Threshold  int      `json:"threshold"`
		Validators []string `json:"validators"`
		Inner      []string `json:"innerQuorumSets"`
	}
	type node struct {
		PublicKey string    `json:"publicKey"`
		Name      string    `json:"name"`
		QuorumSet quorumSet `json:"quorumSet"`
	}
	request := struct {
		Nodes         []node   `json:"nodes"`
		Organizations []string `json:"organizations"`
	}{Organizations: []string{}}
	name := fmt.Sprintf("self-test %d", number)
	for _, key := range selfTestValidators {
		request.Nodes = append(request.Nodes, node{key, name, quorumSet{3, selfTestValidators, []string{}}})
	}
	body, err := json.Marshal(request)
	if err != nil {
		panic(err) // names and a number
	}
	return body
}

// Why a self-test was given up.
var (
	errSelfTestLate   = errors.New("no answer in time")
	errSelfTestQueued = errors.New("all workers are busy")
)

// lookout sees to it that the candidate is there.
type lookout struct {
	stop    context.CancelFunc
	ended   sync.WaitGroup
	asked   uint64 // self-tests so far; of the goroutine that asks
	failing bool   // the last self-test that was asked failed; of the goroutine that asks
	starved bool   // the last one found all workers busy; the same
}

func (p *Proxy) startLookout() {
	ctx, stop := context.WithCancel(p.background)
	p.lookout.stop = stop
	ticks, end := p.deps.SelfTestTicks, func() {}
	if ticks == nil {
		ticker := time.NewTicker(p.breaker.Policy().SelfTestEvery)
		ticks, end = ticker.C, ticker.Stop
	}
	p.lookout.ended.Go(func() {
		defer end()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticks:
				p.aside(func() { p.selfTest(ctx) })
			}
		}
	})
	p.lookout.ended.Go(func() { p.watchDeadline(ctx) })
}

func (l *lookout) close() {
	l.stop()
	l.ended.Wait()
}

// resting reports whether operators have the candidate left alone.
func (p *Proxy) resting(ctx context.Context) bool { return p.dials(ctx, ScanContext{}).Off() }

// watchDeadline lets the timer of unavailability speak when it ends, to the
// moment. A deadline only ever moves on, or comes anew with the whole time
// before it; so whoever looks again when the last one known was due misses none.
func (p *Proxy) watchDeadline(ctx context.Context) {
	for {
		wait := p.breaker.Policy().Unavailable
		if deadline := p.breaker.Deadline(); !deadline.IsZero() {
			wait = deadline.Sub(p.deps.Now())
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
			if p.resting(ctx) {
				p.breaker.Rest()
			}
			p.breaker.Expire() // nothing, if it is not due
		}
	}
}

// selfTest asks once, and tells the breaker.
func (p *Proxy) selfTest(ctx context.Context) {
	if p.resting(ctx) {
		p.breaker.Rest()
		return
	}
	if p.lookout.starved {
		p.traffic.begin() // side work gives way
		defer p.traffic.end()
	}
	result, why := p.askKnown(ctx)
	if ctx.Err() != nil {
		return
	}
	p.lookout.starved = result == selfTestSaturated
	defer p.metrics.selfTested(result)
	switch result {
	case selfTestPassed:
		if p.lookout.failing {
			p.log.Info("the candidate passes its self-test again")
		}
		p.lookout.failing = false
		p.breaker.SelfTest(true)
	case selfTestFailed:
		if !p.lookout.failing {
			p.log.Warn("the candidate failed its self-test", "why", why)
		}
		p.lookout.failing = true
		p.breaker.SelfTest(false)
	}
}

// askKnown asks the known question. Why says what was wrong with the answer.
func (p *Proxy) askKnown(ctx context.Context) (result string, why error) {
	calling, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	late := time.AfterFunc(p.cfg.SelfTestDeadline, func() {
		if p.saturated() { // to be asked before the call leaves the queue
			giveUp(errSelfTestQueued)
			return
		}
		giveUp(errSelfTestLate)
	})
	defer late.Stop()
	h := &hold{ledger: p.held}
	defer h.release()
	p.lookout.asked++
	reply := p.candidate.ask(calling, asked{
		method: http.MethodPost, path: analyzePrefix + selfTestAnalysis, contentType: "application/json",
		body: selfTestBody(p.lookout.asked),
	}, h)
	switch cause := context.Cause(calling); {
	case errors.Is(cause, errSelfTestQueued):
		return selfTestSaturated, cause
	case errors.Is(cause, errSelfTestLate):
		return selfTestFailed, cause
	case hadNoWorker(reply) && (reply.Status == 0 || p.deps.Saturated == nil || p.deps.Saturated()):
		return selfTestSaturated, errSelfTestQueued
	}
	if why = knownAnswer(reply); why != nil {
		return selfTestFailed, why
	}
	return selfTestPassed, nil
}

func (p *Proxy) saturated() bool { return p.deps.Saturated != nil && p.deps.Saturated() }

// knownAnswer says what is wrong with an answer to the known question.
func knownAnswer(reply compare.Reply) error {
	if reply.Failure != "" {
		return errors.New(reply.Failure)
	}
	if reply.Status != http.StatusOK {
		return fmt.Errorf("status %d", reply.Status)
	}
	var answer struct {
		Complete *bool    `json:"complete"`
		Least    *int     `json:"min_size"`
		Family   *int     `json:"total_sets"`
		Example  []string `json:"example_set"`
	}
	if err := json.Unmarshal(reply.Body, &answer); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	slices.Sort(answer.Example)
	switch {
	case answer.Complete != nil && !*answer.Complete:
		return errors.New("the answer is not complete")
	case answer.Least == nil || *answer.Least != selfTestLeast:
		return fmt.Errorf("min_size: want %d", selfTestLeast)
	case answer.Family == nil || *answer.Family != selfTestFamily && *answer.Family != 1:
		return fmt.Errorf("total_sets: want %d", selfTestFamily)
	case len(slices.Compact(answer.Example)) != selfTestLeast || slices.ContainsFunc(answer.Example, notOfTheFour):
		return fmt.Errorf("example_set %q: want %d of %q", answer.Example, selfTestLeast, selfTestValidators)
	}
	return nil
}

func notOfTheFour(key string) bool { return !slices.Contains(selfTestValidators, key) }
