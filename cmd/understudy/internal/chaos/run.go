package chaos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// Launch starts a sidecar for a target and fills in where it is; stop ends it and
// says what was wrong with its end.
type Launch func(ctx context.Context, t *Target) (stop func() error, err error)

// Run is how faults are tried.
type Run struct {
	Length  time.Duration // of the load with the fault
	Primary *Primary
	Launch  Launch
	Dir     string // below which each target has a folder
	// Measure runs the load as long with the mirror off, too, half of it before and half
	// after, so that what a fault adds is known.
	Measure bool

	off  *Target // the sidecar with the mirror off
	stop func() error
	well []Expected // what the primary says that nothing ails
}

// Row is what came of a fault.
type Row struct {
	Fault   Fault
	Strikes int64
	Off, On Tally
	Missing string // why it could not be tried here; "" if it was
}

// ErrNotHere says that this machine does not let a fault be done.
var ErrNotHere = errors.New("not possible here")

// Open starts the sidecar with the mirror off, which all rows share, if there is to be
// one.
func (r *Run) Open(ctx context.Context) (err error) {
	r.stop = func() error { return nil }
	if !r.Measure {
		return nil
	}
	if r.off, err = r.target("off"); err != nil {
		return err
	}
	r.stop, err = r.Launch(ctx, r.off)
	return err
}

// Close ends it.
func (r *Run) Close() error { return r.stop() }

// Row tries one fault. An error says that it could not be tried, not that a client
// saw a difference.
func (r *Run) Row(ctx context.Context, f Fault) (row Row, err error) {
	row.Fault = f
	if err := r.Primary.Behave(f.Primary); err != nil {
		return row, err
	}
	defer func() { err = errors.Join(err, r.Primary.Behave(Behaviour{})) }()
	expected, err := r.expect(ctx, f.Primary)
	if err != nil {
		return row, err
	}
	load := Load{Primary: r.Primary, Expected: expected, Reconnect: f.Reconnect}
	row.Off = r.unmirrored(ctx, load)
	load.Allow = f.allowance()
	if row.On, row.Strikes, err = r.struck(ctx, f, load); err != nil {
		if errors.Is(err, ErrNotHere) {
			row.Missing, err = err.Error(), nil
		}
		return row, err
	}
	load.Allow = Allowance{}
	row.Off = row.Off.Add(r.unmirrored(ctx, load))
	return row, nil
}

// expect asks a primary that nothing ails only once.
func (r *Run) expect(ctx context.Context, does Behaviour) (expected []Expected, err error) {
	if does != (Behaviour{}) {
		return r.Primary.Expect(ctx)
	}
	if r.well == nil {
		r.well, err = r.Primary.Expect(ctx)
	}
	return r.well, err
}

// unmirrored is one half of the load with the mirror off.
func (r *Run) unmirrored(ctx context.Context, load Load) (t Tally) {
	if r.Measure {
		t = r.phase(ctx, load, r.off.Data, r.Length/2)
	}
	return t
}

// struck is the phase with the fault: the sidecar is its own, and is gone afterwards.
func (r *Run) struck(ctx context.Context, f Fault, load Load) (on Tally, strikes int64, err error) {
	t, err := r.target(f.Stage)
	if err != nil {
		return on, 0, err
	}
	defer t.Close()
	if f.Prepare != nil {
		if err := f.Prepare(ctx, t); err != nil {
			return on, 0, fmt.Errorf("prepare %s: %w", f.Name, err)
		}
	}
	end, err := r.Launch(ctx, t)
	if err != nil {
		return on, 0, err
	}
	defer func() { err = errors.Join(err, end()) }()
	faulty, cancel := context.WithCancel(ctx)
	defer cancel()
	if f.Stage == full {
		done := make(chan struct{})
		go func() {
			defer close(done)
			insist(faulty, t)
		}()
		defer func() { cancel(); <-done }()
	}
	if f.Start != nil {
		stop, err := f.Start(faulty, t)
		if err != nil {
			return on, 0, fmt.Errorf("start %s: %w", f.Name, err)
		}
		defer stop()
	} else {
		t.Struck()
	}
	on = r.phase(ctx, load, t.Data, r.Length)
	if strikes = t.struck.Load(); strikes == 0 {
		err = fmt.Errorf("%s: the fault never struck in %d requests", f.Name, on.Requests)
	}
	return on, strikes, err
}

func (r *Run) phase(ctx context.Context, load Load, base string, length time.Duration) Tally {
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	return load.Run(ctx, base)
}

func (r *Run) target(stage string) (*Target, error) {
	dir, err := os.MkdirTemp(r.Dir, stage+"-")
	if err != nil {
		return nil, fmt.Errorf("make folder of a target: %w", err)
	}
	t := &Target{Dir: dir, Stage: stage, Primary: r.Primary}
	t.Store = t.File("understudy.db")
	return t, nil
}
