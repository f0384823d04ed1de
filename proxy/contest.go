package proxy

import (
	"net/http"
	"sync"

	"understudy/compare"
)

// contest is an exchange inside the serve share: the handler waits for as much
// of it as it has patience for, and contend goes on behind its back, so that a
// late answer is still compared and counted.
//
// Each channel is closed when what it names has happened; the fields of job it
// covers may be read after that.
type contest struct {
	job    *job
	beside bool // the primary is asked at the same time

	replied   chan struct{} // job.candidate
	checked   chan struct{} // job.unservable, job.panicked
	primary   chan answered // the primary's answer; closed without one when there is none
	judged    chan struct{} // job.result, job.compared, skip
	settled   chan settled  // what the client got
	skip      string        // why the answers can't be compared, "" if they can
	answering sync.Once
	settling  sync.Once
}

type answered struct {
	reply    compare.Reply
	encoding string
}

type settled struct {
	servedBy, reason string
	skip             string // why there is nothing to compare, "" if there is
}

func newContest(j *job, beside bool) *contest {
	j.asked.served = true
	return &contest{
		job: j, beside: beside,
		replied: make(chan struct{}), checked: make(chan struct{}), judged: make(chan struct{}),
		primary: make(chan answered, 1), settled: make(chan settled, 1),
	}
}

// answer hands the primary's answer over.
func (k *contest) answer(reply compare.Reply, encoding string) {
	k.answering.Do(func() {
		k.primary <- answered{reply, encoding}
		close(k.primary)
	})
}

// settle says what the client got. If the primary has given no answer by now it
// will give none: skip, or a reason already known, says why.
func (k *contest) settle(c *call, skip string) {
	switch {
	case c.failed:
		skip = skipUnreachable
	case c.reason == ReasonAnswerTooLarge, c.reason == ReasonMemory:
		skip = c.reason
	}
	k.settling.Do(func() { k.settled <- settled{c.servedBy, c.reason, skip} })
	k.answering.Do(func() { close(k.primary) })
}

// contend is the candidate's side of a contest, from the question to the record.
func (p *Proxy) contend(k *contest) {
	defer p.working.Done()
	defer p.traffic.end()
	j := k.job
	// Whoever waits does so for less; a wait for a worker must not end as the
	// candidate's timeout.
	p.ask(j, p.cfg.CandidateDeadline+p.cfg.CandidateQueueWait+p.cfg.CandidateSlack)
	close(k.replied)
	p.check(j)
	close(k.checked)
	primary, ok := <-k.primary
	if !ok {
		p.uncontested(k, <-k.settled)
		return
	}
	j.primary, j.answerEncoding = primary.reply, primary.encoding
	k.skip = p.compareJob(j)
	close(k.judged)
	end := <-k.settled
	if j.servedBy, j.reason = end.servedBy, end.reason; k.skip != "" {
		p.abandon(j, k.skip)
		return
	}
	p.report(j)
	p.decided(j)
}

// uncontested ends a contest without an answer of the primary: the candidate
// answered alone, or there is nothing to compare.
func (p *Proxy) uncontested(k *contest, end settled) {
	j := k.job
	j.servedBy, j.reason = end.servedBy, end.reason
	if end.servedBy != ServedByCandidate {
		p.abandon(j, end.skip)
		return
	}
	p.report(j)
	if p.reverses(j) {
		p.reverse(j)
		return
	}
	p.finish(j)
}

// aloneReason says why a candidate's answer may not be served, "" if it may.
func aloneReason(j *job) string {
	switch {
	case j.panicked:
		return ReasonUndecided
	case j.candidate.Failure == compare.FailureUnavailable:
		return ReasonUnavailable
	case j.candidate.Failure == compare.FailurePoisonous:
		return ReasonPoisonous
	case j.candidate.Failure != "" || j.candidate.Status != http.StatusOK:
		return ReasonFailed
	case j.unservable != nil:
		return ReasonUnservable
	}
	return ""
}

// besideReason says with the primary's answer beside it whether the candidate's
// goes out, and why or why not: only what agrees is served, and what differs from
// an answer that is proven wrong while nothing speaks against the candidate's.
func besideReason(j *job) (reason string, serves bool) {
	if reason := aloneReason(j); reason != "" {
		return reason, false
	}
	switch {
	case !j.compared:
		return ReasonUndecided, false
	case j.result.Serves() && j.result.Verdict == compare.VerdictAgree:
		return "", true
	case j.result.Serves():
		return ReasonPrimaryWrong, true
	}
	switch j.result.Verdict {
	case compare.VerdictCandidateWrong:
		return ReasonCandidateWrong, false
	case compare.VerdictInputSkew:
		return ReasonInputSkew, false
	case compare.VerdictPrimaryFailed, compare.VerdictBothFailed:
		return ReasonPrimaryFailed, false
	}
	return ReasonUndecided, false
}
