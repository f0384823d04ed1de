package console_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"understudy/console"
	"understudy/rollout"
	"understudy/rollout/audit"
	"understudy/rollout/breaker"
	"understudy/rollout/control"
	"understudy/store"
)

const (
	operatorSecret = "operator-secret-0123456789"
	viewerSecret   = "viewer-secret-0123456789"
)

// driver steps the real machine and stores what comes out, as the controller
// does, without its goroutine and clock.
type driver struct {
	policy rollout.Policy
	store  *store.Store

	mu      sync.Mutex // guards what follows
	now     time.Time
	status  control.Status
	version int64
	broken  error // Do fails with it
}

func newDriver(t *testing.T, s *store.Store) *driver {
	t.Helper()
	d := &driver{policy: rollout.DefaultPolicy(), store: s, now: noon.Add(-72 * time.Hour)}
	settings := rollout.Settings{Mode: rollout.ModeAuto, Enabled: true, MirrorPercent: 100, CeilingPercent: 50}
	state, effects := d.policy.Begin(settings, rollout.Versions{Candidate: "v1", Primary: "rust-1", Comparer: "v1", Policy: d.policy.Digest()}, d.now)
	d.status.Breaker = breaker.Snapshot{State: breaker.Closed, LastSuccess: noon.Add(-10 * time.Second)}
	if err := d.save(t.Context(), state, effects); err != nil {
		t.Fatal(err)
	}
	d.now = noon
	d.happens(t, rollout.Tick{Health: rollout.Health{Flags: true, Store: true, Candidate: true}, Measured: rollout.Measured{Until: noon.Add(-time.Hour)}})
	return d
}

func (d *driver) save(ctx context.Context, state rollout.State, effects []rollout.Effect) error {
	var records []store.AuditRecord
	seq, head := d.status.Seq, d.status.Head
	for _, e := range effects {
		change, ok := e.(rollout.Change)
		if !ok {
			continue
		}
		r, err := audit.Seal(seq+1, head, change)
		if err != nil {
			return err
		}
		seq, head = r.Seq, r.Digest
		records = append(records, store.AuditRecord{
			Seq: r.Seq, At: r.Change.At, Kind: string(r.Change.Kind), Actor: r.Change.Actor, Prev: r.Prev, Digest: r.Digest, Body: r.Body,
		})
	}
	body, err := json.Marshal(state)
	if err != nil {
		return err
	}
	if err := d.store.SaveRollout(ctx, d.version, body, records); err != nil {
		return err
	}
	d.version++
	d.status.State, d.status.Gate, d.status.Seq, d.status.Head = state, d.policy.Gate(state, d.now), seq, head
	return nil
}

func (d *driver) Status() control.Status {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.status
	s.At = d.now
	return s
}

func (d *driver) Do(ctx context.Context, e rollout.Event) (control.Status, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.broken != nil {
		return d.status, d.broken
	}
	state, effects, err := d.policy.Step(d.status.State, e, d.now)
	if err == nil {
		err = d.save(ctx, state, effects)
	}
	return d.status, err
}

// happens steps the machine with what no person asks for.
func (d *driver) happens(t *testing.T, e rollout.Event) {
	t.Helper()
	if _, err := d.Do(t.Context(), e); err != nil {
		t.Fatal(err)
	}
}

// pilot asks an API that has a rollout and tokens.
type pilot struct {
	asker
	driver *driver
	store  *store.Store
	log    *bytes.Buffer
}

func newPilot(t *testing.T, change ...func(*console.Config)) *pilot {
	t.Helper()
	s := filled(t)
	p := &pilot{driver: newDriver(t, s), store: s, log: &bytes.Buffer{}}
	config := console.Config{
		Now: func() time.Time { return noon }, Logger: slog.New(slog.NewTextHandler(p.log, nil)), Rollout: p.driver, Policy: p.driver.policy, Salt: "salt",
		Tokens: []console.Token{
			{Name: "ana", Role: console.RoleOperator, Secret: operatorSecret}, {Name: "vic", Role: console.RoleViewer, Secret: viewerSecret},
		},
	}
	for _, c := range change {
		c(&config)
	}
	p.asker = asker{t, console.API(s, config)}
	return p
}

// as sends a request with a token ("": none) and a body ("": none).
func (p *pilot) as(secret, method, path, body string) *httptest.ResponseRecorder {
	p.t.Helper()
	r := httptest.NewRequestWithContext(p.t.Context(), method, console.Prefix+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if secret != "" {
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	w := httptest.NewRecorder()
	p.api.ServeHTTP(w, r)
	return w
}

// act asks for what must be done, as the operator.
func (p *pilot) act(name, body string) {
	p.t.Helper()
	if w := p.as(operatorSecret, http.MethodPost, "rollout/"+name, body); w.Code != http.StatusOK {
		p.t.Fatalf("%s %s: %d %s", name, body, w.Code, w.Body)
	}
}

// reads asks for what must be there, as the viewer.
func (p *pilot) reads(path string, into any) {
	p.t.Helper()
	w := p.as(viewerSecret, http.MethodGet, path, "")
	if w.Code != http.StatusOK {
		p.t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		p.t.Fatalf("%s: %v", path, err)
	}
}

func problemIn(t *testing.T, w *httptest.ResponseRecorder) console.Problem {
	t.Helper()
	var p console.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Header().Get("Content-Type") != "application/problem+json" || p.Status != w.Code {
		t.Fatalf("no problem: %d %s %s", w.Code, w.Header(), w.Body)
	}
	return p
}

var errDisk = errors.New("disk I/O error")
