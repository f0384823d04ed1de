package flags

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	gosync "sync"
	"time"

	"github.com/open-feature/flagd/core/pkg/sync"
)

// sourceName is how the file is called towards flagd, which wants a URI and a name to count by.
const sourceName = "understudy://flags"

// keyGeneration is a flag the source adds to what it hands to flagd: the count of good files so
// far. It makes every applied file an event, and lets an evaluation see that all its flags came
// from one file. A file cannot set it: it is not among the allowed keys.
const keyGeneration = "understudy.generation"

// source reads the flag file and hands the good versions of it to the flagd provider. flagd's own
// file source loses its watch when the file is deleted and takes invalid files; this one watches
// the directory (so a symlink swap as kubelet does it is an event too), reads the file again every
// poll interval whatever the watch says, and never hands on a file that check refuses.
type source struct {
	path    string
	poll    time.Duration
	settle  time.Duration
	log     *slog.Logger
	metrics *metrics
	checker *checker
	state   *stateKeeper

	// Only New, before Sync runs, and then Sync itself touch these.
	accepted   [sha256.Size]byte // digest of the file in effect
	refused    string            // why the file was refused last; empty after a good one
	generation int

	stopping chan struct{} // closed by stop
	stopOnce gosync.Once
	started  chan struct{} // closed when Sync begins
	finished chan struct{} // closed when Sync ends
}

var _ sync.ISync = (*source)(nil)

func newSource(c Config, m *metrics, state *stateKeeper) (*source, error) {
	check, err := newChecker()
	if err != nil {
		return nil, err
	}
	return &source{
		path: c.File, poll: c.Poll, settle: c.Settle, log: c.Logger, metrics: m, checker: check, state: state,
		stopping: make(chan struct{}), started: make(chan struct{}), finished: make(chan struct{}),
	}, nil
}

// Init does nothing: Sync does it all.
func (s *source) Init(context.Context) error { return nil }

// IsReady is always true: without a good file the source serves an empty set.
func (s *source) IsReady() bool { return true }

// ReSync is what flagd's server calls; the in-process provider never does.
func (s *source) ReSync(context.Context, chan<- sync.DataSync) error {
	return errors.New("resync of the flag file: not supported, it is read again on every change")
}

// Sync hands over the file as it is, or an empty set when it is no good (the provider fails its
// initialization without a first set), and then every good version of it until stop or ctx ends it.
func (s *source) Sync(ctx context.Context, out chan<- sync.DataSync) error {
	close(s.started)
	defer close(s.finished)
	first, good := s.read()
	if !good {
		first = withGeneration([]byte(`{"flags":{}}`), 0)
	}
	s.send(ctx, out, first)

	watch := openWatch(s.path, s.log)
	defer watch.close()
	s.reload(ctx, out) // an edit between the first read and the watch
	poll := time.NewTicker(s.poll)
	defer poll.Stop()
	var settled <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.stopping:
			return nil
		case <-watch.changed():
			if settled == nil { // not put off by further events: a busy directory must not starve us
				settled = time.After(s.settle)
			}
		case <-settled:
			settled = nil
			s.reload(ctx, out)
		case <-poll.C:
			watch.renew()
			s.reload(ctx, out)
		}
	}
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

func (s *source) reload(ctx context.Context, out chan<- sync.DataSync) {
	if payload, good := s.read(); good {
		s.send(ctx, out, payload)
	}
}

// read returns the file for flagd when it is good and not what is in effect already. What is wrong
// with it is told once, not at every poll.
func (s *source) read() (payload string, changed bool) {
	data, err := readFile(s.path)
	if err != nil {
		s.refuse(outcomeUnreadable, err)
		return "", false
	}
	digest := sha256.Sum256(data)
	if s.generation > 0 && digest == s.accepted {
		s.settleFresh()
		return "", false
	}
	if err := s.checker.check(data); err != nil {
		s.refuse(outcomeRefused, err)
		return "", false
	}
	s.generation++
	s.accepted = digest
	s.refused = ""
	s.metrics.reloads.WithLabelValues(outcomeApplied).Inc()
	s.log.Info("flag file read", "file", s.path, "sha256", fmt.Sprintf("%x", digest[:6]), "generation", s.generation)
	s.state.fresh()
	return withGeneration(data, s.generation), true
}

// settleFresh notes that the good file is back after a bad one.
func (s *source) settleFresh() {
	if s.refused == "" {
		return
	}
	s.refused = ""
	s.log.Info("flag file is good again, nothing changed", "file", s.path)
	s.state.fresh()
}

func (s *source) refuse(outcome string, err error) {
	if err.Error() == s.refused {
		return
	}
	s.refused = err.Error()
	err = fmt.Errorf("flag file %s: %w", s.path, err)
	s.metrics.reloads.WithLabelValues(outcome).Inc()
	if s.generation == 0 {
		s.log.Error("flag file cannot be used and none was good before: serving 0 until one is", "error", err)
	} else {
		s.log.Error("flag file cannot be used: the last good values stay", "error", err)
	}
	s.state.stale(err, s.generation > 0)
}

// readFile reads a regular file of bounded size; opening anything else (a pipe) might block. Its
// errors leave out the path, which the caller adds.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, withoutPath(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("read: not a regular file")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, withoutPath(err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	if len(data) > maxFileBytes {
		return nil, fmt.Errorf("larger than %d bytes", maxFileBytes)
	}
	return data, nil
}

func withoutPath(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// withGeneration adds the generation flag to a checked file.
func withGeneration(data []byte, generation int) string {
	var top, flags map[string]json.RawMessage
	if err := json.Unmarshal(data, &top); err != nil {
		panic("flag file passed its check and is no object: " + err.Error())
	}
	if err := json.Unmarshal(top["flags"], &flags); err != nil {
		panic("flag file passed its check and its flags are no object: " + err.Error())
	}
	flags[keyGeneration] = json.RawMessage(fmt.Sprintf(
		`{"state":"ENABLED","variants":{"n":%d},"defaultVariant":"n"}`, generation))
	top["flags"], _ = json.Marshal(flags) // raw messages that were just read
	whole, _ := json.Marshal(top)
	return string(whole)
}
