package proxy

import (
	"context"
	"fmt"
	"time"

	"understudy/rollout"
)

// Without clients no executions come that could close the breaker. So exchanges
// of the past are asked again, one after the other and each as a scan of its own:
// what is replayed says nothing about one scan.

// replayAfter is the time without a client's question after which the past is
// replayed.
const replayAfter = time.Minute

// quietSince reports whether no client's question has come to the candidate for
// long enough, in the state that the breaker is in since then.
func (p *Proxy) quietSince(since time.Time) bool {
	last := time.Unix(0, p.lastLive.Load())
	if last.Before(since) {
		last = since
	}
	return p.deps.Now().Sub(last) >= replayAfter
}

// replay asks the candidate one question of the past, as an execution of a scan
// of its own.
func (p *Proxy) replay(ctx context.Context, since time.Time) {
	stored, ok := p.nextReplay(ctx, since)
	if !ok {
		return
	}
	prober := &p.side.prober
	prober.replays++
	j := p.storedJob(stored)
	defer j.hold.release()
	run := p.breaker.Begin(fmt.Sprintf("replay-%d", prober.replays), j.id)
	if !p.askStored(ctx, j, p.askAside) {
		run.Void()
		p.metrics.probed(probeReplay, probeNothing)
		return
	}
	result, completed, counts := p.execution(j)
	switch {
	case !counts, j.panicked:
		run.Void()
		p.metrics.probed(probeReplay, probeNothing)
		return
	case result == rollout.Clean:
		p.metrics.probed(probeReplay, probeClean)
	default:
		p.log.Info("a replayed question did not go well", "exchange", j.id, "analysis", j.analysis, "why", p.describe(j, result))
		p.metrics.probed(probeReplay, probeFailed)
	}
	run.End(result, completed)
}

// nextReplay goes around the stored exchanges or, without any, around what is
// built in.
func (p *Proxy) nextReplay(ctx context.Context, since time.Time) (stored Stored, ok bool) {
	prober := &p.side.prober
	if !prober.since.Equal(since) {
		prober.since, prober.next, prober.corpus = since, 0, p.readCorpus(ctx)
	}
	for len(prober.corpus) > 0 {
		at := prober.next % len(prober.corpus)
		stored, found, err := p.stored(ctx, prober.corpus[at])
		switch {
		case err != nil:
			return Stored{}, false
		case found:
			prober.next = at + 1
			return stored, true
		}
		prober.corpus = append(prober.corpus[:at], prober.corpus[at+1:]...)
		prober.next = at
	}
	if len(p.deps.Builtin) == 0 {
		return Stored{}, false
	}
	stored = p.deps.Builtin[prober.next%len(p.deps.Builtin)]
	prober.next++
	return stored, true
}

func (p *Proxy) readCorpus(ctx context.Context) []string {
	if p.deps.Corpus == nil {
		return nil
	}
	corpus, err := p.deps.Corpus(ctx, p.breaker.Policy().Probes)
	if err != nil {
		p.log.Warn("stored exchanges can't be listed; built-in questions are replayed", "err", err)
		return nil
	}
	return corpus
}
