package flags

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	gosync "sync"
	"time"

	"github.com/open-feature/flagd/core/pkg/sync"
)

// sourceName is how the source is called towards flagd, which wants a URI and a name to count by.
const sourceName = "understudy://flags"

// coldStart is how long New waits for the flag server before it starts without it.
const coldStart = 2 * time.Second

// source brings the flags of file and server to the flagd provider. flagd's own sources take what
// is invalid; this one hands on nothing that check refuses. Once the server has given good flags
// the file is out of the picture, for good: two writers would fight over the same dials.
type source struct {
	file    *flagFile // nil without a file
	server  *server   // nil without a server
	log     *slog.Logger
	metrics *metrics
	checker *checker
	state   *stateKeeper

	// Only Sync touches these.
	origin     string            // of the flags in effect: SourceFile, SourceServer; "" while none were good
	accepted   [sha256.Size]byte // digest of them
	generation int
	troubles   map[string]error // by origin, why what it has now cannot be used

	stopping chan struct{} // closed by stop
	stopOnce gosync.Once
	started  chan struct{} // closed when Sync begins
	finished chan struct{} // closed when Sync ends
}

var _ sync.ISync = (*source)(nil)

// newSource wants a Config with a file, a server, or both.
func newSource(c Config, m *metrics, state *stateKeeper) (*source, error) {
	check, err := newChecker()
	if err != nil {
		return nil, err
	}
	s := &source{
		log: c.Logger, metrics: m, checker: check, state: state, troubles: map[string]error{},
		stopping: make(chan struct{}), started: make(chan struct{}), finished: make(chan struct{}),
	}
	if c.File != "" {
		s.file = &flagFile{path: c.File, poll: c.Poll, settle: c.Settle, log: c.Logger}
	}
	if c.Server != "" {
		if s.server, err = newServer(c); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Init does nothing: Sync does it all.
func (s *source) Init(context.Context) error { return nil }

// IsReady is always true: without good flags the source serves an empty set.
func (s *source) IsReady() bool { return true }

// ReSync is what flagd's server calls; the in-process provider never does.
func (s *source) ReSync(context.Context, chan<- sync.DataSync) error {
	return errors.New("resync of the flags: not supported, they are read again on every change")
}

// Sync hands over the flags as they are, or an empty set when none are good (the provider fails its
// initialization without a first set), and then all good versions until stop or ctx ends it.
func (s *source) Sync(ctx context.Context, out chan<- sync.DataSync) error {
	close(s.started)
	defer close(s.finished)
	var running gosync.WaitGroup
	defer running.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	reports, look := make(chan report), make(chan struct{})
	if s.server != nil {
		running.Go(func() { s.server.run(ctx, reports) })
	}
	s.send(ctx, out, s.first(ctx, reports))
	watching, unwatch := context.WithCancel(ctx)
	defer unwatch()
	if s.file != nil {
		running.Go(func() { s.file.run(watching, look) })
	}
	for {
		var payload string
		select {
		case <-ctx.Done():
			return nil
		case <-s.stopping:
			return nil
		case r := <-reports:
			payload = s.take(r)
		case <-look:
			payload = s.read()
		}
		if payload != "" {
			s.send(ctx, out, payload)
		}
		if s.origin == SourceServer {
			unwatch()
		}
	}
}

// first is what to begin with. The server has its chance before the file, so that a restart does
// not begin with flags that nobody set.
func (s *source) first(ctx context.Context, reports <-chan report) string {
	payload := ""
	if s.server != nil {
		select {
		case r := <-reports:
			payload = s.take(r)
		case <-time.After(coldStart):
			s.trouble(SourceServer, outcomeUnreadable, fmt.Errorf("flag server %s: no answer within %s", s.server.address, coldStart))
		case <-ctx.Done():
		case <-s.stopping:
		}
	}
	if payload == "" {
		payload = s.read()
	}
	if payload == "" {
		payload = withEdition([]byte(`{"flags":{}}`), edition{})
	}
	return payload
}

// stop ends Sync and waits for it. Nothing is handed over afterwards, so that the provider, whose
// shutdown waits for its event queue, has it empty.
func (s *source) stop() {
	s.stopOnce.Do(func() { close(s.stopping) })
	select {
	case <-s.started:
		<-s.finished
	default:
	}
}

func (s *source) send(ctx context.Context, out chan<- sync.DataSync, payload string) {
	select {
	case out <- sync.DataSync{FlagData: payload, Source: sourceName}:
	case <-ctx.Done():
	case <-s.stopping:
	}
}

// read offers the file, unless the server rules.
func (s *source) read() (payload string) {
	if s.file == nil || s.origin == SourceServer {
		return ""
	}
	data, err := readFile(s.file.path)
	if err != nil {
		s.trouble(SourceFile, outcomeUnreadable, fmt.Errorf("flag file %s: %w", s.file.path, err))
		return ""
	}
	return s.offer(SourceFile, "flag file "+s.file.path, data)
}

// take offers what the server said.
func (s *source) take(r report) (payload string) {
	if r.err != nil {
		s.trouble(SourceServer, outcomeUnreadable, r.err)
		return ""
	}
	s.state.heard()
	return s.offer(SourceServer, "flag server "+s.server.address, r.flags)
}

// offer gives flags in the form for flagd when they are good and not what is in effect already.
func (s *source) offer(origin, name string, data []byte) (payload string) {
	digest := sha256.Sum256(data)
	if s.origin == origin && digest == s.accepted {
		s.well(origin)
		return ""
	}
	doc, err := s.checker.check(data)
	if err == nil && origin == SourceServer && !doc.hasOurs() {
		// A server that lost its own source says just that; it must not undo the kill switch.
		err = fmt.Errorf("none of Understudy's flags is there, want some of %s", allowedKeys())
	}
	if err != nil {
		s.trouble(origin, outcomeRefused, fmt.Errorf("%s: %w", name, err))
		return ""
	}
	s.generation++
	s.origin, s.accepted = origin, digest
	delete(s.troubles, origin)
	s.metrics.reloads.WithLabelValues(outcomeApplied).Inc()
	s.log.Info("flags read", "from", name, "sha256", fmt.Sprintf("%x", digest[:6]), "generation", s.generation)
	s.show()
	return withEdition(data, edition{int64(s.generation), origin, doc.looks()})
}

// well notes that the good flags are back, or back within reach.
func (s *source) well(origin string) {
	if s.troubles[origin] == nil {
		return
	}
	delete(s.troubles, origin)
	s.log.Info("flags are good again, nothing changed", "from", origin)
	s.show()
}

// trouble tells what is wrong once, not at every poll.
func (s *source) trouble(origin, outcome string, err error) {
	if was := s.troubles[origin]; was != nil && was.Error() == err.Error() {
		return
	}
	s.troubles[origin] = err
	s.metrics.reloads.WithLabelValues(outcome).Inc()
	if s.origin == "" {
		s.log.Error("flags cannot be used and none were good before: serving 0 until some are", "error", err)
	} else {
		s.log.Error("flags cannot be used: the last good values stay", "error", err)
	}
	s.show()
}

// show sets the state. What is in effect is fresh when it comes from where it should, and that is
// well.
func (s *source) show() {
	wanted := SourceFile
	if s.server != nil {
		wanted = SourceServer
	}
	trouble := s.troubles[SourceServer]
	if s.origin != SourceServer {
		trouble = errors.Join(trouble, s.troubles[SourceFile])
	}
	switch {
	case s.origin == "":
		s.state.set(StatusDefaults, trouble)
	case s.origin == wanted && trouble == nil:
		s.state.set(StatusFresh, nil)
	default:
		s.state.set(StatusStale, trouble)
	}
}
