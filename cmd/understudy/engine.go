package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"time"

	"understudy/engine"
	"understudy/engine/api"
	"understudy/engine/worker"
)

// workerCommandName is the hidden command that worker processes run.
const workerCommandName = "engine-worker"

// engineSettings say how analyses are run, in serve and in engine.
type engineSettings struct {
	Workers      int           `default:"0" help:"Worker processes, each one analysis at a time; 0: cores - 1, at least 1."`
	WorkerMemory int64         `default:"1073741824" help:"Most memory, in bytes, that one worker may hold; its collector works to keep three quarters of it, and above it the worker is killed."`
	Deadline     time.Duration `default:"45s" help:"Longest analysis; a worker has 2 s more to say that it gave up."`
}

func (e engineSettings) validate() error {
	switch {
	case e.Workers < 0 || e.Workers > 1024:
		return fmt.Errorf("--workers %d: want 0 to 1024", e.Workers)
	case e.WorkerMemory < 64<<20 || e.WorkerMemory > 1<<40:
		return fmt.Errorf("--worker-memory %d: want %d to %d", e.WorkerMemory, 64<<20, int64(1)<<40)
	case e.Deadline < 10*time.Millisecond || e.Deadline > time.Hour:
		return fmt.Errorf("--deadline %s: want 10ms to 1h", e.Deadline)
	}
	return nil
}

// workers is how many worker processes there will be.
func (e engineSettings) workers() int {
	if e.Workers > 0 {
		return e.Workers
	}
	return max(1, runtime.NumCPU()-1)
}

// pool makes a pool of workers: children of this binary, with args beside those
// that all of them get.
func (e engineSettings) pool(config worker.Config, args ...string) (*worker.Pool, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find own executable: %w", err)
	}
	config.Command = append([]string{self, workerCommandName, "--deadline", e.Deadline.String()}, args...)
	config.Workers = e.workers()
	config.Memory = e.WorkerMemory
	config.Deadline = e.Deadline
	config.Version = version()
	pool, err := worker.New(config)
	if err != nil {
		return nil, fmt.Errorf("make worker pool: %w", err)
	}
	return pool, nil
}

type engineCommand struct {
	Config configFile `placeholder:"FILE" help:"Settings, YAML or JSON; flag beats environment beats file."`
	Listen string     `default:":8081" help:"Where to serve the scanner API: ADDR, or unix:PATH, a socket for this user only, in a directory that nobody else may write to."`
	engineSettings
	ShutdownTimeout time.Duration `default:"50s" help:"Time for requests under way after SIGTERM."`
	logSettings
}

// Help says what the exit codes mean.
func (engineCommand) Help() string { return exitHelp }

// Validate names the flag that is out of range.
func (c *engineCommand) Validate() error {
	if c.ShutdownTimeout < 0 || c.ShutdownTimeout > time.Hour {
		return fmt.Errorf("--shutdown-timeout %s: want 0s to 1h", c.ShutdownTimeout)
	}
	if c.Listen == "unix:" { // Linux would make up a name that no client knows
		return fmt.Errorf("--listen %q: want ADDR or unix:PATH", c.Listen)
	}
	return c.validate()
}

// Run serves until the context ends, then lets requests under way finish.
func (c *engineCommand) Run(ctx context.Context, s streams) error {
	log := c.logger(s.err)
	pool, err := c.pool(worker.Config{Logger: log})
	if err != nil {
		return err
	}
	listener, err := listen(ctx, c.Listen)
	if err != nil {
		return err
	}
	var parts lifecycle
	parts.started("listener", func(context.Context) error { return listener.Close() }) // until a server owns it
	if err := pool.Start(ctx); err != nil {
		// It keeps trying and answers 503 meanwhile.
		log.Warn("no engine worker came up yet", "error", err)
	}
	parts.started("workers", pool.Close)
	server := newServer(pool, log)
	parts.serve("engine", server, listener)
	log.Info("engine is up", "listen", listener.Addr().String(), "version", version())
	err = parts.wait(ctx)
	return errors.Join(err, parts.stop(c.ShutdownTimeout, log))
}

type engineWorkerCommand struct {
	Deadline time.Duration `required:""`
	Arbiter  bool          // settle disputes as well
}

// Run is the whole life of a worker process.
func (c *engineWorkerCommand) Run() error {
	handler := api.Handler(api.Config{Deadline: c.Deadline, Version: version()})
	if c.Arbiter {
		handler = arbitrateHandler(newArbiter(), handler)
	}
	// Not the context of the command: a worker ends when its parent says so, not by a signal to the group.
	return worker.Serve(context.Background(), replaceWhen(engine.Unattended, handler))
}

// replaceWhen asks for this worker to be replaced after an answer that leaves
// something running.
func replaceWhen(spent func() bool, handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler.ServeHTTP(&spentWriter{ResponseWriter: w, spent: spent}, r)
	})
}

// spentWriter looks whether the worker is spent when the answer is known.
type spentWriter struct {
	http.ResponseWriter
	spent func() bool
	begun bool
}

func (w *spentWriter) WriteHeader(status int) {
	if !w.begun && w.spent() {
		w.Header().Set(worker.SpentHeader, "1")
	}
	w.begun = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *spentWriter) Write(p []byte) (int, error) {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(p)
}
