package flags

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Change is one flag that has another value than before, as Current shows it.
type Change struct {
	At   time.Time
	Flag string // its key
	From string
	To   string
	// Source is where the new value comes from: SourceEnvironment, SourceFile,
	// SourceServer or SourceDefault.
	Source string
}

// changeBuffer is how many changes a subscriber may be behind before it loses the oldest.
const changeBuffer = 64

type subscriber struct{ changes chan Change }

// Subscribe returns a channel of changes from now on, and a function that ends it. The channel
// holds 64: a subscriber that is slower loses the oldest, counted in a metric, and never holds up
// a flag. It is closed by the function and by Close.
func (f *Flags) Subscribe() (<-chan Change, func()) {
	s := &subscriber{changes: make(chan Change, changeBuffer)}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed.Load() {
		close(s.changes)
		return s.changes, func() {}
	}
	f.subscribers[s] = struct{}{}
	return s.changes, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.unsubscribe(s)
	}
}

// unsubscribe wants f.mu held.
func (f *Flags) unsubscribe(s *subscriber) {
	if _, there := f.subscribers[s]; there {
		delete(f.subscribers, s)
		close(s.changes)
	}
}

func (f *Flags) unsubscribeAll() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for s := range f.subscribers {
		f.unsubscribe(s)
	}
}

// refresh takes a new snapshot and tells what changed. Refreshes are ordered, and each reads what
// is in effect when it runs, so the last event leaves the last values.
func (f *Flags) refresh() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed.Load() {
		return
	}
	before := f.Current()
	a, ok := f.evaluate(context.Background(), Context{}, before)
	if !ok {
		return // the change that got in the way brings the next refresh
	}
	first := len(f.sources) == 0
	f.sources = a.sources
	f.current.Store(&a.values)
	f.metrics.show(a.values)
	for _, d := range definitions {
		from, to := d.get(before), d.get(a.values)
		if !first && from != to {
			f.tell(Change{At: f.now(), Flag: d.key, From: fmt.Sprint(from), To: fmt.Sprint(to), Source: a.sources[d.key]})
		}
	}
	if first {
		f.log.Info("flags", "mode", a.values.Mode, "enabled", a.values.Enabled,
			"mirror_percent", a.values.MirrorPercent, "serve_ceiling_percent", a.values.ServeCeilingPercent,
			"rescue_enabled", a.values.RescueEnabled, "history_critical_enabled", a.values.HistoryCriticalEnabled,
			"sources", a.sources, "state", f.state.get().Status)
	}
}

// Sources says where the values in force come from without a scan, each source
// once and in order: SourceDefault among them only where there is no other.
func (f *Flags) Sources() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []string
	for _, source := range f.sources {
		if source != SourceDefault {
			list = append(list, source)
		}
	}
	if len(list) == 0 {
		return []string{SourceDefault}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// tell wants f.mu held.
func (f *Flags) tell(c Change) {
	f.log.Info("flag changed", "flag", c.Flag, "from", c.From, "to", c.To, "source", c.Source)
	for s := range f.subscribers {
		select {
		case s.changes <- c:
			continue
		default:
		}
		select {
		case <-s.changes: // only tell sends, so there is room now
		default:
		}
		s.changes <- c
		f.metrics.dropped.Inc()
	}
}
