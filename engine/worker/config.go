package worker

import (
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Config says how many workers there are and what they may use. The zero
// value of every field but Command stands for the value in DefaultConfig.
type Config struct {
	// Command is the argument vector of a child: it must end up in Serve.
	Command []string
	// Env is added to the environment of this process for the children.
	Env []string
	// Name tells the pools of one process apart, in metrics and logs. Default:
	// "engine".
	Name string
	// Workers is the number of children. Default: cores - 1, at least 1.
	Workers int
	// Queue is how many requests may wait for a worker. Default: 64.
	Queue int
	// QueueWait is the longest a request waits for a worker. Default: 45 s.
	QueueWait time.Duration
	// Deadline is how long an analysis may take once a worker has it.
	// Default: 45 s. The handler in the child keeps it; the pool adds Grace.
	Deadline time.Duration
	// Grace is the time after Deadline in which a worker may still answer
	// before it is killed. Default: 2 s.
	Grace time.Duration
	// CancelGrace is how long a worker whose caller went away may go on
	// before it is killed. Default: 500 ms.
	CancelGrace time.Duration
	// ReadyWithin is how long a child may take to start. Default: 10 s.
	ReadyWithin time.Duration
	// Memory is the most that a worker may hold, in bytes. Default: 1 GiB. The
	// collector works to keep three quarters of it (GOMEMLIMIT). A worker above
	// it is killed: by the pool, which reads every 100 ms what the process holds
	// (on Linux), or before that by itself, which knows what it has asked for.
	// What the kernel lets it map at all ends at twice Memory and 1 GiB.
	Memory int64
	// Nice is added to the niceness of the children. Default: 10.
	Nice int
	// MaxBody and MaxAnswer bound the bodies in bytes. Default: 32 MiB and
	// 64 MiB.
	MaxBody, MaxAnswer int64
	// Forgiving pools refuse no network, however many workers it costs: for
	// commands that ask about what goes wrong.
	Forgiving bool
	// Version is what GET /health reports. Default: "dev".
	Version string
	// Registerer takes the pool's metrics. Default: none are registered.
	Registerer prometheus.Registerer
	// Logger takes starts and ends of workers and what they write to
	// standard error. Default: slog.Default().
	Logger *slog.Logger
	// Clock tells the time to the deadlines and the backoff; starting a
	// child is measured in real time. Default: the system's.
	Clock Clock
}

// Clock is the part of package time that the pool goes by.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

type systemClock struct{}

func (systemClock) Now() time.Time                         { return time.Now() }
func (systemClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// DefaultConfig returns what Understudy runs with; only Command is missing.
func DefaultConfig() Config {
	return Config{
		Name:        "engine",
		Workers:     max(1, runtime.NumCPU()-1),
		Queue:       64,
		QueueWait:   45 * time.Second,
		Deadline:    45 * time.Second,
		Grace:       2 * time.Second,
		CancelGrace: 500 * time.Millisecond,
		ReadyWithin: 10 * time.Second,
		Memory:      1 << 30,
		Nice:        10,
		MaxBody:     32 << 20,
		MaxAnswer:   64 << 20,
		Version:     "dev",
		Logger:      slog.Default(),
		Clock:       systemClock{},
	}
}

// Validate names the first field that can't be, and what is allowed.
func (c Config) Validate() error {
	if len(c.Command) == 0 || c.Command[0] == "" {
		return fmt.Errorf("worker config: Command is empty, want the argument vector of a child")
	}
	for _, f := range []struct {
		name            string
		value, from, to int64
	}{
		{"Workers", int64(c.Workers), 1, 1024},
		{"Queue", int64(c.Queue), 1, 1 << 20},
		{"Nice", int64(c.Nice), 0, 19},
		{"Memory", c.Memory, 16 << 20, 1 << 46},
		{"MaxBody", c.MaxBody, 1, 1 << 40},
		{"MaxAnswer", c.MaxAnswer, 1, 1 << 40},
		{"QueueWait", int64(c.QueueWait), 1, int64(24 * time.Hour)},
		{"Deadline", int64(c.Deadline), 1, int64(24 * time.Hour)},
		{"Grace", int64(c.Grace), 1, int64(time.Hour)},
		{"CancelGrace", int64(c.CancelGrace), 1, int64(time.Hour)},
		{"ReadyWithin", int64(c.ReadyWithin), 1, int64(time.Hour)},
	} {
		if f.value < f.from || f.value > f.to {
			return fmt.Errorf("worker config: %s is %d, want %d to %d", f.name, f.value, f.from, f.to)
		}
	}
	return nil
}

// withDefaults fills in what is zero, and names the pool in its log.
func (c Config) withDefaults() Config {
	d := DefaultConfig()
	orElse(&c.Name, d.Name)
	orElse(&c.Workers, d.Workers)
	orElse(&c.Queue, d.Queue)
	orElse(&c.QueueWait, d.QueueWait)
	orElse(&c.Deadline, d.Deadline)
	orElse(&c.Grace, d.Grace)
	orElse(&c.CancelGrace, d.CancelGrace)
	orElse(&c.ReadyWithin, d.ReadyWithin)
	orElse(&c.Memory, d.Memory)
	orElse(&c.Nice, d.Nice)
	orElse(&c.MaxBody, d.MaxBody)
	orElse(&c.MaxAnswer, d.MaxAnswer)
	orElse(&c.Version, d.Version)
	orElse(&c.Logger, d.Logger)
	c.Logger = c.Logger.With("pool", c.Name)
	if c.Clock == nil {
		c.Clock = d.Clock
	}
	return c
}

func orElse[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
