package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"understudy/bench/peers"
)

// peer answers a question within a limit.
type peer interface {
	Ask(ctx context.Context, q peers.Question, limit time.Duration) peers.Outcome
}

var (
	_ peer = peers.Understudy{}
	_ peer = peers.Scanner{}
	_ peer = peers.Native{}
)

// field is who is there to be asked.
type field struct {
	ours peer
	// core is ours about the network's core; other gives ours with the engine that the answer was not found with.
	core    peer
	other   func(algorithm string) peer // nil: not asked
	scanner peer                        // nil: not asked
	native  peer                        // nil: not asked
	close   func()
}

// setUp finds or starts the peers. A peer that can't be had is left out with a note; without our own program there is nothing to measure.
func (c *config) setUp(ctx context.Context, log io.Writer) (*field, []string, error) {
	binary, err := filepath.Abs(c.binary)
	if err == nil {
		_, err = os.Stat(binary)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("find this project's program (make build): %w", err)
	}
	ours := peers.Understudy{Binary: binary, Engine: "auto", Semantics: "raw"}
	core := ours
	core.Semantics = "rust"
	f := &field{ours: ours, core: core, close: func() {}}
	var notes []string
	leaveOut := func(err error) {
		fmt.Fprintln(log, "bench:", err)
		notes = append(notes, err.Error())
	}
	for _, name := range others {
		if !slices.Contains(c.peers, name) {
			notes = append(notes, fmt.Sprintf("%s was not asked", name))
		}
	}
	if slices.Contains(c.peers, peers.Second) {
		f.other = func(algorithm string) peer { return otherEngine(ours, algorithm) }
	}
	if slices.Contains(c.peers, peers.RustScanner) {
		if service, err := peers.StartService(ctx, c.scanner, log); err != nil {
			leaveOut(err)
		} else {
			f.scanner, f.close = peers.Scanner{URL: service.URL}, service.Stop
		}
	}
	if slices.Contains(c.peers, peers.FBASAnalyzer) {
		program, err := peers.InstallNative(ctx, c.native, log)
		switch {
		case errors.Is(err, peers.ErrNoCargo) || err != nil && ctx.Err() == nil:
			leaveOut(err)
		case err == nil:
			f.native = peers.Native{Binary: program}
		}
	}
	return f, notes, ctx.Err()
}

// otherEngine is branch and bound where SAT found the answer, SAT where anything else did.
func otherEngine(ours peers.Understudy, algorithm string) peer {
	second := ours
	second.Engine = "gophersat"
	if strings.Contains(algorithm, "sat") {
		second.Engine = "bnb"
	}
	return second
}
