package proxy

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"understudy/compare"
)

func newTestBreaker(c *clock) (*breaker, *[]BreakerSnapshot) {
	var told []BreakerSnapshot
	b := newBreaker(DefaultBreakerConfig(), c.now, func(s BreakerSnapshot) { told = append(told, s) })
	return b, &told
}

// play reports one execution per letter, each from the scan that scans names (in
// turn): c clean, s slow, e error, t timeout, v void.
func play(b *breaker, letters string, scans ...string) {
	kinds := map[rune]verdictOfExecution{'c': executionClean, 's': executionSlow, 'e': executionError, 't': executionTimeout, 'v': executionVoid}
	for i, letter := range letters {
		kind := kinds[letter]
		b.begin(scans[i%len(scans)]).end(kind, kind != executionTimeout)
	}
}

func repeat(s string, n int) string { return strings.Repeat(s, n) }

func TestBreaker_RulesOfTheTable(t *testing.T) {
	four := []string{"1", "2", "3", "4"}
	tests := []struct {
		name    string
		letters string
		scans   []string
		trigger string // "": it stays closed
	}{
		{"three errors in a row from two scans", "ccceee", four, "errors_in_a_row"},
		{"two errors in a row", "cceecc", four, ""},
		{"three errors in a row from one scan", "eee", []string{"1"}, ""},
		{"three timeouts in a row from two scans", "ttt", four, "timeouts_in_a_row"},
		{"errors and timeouts in turn are no row", "etet", four, ""},
		{"void executions break no row", "eevvve", []string{"1", "2"}, "errors_in_a_row"},
		{"six failures of 54 from three scans", repeat("ecccccccc", 5) + "cccct", four, "any_failure"},
		{"five failures of 54", repeat("ecccccccc", 5) + "ccccccccc", four, ""},
		{"a sixth failure 54 executions after the first", "e" + repeat("ccccccccce", 4) + repeat("c", 14) + "e", four, ""},
		{"six failures from two scans", repeat("ecccccccc", 6), []string{"1", "2"}, ""},
		{"eleven errors of 180, thinly spread", repeat("e"+repeat("c", 15), 10) + "e", []string{"1", "2", "3", "4", "5"}, "error_rate"},
		{"ten errors of 180", repeat("e"+repeat("c", 15), 10) + repeat("c", 15), []string{"1", "2", "3", "4", "5"}, ""},
		{"eleven errors of more than 180", repeat("e"+repeat("c", 17), 10) + "e", []string{"1", "2", "3", "4", "5"}, ""},
		{"eleven slow of 180 from four scans", repeat("s", 11), four, "slow"},
		{"ten slow", repeat("s", 10) + "c", four, ""},
		{"eleven slow from three scans", repeat("s", 11), []string{"1", "2", "3"}, ""},
		{"a slow one is no error", "sss", four, ""},
		{"timeouts do not push slow ones out", repeat("s", 10) + repeat("tccccccccccc", 20) + "s", four, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b, told := newTestBreaker(newClock())
			play(b, test.letters, test.scans...)
			if test.trigger == "" {
				if b.State() != BreakerClosed {
					t.Fatalf("tripped: %s", b.snapshot().Reason)
				}
				return
			}
			s := b.snapshot()
			if s.State != BreakerOpen || !strings.HasPrefix(s.Reason, test.trigger+":") || s.Trips != 1 || len(*told) != 1 {
				t.Fatalf("snapshot is %+v, told %d times", s, len(*told))
			}
			if s.Counts[0].Of != 0 || s.Tripped[0].Of == 0 {
				t.Error("the windows must be emptied, and what tripped kept")
			}
		})
	}
}

func TestBreaker_TenTimeoutsOf90TripAlsoWhenSpread(t *testing.T) {
	// any_failure would trip first on any real spread; the rule is looked at alone.
	var w windows
	at := newClock().now()
	for i := range 90 {
		e := execution{at: at, scan: fmt.Sprint(i % 5), verdict: executionClean, completed: true}
		if i%9 == 0 {
			e.verdict, e.completed = executionTimeout, false
		}
		w.add(e)
	}
	for _, tally := range w.tallies(at) {
		if tally.Trigger == "timeout_rate" && (!tally.Trips || tally.Bad != 10 || tally.Of != 90) {
			t.Errorf("%+v", tally)
		}
	}
}

func TestBreaker_EntriesOlderThanADayFallOut(t *testing.T) {
	c := newClock()
	b, _ := newTestBreaker(c)
	play(b, "ecececece", "1", "2", "3")
	c.advance(24 * time.Hour)
	play(b, "cececece", "1", "2", "3")
	if b.State() != BreakerClosed {
		t.Errorf("tripped: %s", b.snapshot().Reason)
	}
	play(b, "cec", "1", "2", "3")
	if b.State() != BreakerClosed {
		t.Errorf("tripped: %s", b.snapshot().Reason)
	}
	play(b, "ce", "1", "2", "3")
	if b.State() != BreakerOpen {
		t.Error("six failures within the day did not trip")
	}
}

func trip(b *breaker) { play(b, "eee", "1", "2") }

func TestBreaker_ClosesAfterCooldownAnd72CleanExecutions(t *testing.T) {
	c := newClock()
	b, told := newTestBreaker(c)
	trip(b)
	play(b, repeat("c", 200), "1") // mirrored while open: no probes
	c.advance(30*time.Minute - 1)
	if b.State() != BreakerOpen {
		t.Fatal("the cooldown was cut short")
	}
	c.advance(1)
	if b.State() != BreakerHalfOpen {
		t.Fatal("the cooldown has passed")
	}
	play(b, repeat("c", 71)+"v", "1")
	if s := b.snapshot(); s.State != BreakerHalfOpen || s.ProbesOK != 71 {
		t.Fatalf("snapshot is %+v", s)
	}
	play(b, "c", "1")
	if b.State() != BreakerClosed {
		t.Fatal("72 clean executions did not close it")
	}
	var states []BreakerState
	for _, s := range *told {
		states = append(states, s.State)
	}
	if fmt.Sprint(states) != "[open half_open closed]" {
		t.Errorf("told %v", states)
	}
}

func TestBreaker_AFailedProbeRestartsTheCooldownDoubled(t *testing.T) {
	for _, letter := range []string{"e", "t", "s"} {
		c := newClock()
		b, _ := newTestBreaker(c)
		trip(b)
		c.advance(30 * time.Minute)
		play(b, repeat("c", 50)+letter, "1")
		s := b.snapshot()
		if s.State != BreakerOpen || s.Trips != 1 || s.Until.Sub(c.now()) != time.Hour {
			t.Errorf("%s: snapshot is %+v", letter, s)
		}
		c.advance(time.Hour)
		play(b, repeat("c", 71), "1")
		if b.State() != BreakerHalfOpen {
			t.Errorf("%s: earlier probes were counted", letter)
		}
	}
}

func TestBreaker_CooldownsDoubleUpToTheirMostAndADayForgives(t *testing.T) {
	c := newClock()
	b, _ := newTestBreaker(c)
	heal := func() { c.at = b.snapshot().Until; play(b, repeat("c", 72), "1") }
	for i, want := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 8 * time.Hour} {
		trip(b)
		if got := b.snapshot().Until.Sub(c.now()); got != want {
			t.Fatalf("trip %d cools down for %s, want %s", i+1, got, want)
		}
		heal()
	}
	c.advance(3 * 24 * time.Hour) // six trips, three forgiven
	if trips := b.snapshot().Trips; trips != 3 {
		t.Errorf("%d trips count, want 3", trips)
	}
	trip(b)
	if got := b.snapshot().Until.Sub(c.now()); got != 4*time.Hour {
		t.Errorf("cools down for %s, want 4h", got)
	}
}

func TestBreaker_ACallFromBeforeTheTripIsNoProbe(t *testing.T) {
	c := newClock()
	b, _ := newTestBreaker(c)
	old := b.begin("1")
	trip(b)
	c.advance(30 * time.Minute)
	b.State()
	old.end(executionError, true)
	if b.State() != BreakerHalfOpen {
		t.Error("a call from before the trip failed the probing")
	}
	old = b.begin("1")
	play(b, repeat("c", 72), "1")
	old.end(executionError, true)
	if n := b.snapshot().Counts[0].Of; n != 0 {
		t.Errorf("%d executions in the windows, want none", n)
	}
}

func TestBreaker_NeverServesUnlessTheTableIsQuiet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newClock()
		b, _ := newTestBreaker(c)
		var all []execution // a plain record of everything since the last change
		state := BreakerClosed
		for range rapid.IntRange(1, 300).Draw(t, "n") {
			c.advance(time.Duration(rapid.IntRange(0, 7200).Draw(t, "s")) * time.Second)
			kind := rapid.SampledFrom([]verdictOfExecution{executionClean, executionClean, executionClean, executionSlow, executionError, executionTimeout}).Draw(t, "kind")
			scan := fmt.Sprint(rapid.IntRange(1, 5).Draw(t, "scan"))
			if b.State() != state {
				state, all = b.State(), nil
			}
			before := state
			b.begin(scan).end(kind, kind != executionTimeout)
			all = append(all, execution{at: c.now(), scan: scan, verdict: kind, completed: kind != executionTimeout})
			if before == BreakerClosed {
				w := windows{}
				for _, e := range all {
					w.add(e)
				}
				trips := false
				for _, tally := range w.tallies(c.now()) {
					trips = trips || tally.Trips
				}
				trips = trips && kind != executionClean // asked only on what is not clean
				if trips != (b.State() == BreakerOpen) {
					t.Fatalf("trips %v, state %s", trips, b.State())
				}
			}
			if now := b.State(); now != state {
				state, all = now, nil
			}
		}
	})
}

func TestJudgeExecution_WhatCountsAndWhatDoesNot(t *testing.T) {
	const slow, deadline = 30 * time.Second, 45 * time.Second
	unservable := fmt.Errorf("a witness fails")
	ok := compare.Reply{Status: 200, Body: []byte(`{}`), Latency: time.Second}
	with := func(change func(*compare.Reply)) compare.Reply { r := ok; change(&r); return r }
	tests := []struct {
		name     string
		reply    compare.Reply
		primary  int
		servable error
		want     verdictOfExecution
	}{
		{"clean", ok, 200, nil, executionClean},
		{"unservable", ok, 200, unservable, executionError},
		{"gave up at its budget: inconclusive", with(func(r *compare.Reply) { r.Body = []byte(`{"complete":false}`) }), 200, unservable, executionClean},
		{"slow", with(func(r *compare.Reply) { r.Latency = slow + 1 }), 200, nil, executionSlow},
		{"not yet slow", with(func(r *compare.Reply) { r.Latency = slow }), 200, nil, executionClean},
		{"past the deadline", with(func(r *compare.Reply) { r.Latency = deadline }), 200, nil, executionTimeout},
		{"timeout", compare.Reply{Failure: "timeout"}, 200, nil, executionTimeout},
		{"saturated", compare.Reply{Status: 503, Failure: "unavailable"}, 200, nil, executionVoid},
		{"canceled", compare.Reply{Failure: "canceled"}, 200, nil, executionVoid},
		{"refused", compare.Reply{Failure: "refused"}, 200, nil, executionError},
		{"reset", compare.Reply{Failure: "reset"}, 500, nil, executionError},
		{"500", compare.Reply{Status: 500}, 500, nil, executionError},
		{"422 where the primary says so too", compare.Reply{Status: 422}, 500, nil, executionVoid},
		{"422 where the primary answered", compare.Reply{Status: 422}, 200, nil, executionError},
		{"422 where the primary was not asked", compare.Reply{Status: 422}, 0, nil, executionError},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, _ := judgeExecution(test.reply, test.primary, test.servable, slow, deadline); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}
