package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"understudy/console"
	"understudy/rollout"
	"understudy/rollout/breaker"
	"understudy/rollout/control"
	"understudy/store"
)

const (
	ctlOperator = "the-secret-of-ana-1234"
	ctlViewer   = "the-secret-of-vic-1234"
)

// opsFixture is an operations plane over a real controller and a real store, in
// which time passes and evidence comes only when told.
type opsFixture struct {
	url        string
	store      *store.Store
	controller *control.Controller
	ticks      chan time.Time
	api        http.Handler

	mu       sync.Mutex // guards what follows
	release  string
	measured rollout.Measured
}

// evidence is what the next tick brings.
func (o *opsFixture) Measure(_ context.Context, span control.Span) (rollout.Measured, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := o.measured
	out.Until, o.measured = span.Until, rollout.Measured{}
	return out, nil
}

func (o *opsFixture) versions(context.Context) rollout.Versions {
	o.mu.Lock()
	defer o.mu.Unlock()
	return rollout.Versions{Candidate: o.release, Primary: "rust-1.0", Comparer: "v1", Policy: "p1"}
}

// startOps starts one over the store in a file; its gate to canary_1 waits for a
// person, and for nothing else once evidence has come.
func startOps(file string) (_ *opsFixture, end func(), err error) {
	ctx := context.Background()
	s, err := store.Open(ctx, file)
	if err != nil {
		return nil, nil, err
	}
	policy := rollout.DefaultPolicy()
	policy.SoakShadow, policy.Approvals = 0, []rollout.Stage{rollout.Canary1}
	inbox := control.NewInbox()
	gate := breaker.New(breaker.Config{Policy: policy, Hooks: inbox.Hooks()})
	o := &opsFixture{store: s, ticks: make(chan time.Time), release: "v1.0"}
	settings := rollout.Settings{Mode: rollout.ModeAuto, Enabled: true, MirrorPercent: 100, CeilingPercent: 50}
	o.controller, err = control.Start(ctx, control.Config{
		Policy: policy, Store: rolloutStore{s}, Measurer: o, Breaker: gate, Inbox: inbox, Versions: o.versions, Ticks: o.ticks,
		Flags: func() (rollout.Settings, string, bool) { return settings, "flags.json", true },
	})
	if err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	o.api = console.API(s, console.Config{
		Logger: slog.New(slog.DiscardHandler), Rollout: o.controller, Policy: policy, Salt: "understudy",
		Tokens: []console.Token{{Name: "ana", Role: console.RoleOperator, Secret: ctlOperator}, {Name: "vic", Role: console.RoleViewer, Secret: ctlViewer}},
	})
	server := httptest.NewServer(o.api)
	o.url = server.URL
	return o, func() {
		server.Close()
		_ = o.controller.Close(ctx) // a test that cares looks at the store
		s.Close()
	}, nil
}

// tick lets one pass, with what it brings, and waits until it has.
func (o *opsFixture) tick(ctx context.Context, brings rollout.Measured, release string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	o.mu.Lock()
	o.measured = brings
	if release != "" {
		o.release = release
	}
	o.mu.Unlock()
	for last := o.controller.Status().State.Progress.Ticked; o.controller.Status().State.Progress.Ticked.Equal(last); {
		select {
		case o.ticks <- time.Now(): // one that comes while another is under way is left out
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := pause(ctx, time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

var enoughEvidence = rollout.Measured{Mirror: rollout.Count{Scans: 80}, Entry: rollout.Entry{Eligible: 90, Compared: 90}}

// ops is ops FILE: an operations plane over a store. It sets OPS to its URL, and
// writes the tokens of ana, an operator, and vic, a viewer, to ana.token and
// vic.token.
func ops(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: ops FILE")
	}
	o, end, err := startOps(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Defer(end)
	ts.Setenv("OPS", o.url)
	for name, secret := range map[string]string{"ana": ctlOperator, "vic": ctlViewer} {
		ts.Check(os.WriteFile(ts.MkAbs(name+".token"), []byte(secret+"\n"), 0o600))
	}
	opsOf.Store(o.url, o)
}

var opsOf sync.Map // of URLs, the planes of running scripts

// opsTick is tick [evidence|RELEASE]: lets a tick of $OPS pass, which brings enough
// evidence for canary_1, or finds another release of the candidate.
func opsTick(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 1 {
		ts.Fatalf("usage: tick [evidence|RELEASE]")
	}
	found, _ := opsOf.Load(ts.Getenv("OPS"))
	o, ok := found.(*opsFixture)
	if !ok {
		ts.Fatalf("ops was not called")
	}
	var brings rollout.Measured
	release := ""
	switch {
	case len(args) == 1 && args[0] == "evidence":
		brings = enoughEvidence
	case len(args) == 1:
		release = args[0]
	}
	ts.Check(o.tick(context.Background(), brings, release))
}

// newOps is one for a Go test.
func newOps(t *testing.T) *opsFixture {
	t.Helper()
	o, end, err := startOps(filepath.Join(t.TempDir(), "understudy.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(end)
	return o
}
