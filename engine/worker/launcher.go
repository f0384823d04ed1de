package worker

import "runtime"

// launcher starts every child from one operating system thread that lives as
// long as the pool. On Linux the parent-death signal is sent when the thread
// that started the child ends, which for any other thread of a Go program is
// at any time; and niceness belongs to a thread and is inherited, so that the
// children are born with it and every thread of theirs has it.
//
// The scheduling policy stays the usual one. SCHED_IDLE would starve answers that
// a client waits for, and SCHED_BATCH gains nothing beside niceness: with both
// cores of a machine full of nice 10 an HTTP server's p99 was 204 µs, and 235 µs
// when those were batch as well (median of ten runs each).
type launcher struct{ starts chan func() }

func (l *launcher) start(nice int) {
	l.starts = make(chan func())
	go func() {
		// Never unlocked: the runtime ends the thread with the goroutine.
		runtime.LockOSThread()
		lowerPriority(nice)
		for start := range l.starts {
			start()
		}
	}()
}

// run calls start on the launcher's thread.
func (l *launcher) run(start func() error) error {
	result := make(chan error)
	l.starts <- func() { result <- start() }
	return <-result
}

// stop ends the thread; no child may be left.
func (l *launcher) stop() { close(l.starts) }
