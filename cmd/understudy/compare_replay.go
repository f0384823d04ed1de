package main

import (
	"context"
	"path"
	"sync"
	"time"

	"understudy/compare"
)

// subject is what is asked about together: a network file, or a stored exchange.
type subject struct {
	name string
	// load gives its questions; it is called when their turn has come, so that
	// a folder of networks is never in memory as a whole.
	load func(ctx context.Context) ([]question, error)
}

// question is one request of a replay.
type question struct {
	path               string // such as /analyze/top-tier
	body               []byte
	primary, candidate *compare.Reply // as stored; nil: not stored
}

func (q question) analysis() string { return path.Base(q.path) }

// comparison is one question with what became of it.
type comparison struct {
	judged
	Faulty      int     `json:"faulty_nodes,omitempty"` // how many the request names
	PrimaryMS   float64 `json:"primary_ms"`
	CandidateMS float64 `json:"candidate_ms"`

	primary, candidate time.Duration
	same               map[string]bool // with --noise: by metric, whether both answers have one value
}

// subjectReport is what came out for one subject.
type subjectReport struct {
	Source  string          `json:"source"`
	Verdict compare.Verdict `json:"verdict,omitempty"` // the gravest one
	// Problem says why nothing was asked.
	Problem     string       `json:"problem,omitempty"`
	Comparisons []comparison `json:"comparisons"`

	left int // questions under way; the collector's alone
}

// replay asks questions and collects what comes back.
type replay struct {
	compare  func(ctx context.Context, q question) comparison
	parallel int
	progress *progress
	each     func(*subjectReport) // called as subjects are done, by one goroutine
}

// task is one question on its way to whoever is free, and back.
type task struct {
	report *subjectReport
	at     int
	q      question
	result comparison
	// whole is a report that needs no answer: there is nothing to ask.
	whole bool
}

// run asks about all subjects. When ctx ends it lets go of what is not done.
func (r *replay) run(ctx context.Context, subjects []subject) {
	todo, done := make(chan task), make(chan task)
	var workers sync.WaitGroup
	for range r.parallel {
		workers.Go(func() {
			for t := range todo {
				t.result = r.compare(ctx, t.q)
				done <- t
			}
		})
	}
	go func() {
		r.produce(ctx, subjects, todo, done)
		close(todo)
		workers.Wait()
		close(done)
	}()
	r.progress.expect(len(subjects))
	for t := range done {
		if ctx.Err() != nil {
			continue // an answer that may have been cut short
		}
		r.collect(t)
	}
	r.progress.end()
}

// produce loads one subject after the other, as fast as they are asked.
func (r *replay) produce(ctx context.Context, subjects []subject, todo, done chan<- task) {
	for _, s := range subjects {
		if ctx.Err() != nil {
			return
		}
		report := &subjectReport{Source: s.name, Comparisons: []comparison{}}
		questions, err := s.load(ctx)
		if err != nil {
			report.Problem = err.Error()
		}
		if len(questions) == 0 {
			done <- task{report: report, whole: true}
			continue
		}
		report.Comparisons, report.left = make([]comparison, len(questions)), len(questions)
		r.progress.learn(len(questions))
		for i, q := range questions {
			todo <- task{report: report, at: i, q: q}
		}
	}
}

func (r *replay) collect(t task) {
	if !t.whole {
		t.report.Comparisons[t.at] = t.result
		t.report.Verdict = worst(t.report.Verdict, t.result.Verdict)
		t.report.left--
	}
	r.progress.step(t.whole)
	if t.report.left == 0 {
		r.each(t.report)
	}
}
