package proxy

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"understudy/compare"
	"understudy/rollout"
	"understudy/rollout/breaker"
)

// While the breaker is half-open the mirror probes, and the side work does two
// things beside it, one call at a time: it asks the candidate again what had
// opened the breaker, the suspects, and where no client comes it replays exchanges
// of the past (replay.go). Suspects do not wait for a moment without clients:
// there are few of them, they go last like what is mirrored, and where clients
// never end the breaker would never close.

// probeEvery is the pause between two looks at whether there is something to probe.
const probeEvery = time.Second

// Stored is an exchange of the past, as far as it can be asked again.
type Stored struct {
	ID       string // of the exchange; "" where it never was one
	Analysis string
	Body     []byte // of the request, content encoding undone
	// Primary is what the primary had said; Status 0: nothing is known.
	Primary compare.Reply
}

// What came of a probe: the values of the label result.
const (
	probeClean   = "clean"
	probeFailed  = "failed"
	probeNothing = "nothing" // it says nothing: a client came, or all workers were busy
)

// The kinds of probes: the values of the label kind.
const (
	probeSuspect = "suspect"
	probeReplay  = "replay"
)

var (
	probeKinds   = []string{probeSuspect, probeReplay}
	probeResults = []string{probeClean, probeFailed, probeNothing}
)

// prober is what the side goroutine knows of a time of probing.
type prober struct {
	since    time.Time // the breaker is half-open; another one begins anew
	corpus   []string  // exchanges to replay
	next     int       // of the corpus, or of Deps.Builtin
	replays  int       // since the start; each is a scan of its own
	troubled bool      // the store failed when it was last asked
}

func (p *Proxy) probeTicks() (ticks <-chan time.Time, end func()) {
	if p.deps.ProbeTicks != nil {
		return p.deps.ProbeTicks, func() {}
	}
	ticker := time.NewTicker(probeEvery)
	return ticker.C, ticker.Stop
}

// probe does what there is to do now: all suspects that can be asked, and one
// replay.
func (p *Proxy) probe(ctx context.Context) {
	s := p.breaker.Snapshot()
	if s.State != breaker.HalfOpen || p.mirrorOff(ctx) {
		return
	}
	for _, suspect := range s.Suspects {
		if !p.probeSuspect(ctx, suspect) {
			return // the next one would meet the same
		}
	}
	if p.breaker.State() == breaker.HalfOpen && p.quietSince(s.Since) {
		p.replay(ctx, s.Since)
	}
}

// probeSuspect asks again about one exchange. It is false when that was not
// possible now.
func (p *Proxy) probeSuspect(ctx context.Context, id string) bool {
	stored, found, err := p.stored(ctx, id)
	switch {
	case err != nil:
		return false
	case !found:
		p.log.Warn("an exchange that opened the breaker is not stored any more; it counts as gone well", "exchange", id)
		p.metrics.probed(probeSuspect, probeNothing)
		p.breaker.Suspect(id, true, "")
		return true
	}
	j := p.storedJob(stored)
	defer j.hold.release()
	if !p.askStored(ctx, j, p.askMirrored) {
		p.metrics.probed(probeSuspect, probeNothing)
		// A network that is refused now stays suspect; the next one need not meet that.
		return j.candidate.Failure == compare.FailurePoisonous
	}
	fault := p.fault(ctx, j)
	if ctx.Err() != nil {
		return false
	}
	result := probeClean
	if fault != "" {
		result = probeFailed
	}
	p.metrics.probed(probeSuspect, result)
	p.breaker.Suspect(id, fault == "", fault)
	return true
}

// stored reads an exchange. A failing store is logged when that begins.
func (p *Proxy) stored(ctx context.Context, id string) (stored Stored, found bool, err error) {
	if p.deps.Stored == nil {
		return stored, false, nil
	}
	stored, found, err = p.deps.Stored(ctx, id)
	if err != nil && !p.side.prober.troubled && ctx.Err() == nil {
		p.log.Error("what opened the breaker can't be read", "exchange", id, "err", err)
	}
	p.side.prober.troubled = err != nil
	return stored, found, err
}

// storedJob is a question of the past. Its hold is nil without room.
func (p *Proxy) storedJob(s Stored) *job {
	return &job{
		id: s.ID, analysis: s.Analysis, at: p.deps.Now(), primary: s.Primary, accused: true, // fault says so
		hold:  p.holding(len(s.Body) + len(s.Primary.Body)),
		asked: asked{method: http.MethodPost, path: analyzePrefix + s.Analysis, contentType: "application/json", body: s.Body},
	}
}

// asking is a way to put a question to a side.
type asking func(ctx context.Context, side *asker, j *job) (reply compare.Reply, ok bool)

// askMirrored asks as a mirror worker does, beside whatever is done for clients.
func (p *Proxy) askMirrored(ctx context.Context, side *asker, j *job) (reply compare.Reply, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, p.cfg.CandidateDeadline+p.cfg.CandidateQueueWait+p.cfg.CandidateSlack)
	defer cancel()
	reply = side.ask(ctx, j.asked, j.hold)
	return reply, reply.Failure != compare.FailureCanceled
}

// askStored lets the candidate answer and checks what it says. It is false when
// that says nothing about the candidate.
func (p *Proxy) askStored(ctx context.Context, j *job, ask asking) bool {
	if j.hold == nil {
		return false
	}
	reply, ok := ask(ctx, p.candidate, j)
	j.candidate = reply
	if !ok || hadNoWorker(reply) || reply.Failure == compare.FailurePoisonous {
		return false
	}
	p.check(j)
	return true
}

// fault is what is wrong with the new answer to a suspect, "" if nothing is: it
// was not clean, or it is proven wrong against what the primary had said. What
// both sides refuse is nobody's fault, and a panic is ours.
func (p *Proxy) fault(ctx context.Context, j *job) string {
	result, _, counts := p.execution(j)
	switch {
	case !counts, j.panicked:
		return ""
	case result != rollout.Clean:
		return p.describe(j, result)
	case j.primary.Status == 0:
		return ""
	}
	if p.compareJob(j) != "" || !p.settleAside(ctx, j) {
		return ""
	}
	if j.result.Verdict == compare.VerdictCandidateWrong {
		return "proven wrong: " + conviction(j.result)
	}
	return ""
}

// describe says what was not clean about an answer.
func (p *Proxy) describe(j *job, result rollout.Result) string {
	switch {
	case j.candidate.Failure != "":
		return fmt.Sprintf("%s: %s", result, j.candidate.Failure)
	case j.candidate.Status != http.StatusOK:
		return fmt.Sprintf("%s: status %d", result, j.candidate.Status)
	case j.unservable != nil:
		return fmt.Sprintf("%s: %v", result, j.unservable)
	}
	return fmt.Sprintf("%s: it took %s", result, j.candidate.Latency.Round(time.Millisecond))
}

// settleAside waits for the arbiter, where it may know more: an answer that only
// the arbiter could prove wrong must not pass without it.
// It is false when Close came first.
func (p *Proxy) settleAside(ctx context.Context, j *job) bool {
	if p.deps.Settle == nil || !disputed(j.result) {
		return true
	}
	settled := make(chan struct{})
	j.then = func() { close(settled) }
	p.appeal(j)
	select {
	case <-settled:
		return true
	case <-ctx.Done(): // the arbiter keeps the job
		return false
	}
}
