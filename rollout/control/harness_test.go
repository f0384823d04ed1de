package control_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"understudy/rollout"
	"understudy/rollout/audit"
	"understudy/rollout/breaker"
	"understudy/rollout/control"
	"understudy/rollout/notify"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errDown = errors.New("the disk is gone")

// memory is a store that can be told to fail.
type memory struct {
	mu      sync.Mutex // guards all
	saved   control.Saved
	records []audit.Record
	saves   int
	fails   func() (before, after bool) // a save answers errDown, without or although it is done; nil: never
	hangs   bool                        // a save waits until its context ends
	blind   bool                        // nothing can be loaded
	onSave  func(to rollout.Position)
}

func (m *memory) Load(context.Context) (control.Saved, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.blind {
		return control.Saved{}, errDown
	}
	return m.saved, nil
}

func (m *memory) Save(ctx context.Context, from int64, state []byte, records []audit.Record) error {
	m.mu.Lock()
	hangs, fails, onSave := m.hangs, m.fails, m.onSave
	m.saves++
	m.mu.Unlock()
	before, after := false, false
	if fails != nil {
		before, after = fails()
	}
	switch {
	case hangs:
		<-ctx.Done()
		return ctx.Err()
	case before:
		return errDown
	case onSave != nil && len(records) > 0:
		onSave(records[len(records)-1].Change.To)
	}
	if err := m.commit(from, state, records); err != nil {
		return err
	}
	if after {
		return errDown
	}
	return nil
}

func (m *memory) commit(from int64, state []byte, records []audit.Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	next := m.saved
	for _, r := range records {
		if r.Seq != next.Seq+1 || r.Prev != next.Head {
			return control.ErrConflict
		}
		next.Seq, next.Head = r.Seq, r.Digest
	}
	if m.saved.Version != from {
		return control.ErrConflict
	}
	next.Version, next.State = from+1, slices.Clone(state)
	m.saved, m.records = next, append(m.records, records...)
	return nil
}

func (m *memory) set(change func(m *memory)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(m)
}

func (m *memory) down(is bool) {
	m.set(func(m *memory) {
		m.fails = nil
		if is {
			m.fails = func() (bool, bool) { return true, false }
		}
	})
}

func (m *memory) tries() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.saves
}

// kinds are the kinds of the stored changes, from one on.
func (m *memory) kinds(from int) (list []rollout.ChangeKind) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.records[min(from, len(m.records)):] {
		list = append(list, r.Change.Kind)
	}
	return list
}

// fake is a breaker without rules: it is told what it has become.
type fake struct {
	mu      sync.Mutex // guards all
	now     breaker.Snapshot
	guard   bool
	sets    []breaker.State
	drained rollout.Entry
}

func (f *fake) Set(state breaker.State, suspects []string, guard bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.guard = guard
	if f.now.State != state {
		f.now = breaker.Snapshot{State: state, Suspects: suspects, Probes: f.now.Probes, Last: f.now.Last}
		f.sets = append(f.sets, state)
	}
}

func (f *fake) Snapshot() breaker.Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *fake) Drain() rollout.Entry {
	f.mu.Lock()
	defer f.mu.Unlock()
	drained := f.drained
	f.drained = rollout.Entry{}
	return drained
}

func (f *fake) state() breaker.State { return f.Snapshot().State }

// world is all that is around a controller. It runs in a bubble of testing/synctest,
// so that its hours take no time.
type world struct {
	t        *testing.T
	store    *memory
	breaker  *fake
	hooks    breaker.Hooks
	cfg      control.Config
	log      *bytes.Buffer
	registry *prometheus.Registry

	mu       sync.Mutex // guards what follows
	settings rollout.Settings
	stale    bool
	sick     bool
	versions rollout.Versions
	scans    int // that agree, at each measure
	wrong    int // of them at fault
	failing  bool
	asked    []time.Time // after, of each measure
	messages []notify.Message

	*control.Controller
}

var auto = rollout.Settings{Mode: rollout.ModeAuto, Enabled: true, MirrorPercent: 100, CeilingPercent: 100}

// quick is a policy whose stages take some minutes.
func quick() rollout.Policy {
	p := rollout.DefaultPolicy()
	p.SoakShadow, p.SoakCanary1, p.SoakCanary10, p.SoakCanary50, p.SoakFull = 5*time.Minute, 5*time.Minute, 5*time.Minute, 5*time.Minute, time.Hour
	return p
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		t: t, store: &memory{}, breaker: &fake{now: breaker.Snapshot{State: breaker.Closed, Probes: 72}},
		settings: auto, versions: rollout.Versions{Candidate: "1", Primary: "1", Comparer: "1"}, scans: 400,
	}
	w.cfg = control.Config{
		Policy: quick(), Store: w.store, Measurer: w, Breaker: w.breaker,
		Flags: func() (rollout.Settings, string, bool) {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.settings, "file", !w.stale
		},
		Versions: func(context.Context) rollout.Versions {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.versions
		},
		CandidateWell: func() bool {
			w.mu.Lock()
			defer w.mu.Unlock()
			return !w.sick
		},
		Notify: func(m notify.Message) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.messages = append(w.messages, m)
		},
	}
	return w
}

// Measure is a minute of many agreeing scans.
func (w *world) Measure(_ context.Context, span control.Span) (rollout.Measured, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, span.After)
	if w.failing {
		return rollout.Measured{}, errDown
	}
	count := rollout.Count{Scans: w.scans, Disagree: w.wrong}
	return rollout.Measured{
		Until: span.Until, Mirror: count, Served: count,
		Entry: rollout.Entry{Mirror: count, Eligible: 17 * w.scans, Compared: 17 * w.scans, SelfTests: 4, SelfTestsPassed: 4, Executions: 17, Completed: 17},
	}, nil
}

func (w *world) set(change func(w *world)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(w)
}

// start begins, or begins again after an end, on the same store.
func (w *world) start() {
	w.t.Helper()
	if err := w.tryStart(); err != nil {
		w.t.Fatal(err)
	}
	synctest.Wait()
}

func (w *world) tryStart() error {
	cfg := w.cfg
	cfg.Inbox = control.NewInbox()
	w.hooks = cfg.Inbox.Hooks()
	w.log, w.registry = &bytes.Buffer{}, prometheus.NewRegistry()
	cfg.Logger, cfg.Registerer = slog.New(slog.NewTextHandler(w.log, nil)), w.registry
	c, err := control.Start(w.t.Context(), cfg)
	w.Controller = c
	return err
}

func (w *world) end() {
	w.t.Helper()
	if err := w.Close(w.t.Context()); err != nil {
		w.t.Errorf("close: %v", err)
	}
	w.whole()
}

// whole checks that the store holds the whole truth.
func (w *world) whole() {
	w.t.Helper()
	w.store.mu.Lock()
	records, saved := slices.Clone(w.store.records), w.store.saved
	w.store.mu.Unlock()
	if err := audit.Verify(records, saved.Head, saved.Seq); err != nil {
		w.t.Errorf("the audit is broken: %v", err)
	}
	var changes []rollout.Change
	for _, r := range records {
		changes = append(changes, r.Change)
	}
	position, err := rollout.Replay(changes)
	if err != nil {
		w.t.Errorf("the audit can't be replayed: %v", err)
	}
	if !rollout.Equal(position, w.Position()) {
		w.t.Errorf("the audit leads to\n%+v\nand in force is\n%+v", position, w.Position())
	}
}

// pass lets time pass.
func (w *world) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// until lets minutes pass until the rollout is at a stage.
func (w *world) until(stage rollout.Stage) {
	w.t.Helper()
	for range 1000 {
		if w.Position().Stage == stage {
			return
		}
		w.pass(time.Minute)
	}
	w.t.Fatalf("the rollout never reached %s: %+v", stage, w.Status())
}

func (w *world) at(stage rollout.Stage, condition rollout.Condition) {
	w.t.Helper()
	if p := w.Position(); p.Stage != stage || p.Condition != condition {
		w.t.Fatalf("the rollout is at %s, %s; want %s, %s", p.Stage, p.Condition, stage, condition)
	}
}

func (w *world) do(event rollout.Event) {
	w.t.Helper()
	if _, err := w.Do(w.t.Context(), event); err != nil {
		w.t.Fatalf("%T: %v", event, err)
	}
}

// trip is what a breaker does that opens.
func (w *world) trip() {
	spoke := rollout.Spoke{Trigger: rollout.TriggerErrors, Exchanges: []string{"e1", "e2"}, Reason: "error_rate: 11 of the last 120 executions, from 5 scans"}
	w.breaker.opens(spoke)
	w.hooks.Spoke(spoke)
	synctest.Wait()
}

func (f *fake) opens(spoke rollout.Spoke) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now.State, f.now.Last = breaker.Open, &spoke
}

// probed is a breaker that has seen enough.
func (f *fake) probed() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now.ProbesPassed, f.now.Suspects = f.now.Probes, nil
}

func (w *world) told(kind string) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range w.messages {
		if m.Kind == kind {
			n++
		}
	}
	return n
}

func by(name string) rollout.By { return rollout.By{Actor: "person:" + name, Reason: "because"} }

func stageOf(s rollout.Stage) *rollout.Stage { return &s }

// play runs a test in a bubble.
func play(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, newWorld(t)) })
}
