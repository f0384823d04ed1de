package engine

import (
	"context"
	"math"
	"testing"
	"time"
)

// More time would have helped, though there is an hour left for the others.
func TestNetwork_AShareThatEndedIsTimeThatEnded(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	for _, c := range []struct {
		left  int
		ended bool
	}{{1, false}, {math.MaxInt, true}} {
		n := &networkQuestions{ctx: ctx, left: c.left}
		if err := n.ask(func(context.Context) error { return nil }); err != nil || n.r.TimeEnded != c.ended || ctx.Err() != nil {
			t.Errorf("of %d questions, the time of one ended: %t, want %t (%v)", c.left, n.r.TimeEnded, c.ended, err)
		}
	}
}
