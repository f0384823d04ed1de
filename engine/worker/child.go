package worker

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// controlEnv tells a child which of its file descriptors is the control
// socket, and memoryEnv how many bytes it may use.
const (
	controlEnv = "UNDERSTUDY_WORKER_CONTROL"
	memoryEnv  = "UNDERSTUDY_WORKER_MEMORY"
)

// child is one worker process, seen from its parent.
type child struct {
	cmd     *exec.Cmd
	control *net.UnixConn
	stderr  *lineLogger
	// ended is closed when the process is gone and reaped.
	ended chan struct{}
	how   string // set before ended is closed
	full  bool   // it ended itself, above its memory; set before ended is closed

	mu     sync.Mutex // guards the rest
	reaped bool       // the process id may belong to somebody else
	held   int64      // what it had when it was killed for it, in bytes; else 0
}

// launch starts a child and waits until it is ready.
func (p *Pool) launch() (*child, error) {
	control, theirs, err := socketPair()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	c := &child{control: control, ended: make(chan struct{})}
	c.stderr = &lineLogger{log: func(line string) {
		p.config.Logger.Warn("engine worker says", slog.Int("pid", c.pid()), slog.String("line", line))
	}}
	c.cmd = p.command(theirs, c.stderr)
	if err := p.launcher.run(c.cmd.Start); err != nil {
		control.Close()
		return nil, fmt.Errorf("start engine worker: %w", err)
	}
	theirs.Close() // or the control socket would not read EOF when the child ends
	expendable(c.pid())
	go c.reap()
	go p.watch(c)
	if err := c.awaitReady(p.config.ReadyWithin, p.closing); err != nil {
		c.kill()
		return nil, fmt.Errorf("start engine worker: not ready: %w (%s)", err, c.state())
	}
	return c, nil
}

func (p *Pool) command(control *os.File, stderr io.Writer) *exec.Cmd {
	cmd := exec.Command(p.config.Command[0], p.config.Command[1:]...)
	cmd.Env = append(withoutSecrets(os.Environ()), p.config.Env...)
	cmd.Env = append(cmd.Env,
		controlEnv+"=3",
		memoryEnv+"="+strconv.FormatInt(p.config.Memory, 10),
		"GOMEMLIMIT="+strconv.FormatInt(collectAt(p.config.Memory), 10))
	cmd.ExtraFiles = []*os.File{control}
	cmd.Stderr = stderr
	// A grandchild that keeps standard error open must not keep us waiting.
	cmd.WaitDelay = time.Second
	cmd.SysProcAttr = processAttributes()
	return cmd
}

// awaitReady waits for the byte that says that the child takes requests, but
// not on when the pool is closing.
func (c *child) awaitReady(within time.Duration, closing <-chan struct{}) error {
	if err := c.control.SetReadDeadline(time.Now().Add(within)); err != nil {
		return err
	}
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-closing:
			_ = c.control.SetReadDeadline(time.Now())
		case <-done:
		}
	}()
	_, err := c.control.Read(make([]byte, 1))
	return err
}

// reap waits for the child's end, however it comes.
func (c *child) reap() {
	dead := awaitExit(c.pid())
	c.mu.Lock()
	if dead { // not reaped, so the group is still its own: nothing it started stays
		_ = syscall.Kill(-c.pid(), syscall.SIGKILL)
	}
	c.reaped = true
	c.mu.Unlock()
	_ = c.cmd.Wait() // its result is the process state
	c.stderr.flush() // a last line without an end
	c.how = c.cmd.ProcessState.String()
	c.full = c.cmd.ProcessState.ExitCode() == outOfMemory
	c.control.Close()
	close(c.ended)
}

// kill ends the child and whatever it has started, and returns when it is
// gone.
func (c *child) kill() {
	c.mu.Lock()
	if !c.reaped {
		_ = syscall.Kill(-c.pid(), syscall.SIGKILL) // it may have ended by itself
	}
	c.mu.Unlock()
	_ = c.cmd.Process.Kill() // where awaitExit can't wait; does nothing to the reaped
	<-c.ended
}

// stop has an idle child end by itself, and kills it when it takes longer
// than a second or than the pool allows.
func (c *child) stop(killing <-chan struct{}) {
	_ = c.control.CloseWrite()
	timer := time.NewTimer(time.Second)
	defer timer.Stop()
	select {
	case <-c.ended:
	case <-timer.C:
	case <-killing:
	}
	c.kill()
}

func (c *child) pid() int { return c.cmd.Process.Pid }

// state says how the child ended: "signal: killed", "exit status 2".
func (c *child) state() string {
	<-c.ended
	return c.how
}

// cause is why the child ended, unless the slot knows better: memory or crash.
func (c *child) cause() Reason {
	<-c.ended
	if c.full || c.heldAtEnd() > 0 {
		return ReasonMemory
	}
	return ReasonCrash
}

func (c *child) heldAtEnd() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held
}
