package proxy

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"understudy/compare"
	"understudy/rollout"
	"understudy/rollout/breaker"
)

// Dialer gives the positions of the dials for a scan or one of its requests. It
// is asked on every analysis request, so it must answer from memory.
// BreakerClosed is filled in by the proxy.
type Dialer func(ctx context.Context, scan ScanContext) rollout.Dials

// Allowed is what operators let the candidate do beyond its share.
type Allowed struct {
	Rescue        bool // answer where the primary fails
	CandidateOnly bool // answer analyses that the primary lacks
}

// Deps are the parts a Proxy works with.
type Deps struct {
	Dials Dialer
	// Allow is asked like Dials. Nil: neither is allowed.
	Allow              func(ctx context.Context, scan ScanContext) Allowed
	Candidate          *url.URL          // base URL of the candidate
	CandidateTransport http.RoundTripper // how to reach it; nil: a plain transport of the proxy's own
	Recorder           Recorder          // nil: nothing is recorded
	Registerer         prometheus.Registerer
	Logger             *slog.Logger     // nil: slog.Default
	Now                func() time.Time // nil: time.Now; the clock of scans

	// Breaker hears of every execution, and keeps clients from the candidate while
	// it is not closed. Nil: one of the proxy's own, which nothing closes again.
	Breaker *breaker.Breaker
	// SelfTestTicks says when to ask the candidate what is known; nil: by the
	// clock, each Policy.SelfTestEvery of the breaker's.
	SelfTestTicks <-chan time.Time
	// Saturated reports whether all workers of the candidate are at work, so that a
	// question has to wait for one. Nil: nobody knows, and a 503 says it.
	Saturated func() bool

	// Stored gives an exchange that was recorded; found is false when it is not
	// stored any more, or not with its bodies. Nil: none is.
	Stored func(ctx context.Context, exchange string) (stored Stored, found bool, err error)
	// Corpus lists at most n recorded exchanges that Stored gives, to be replayed
	// while the breaker is half-open and no client comes. Nil or none: Builtin is.
	Corpus  func(ctx context.Context, n int) (exchanges []string, err error)
	Builtin []Stored
	// ProbeTicks says when to look for something to probe; nil: each second.
	ProbeTicks <-chan time.Time

	Prepare func(compare.Question) Judge // nil: compare.Prepare

	// Vary gives a network that differs a little from the one of a request, and
	// says in words how; the same seed gives the same. Nil: nothing is varied.
	Vary func(body []byte, seed uint64) (varied []byte, description string, err error)
	// VariationTicks says when to vary; nil: by the clock, VariationsPerHour times.
	VariationTicks <-chan time.Time

	// Settle compares as Judge does, and looks further where that leaves a metric
	// undecided. It is called off the request path, one call at a time, and must
	// end soon after ctx. Nil: nothing is settled.
	Settle func(ctx context.Context, q compare.Question, primary, candidate compare.Reply, kind compare.PrimaryKind) (compare.Result, error)
}

// Judge says what the answers to one question mean.
type Judge interface {
	Compare(primary, candidate compare.Reply, kind compare.PrimaryKind) compare.Result
	Servable(candidate compare.Reply) error // nil: it may reach a client
}

var _ Judge = (*compare.Prepared)(nil)

func (d Deps) withDefaults() (Deps, error) {
	switch {
	case d.Dials == nil:
		return d, errors.New("Deps.Dials is missing")
	case d.Candidate == nil || d.Candidate.Host == "":
		return d, errors.New("Deps.Candidate is missing: want the base URL of the candidate")
	case d.Registerer == nil:
		return d, errors.New("Deps.Registerer is missing")
	}
	if d.Allow == nil {
		d.Allow = func(context.Context, ScanContext) Allowed { return Allowed{} }
	}
	if d.CandidateTransport == nil {
		d.CandidateTransport = newTransport()
	}
	if d.Logger == nil {
		d.Logger = slog.Default()
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Prepare == nil {
		d.Prepare = func(q compare.Question) Judge { return compare.Prepare(q) }
	}
	return d, nil
}
