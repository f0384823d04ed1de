package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// progress is one line on standard error that is drawn again and again, where a
// person looks at it; else it is nothing. Its methods may be called from any
// goroutine.
type progress struct {
	out   io.Writer // nil: nobody looks
	start time.Time

	mu       sync.Mutex // guards what follows
	subjects int        // not loaded yet
	known    int        // steps of those that are
	loaded   int
	done     int
	drawn    time.Time
}

// redrawEvery bounds how often the line is drawn.
const redrawEvery = 100 * time.Millisecond

func newProgress(stderr io.Writer) *progress {
	p := &progress{start: time.Now()}
	if isTerminal(stderr) {
		p.out = stderr
	}
	return p
}

// expect says how many subjects there are.
func (p *progress) expect(subjects int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.subjects = subjects
}

// learn says how many steps one more of them takes.
func (p *progress) learn(steps int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known += steps
	p.loaded++
}

// step counts one that is done; skipped: it is all of its subject.
func (p *progress) step(skipped bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if skipped {
		p.known++
		p.loaded++
	}
	p.done++
	if p.out == nil || time.Since(p.drawn) < redrawEvery && p.done < p.total() {
		return
	}
	p.drawn = time.Now()
	fmt.Fprintf(p.out, "\r%s\x1b[K", p.line(time.Since(p.start)))
}

// total is how many steps there are, as far as is known: subjects that are not
// loaded yet count as much as the others on average.
func (p *progress) total() int {
	if p.loaded == 0 {
		return p.subjects
	}
	return p.known + max(0, p.subjects-p.loaded)*p.known/p.loaded
}

// line is what is drawn: a bar, how many of how many, how long so far.
func (p *progress) line(took time.Duration) string {
	const width = 30
	total := max(p.total(), p.done, 1)
	filled := width * p.done / total
	return fmt.Sprintf("[%s%s] %d of %d, %s", strings.Repeat("#", filled), strings.Repeat(".", width-filled), p.done, total, took.Round(time.Second))
}

// end takes the line away.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.out != nil {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
