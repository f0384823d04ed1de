package main

import (
	"bytes"
	"context"
	"testing"
	"time"
)

func TestReplay_EndsWithItsContextAndKeepsWhatIsDone(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var done []string
	r := replay{parallel: 2, progress: newProgress(&bytes.Buffer{}), each: func(s *subjectReport) {
		done = append(done, s.Source)
		cancel()
	}}
	r.compare = func(ctx context.Context, q question) comparison {
		if q.path != "first" {
			<-ctx.Done()
		}
		return comparison{}
	}
	one := func(name string) subject {
		return subject{name, func(context.Context) ([]question, error) { return []question{{path: name}}, nil }}
	}
	r.run(ctx, []subject{one("first"), one("second"), one("third"), one("fourth")})
	if len(done) != 1 || done[0] != "first" {
		t.Errorf("done %v, want the first alone", done)
	}
}

func TestProgress_CountsWhatItDoesNotKnowYetAsTheOthersOnAverage(t *testing.T) {
	p := newProgress(&bytes.Buffer{})
	p.expect(3)
	p.learn(18)
	for range 9 {
		p.step(false)
	}
	if got := p.line(90 * time.Second); got != "[#####.........................] 9 of 54, 1m30s" {
		t.Errorf("got %q", got)
	}
	p.step(true) // a subject with nothing to ask
	if got := p.total(); got != 28 {
		t.Errorf("%d steps, want 18, 1, and 9 on average", got)
	}
	p.learn(18)
	if got := p.total(); got != 37 {
		t.Errorf("%d steps, want 37", got)
	}
	p.end()
}
