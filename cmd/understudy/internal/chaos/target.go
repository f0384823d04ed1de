package chaos

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"time"
)

// Target is a sidecar that a fault is done to. A fault's Prepare fills in the first
// part before it is started; whoever starts it fills in the second.
type Target struct {
	Dir     string // of its own, for its store and files
	Stage   string // of --stage
	Primary *Primary
	Args    []string         // of serve, beside those that all have
	Store   string           // of --store
	Command func(*exec.Cmd)  // changes how the process is started; nil: not
	Now     func() time.Time // the clock; not nil: run it in this process

	Data, Ops string // URLs
	PID       int    // 0: in this process
	Token     string // of an operator, for the operations API

	struck  atomic.Int64
	closing []func()      // what Prepare has opened
	gone    func()        // ends the flag server
	offset  *atomic.Int64 // of the clock, in nanoseconds
}

// Struck says that the fault has done something.
func (t *Target) Struck() { t.struck.Add(1) }

// File is the path of a file of its own.
func (t *Target) File(name string) string { return filepath.Join(t.Dir, name) }

// Use adds arguments for serve.
func (t *Target) Use(args ...string) { t.Args = append(t.Args, args...) }

// Write puts text in a file of its own at once, as an operator's editor does.
func (t *Target) Write(name, text string) error {
	part := t.File(name + ".part")
	if err := os.WriteFile(part, []byte(text), 0o600); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return os.Rename(part, t.File(name))
}

// closes registers what ends after the sidecar has.
func (t *Target) closes(end func()) { t.closing = append(t.closing, end) }

// Close ends what Prepare has opened, the last first.
func (t *Target) Close() {
	for i := len(t.closing) - 1; i >= 0; i-- {
		t.closing[i]()
	}
	t.closing = nil
}
