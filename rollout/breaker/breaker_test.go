package breaker_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"understudy/rollout"
	"understudy/rollout/breaker"
)

func TestBreaker_OpensByEachRuleOfTheTable(t *testing.T) {
	four := []string{"1", "2", "3", "4"}
	five := []string{"1", "2", "3", "4", "5"}
	tests := []struct {
		name    string
		letters string
		scans   []string
		trigger string // "": it stays closed
		behind  int    // exchanges
	}{
		{"three errors in a row from two scans", "ccceee", four, rollout.TriggerErrorRun, 3},
		{"two errors in a row", "cceecc", four, "", 0},
		{"three errors in a row from one scan", "eee", []string{"1"}, "", 0},
		{"three timeouts in a row from two scans", "ttt", four, rollout.TriggerTimeoutRun, 3},
		{"errors and timeouts in turn are no row", "etet", four, "", 0},
		{"void executions break no row and count in none", "eevvve", []string{"1", "2"}, rollout.TriggerErrorRun, 3},
		{"six failures of 54 from three scans", repeat("ecccccccc", 5) + "cccct", four, rollout.TriggerFailures, 6},
		{"five failures of 54", repeat("ecccccccc", 5) + "ccccccccc", four, "", 0},
		{"eleven errors of 180, thinly spread", repeat("e"+repeat("c", 15), 10) + "e", five, rollout.TriggerErrors, 11},
		{"ten errors of 180", repeat("e"+repeat("c", 15), 10) + repeat("c", 15), five, "", 0},
		{"eleven slow of 180 from four scans", repeat("s", 11), four, rollout.TriggerSlow, 11},
		{"ten slow", repeat("s", 10) + "c", four, "", 0},
		{"eleven slow from three scans", repeat("s", 11), []string{"1", "2", "3"}, "", 0},
		{"timeouts do not push slow ones out", repeat("s", 10) + repeat("tccccccccccc", 15) + "s", four, rollout.TriggerSlow, 11},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := fresh(t)
			f.play(test.letters, test.scans...)
			if test.trigger == "" {
				f.want(breaker.Closed, 0, 0, 0)
				return
			}
			f.want(breaker.Open, 1, 0, 0)
			spoke := f.spoke[0]
			if spoke.Trigger != test.trigger || !strings.HasPrefix(spoke.Reason, test.trigger+": ") || len(spoke.Exchanges) != test.behind {
				t.Errorf("it said %+v", spoke)
			}
			s := f.Snapshot()
			if s.Tallies[0].Of != 0 || spoke.Tallies[0].Of == 0 {
				t.Error("the windows must be emptied, and what spoke kept")
			}
			if s.Last == nil || s.Last.Reason != spoke.Reason || !s.Since.Equal(f.at) {
				t.Errorf("the snapshot is %+v", s)
			}
		})
	}
}

func TestBreaker_TheDataPlaneSeesATripBeforeAnybodyIsTold(t *testing.T) {
	var b *breaker.Breaker
	told := false
	b = breaker.New(breaker.Config{Policy: rollout.DefaultPolicy(), Hooks: breaker.Hooks{Spoke: func(rollout.Spoke) {
		told = true
		if b.Closed() {
			t.Error("it was closed when it said that it opened")
		}
		b.Set(breaker.Closed, nil, true) // as in dry_run; no lock is held
	}}})
	for i := range 3 {
		b.Begin(fmt.Sprint(i), "").End(rollout.Errored, false)
	}
	if !told || !b.Closed() {
		t.Errorf("told %v, closed %v", told, b.Closed())
	}
}

func TestBreaker_NamesTheLastExchangesUpToThoseThatAreProbed(t *testing.T) {
	policy := rollout.DefaultPolicy()
	policy.Probes = 4
	f := with(t, policy)
	f.play(repeat("s", 11), "1", "2", "3", "4")
	if got := fmt.Sprint(f.spoke[0].Exchanges); got != "[8 9 10 11]" {
		t.Errorf("behind it are %s", got)
	}
}

func TestBreaker_EntriesOlderThanADayFallOut(t *testing.T) {
	f := fresh(t)
	f.play("ecececece", "1", "2", "3")
	f.advance(24 * time.Hour)
	f.play("cececece", "1", "2", "3")
	f.want(breaker.Closed, 0, 0, 0)
	f.play("cec", "1", "2", "3")
	f.want(breaker.Closed, 0, 0, 0)
	f.play("ce", "1", "2", "3") // the sixth failure of the day
	f.want(breaker.Open, 1, 0, 0)
}

func TestBreaker_NothingButSetTakesItBack(t *testing.T) {
	f := fresh(t)
	f.trip()
	f.play(repeat("c", 500), "1", "2")
	f.advance(30 * 24 * time.Hour)
	f.SelfTest(true)
	f.Expire()
	f.Wrong("x", "is wrong")
	f.play(repeat("e", 500), "1", "2")
	f.want(breaker.Open, 1, 0, 0)
	f.Set(breaker.Open, []string{"1"}, true)
	f.want(breaker.Open, 1, 0, 0)
	f.Set(breaker.Closed, nil, false)
	f.want(breaker.Closed, 1, 0, 0)
	if s := f.Snapshot(); s.Tallies[0].Of != 0 || s.FailedSelfTests != 0 {
		t.Errorf("something of before is counted: %+v", s)
	}
}

func TestBreaker_SetChangesNothingThatIsSoAlready(t *testing.T) {
	f := fresh(t)
	f.play("ee", "1", "2")
	f.advance(time.Minute)
	f.Set(breaker.Closed, nil, true)
	if s := f.Snapshot(); s.Tallies[0].Bad != 2 || !s.Since.Equal(f.at.Add(-time.Minute)) {
		t.Errorf("the windows were emptied: %+v", s)
	}
	f.play("e", "1")
	f.want(breaker.Open, 1, 0, 0)
}

func TestBreaker_AnExecutionFromAnotherStateSaysNothing(t *testing.T) {
	f := fresh(t)
	old := f.Begin("1", "old")
	f.trip()
	f.Set(breaker.HalfOpen, nil, false)
	success := f.Snapshot().LastSuccess
	f.advance(time.Second)
	old.End(rollout.Errored, true)
	f.want(breaker.HalfOpen, 1, 0, 0)
	old = f.Begin("1", "old")
	f.Set(breaker.Closed, nil, false)
	old.End(rollout.Clean, true)
	if s := f.Snapshot(); s.Tallies[0].Of != 0 || !s.LastSuccess.Equal(success) {
		t.Errorf("it counted: %+v", s)
	}
}

func TestBreaker_AnExecutionEndsOnce(t *testing.T) {
	f := fresh(t)
	run := f.Begin("1", "1")
	run.End(rollout.Errored, true)
	run.End(rollout.Errored, true)
	run.Void()
	run = f.Begin("2", "2")
	run.Void()
	run.End(rollout.Errored, true)
	var none *breaker.Run
	none.End(rollout.Errored, true)
	none.Void()
	if tally := f.Snapshot().Tallies[0]; tally.Of != 1 {
		t.Errorf("%+v", tally)
	}
}

func TestBreaker_DrainsWhatWasCountedInEveryState(t *testing.T) {
	f := fresh(t)
	f.play("csetv", "1")
	f.SelfTest(true)
	f.SelfTest(false)
	want := rollout.Entry{SelfTests: 2, SelfTestsPassed: 1, Executions: 4, Failed: 2, Completed: 3, Slow: 1}
	if got := f.Drain(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	f.trip()
	f.Drain()
	f.play("cc", "1")
	f.SelfTest(false)
	if got := f.Drain(); got != (rollout.Entry{SelfTests: 1, Executions: 2, Completed: 2}) {
		t.Errorf("while open: %+v", got)
	}
	if got := f.Drain(); got != (rollout.Entry{}) {
		t.Errorf("drained twice: %+v", got)
	}
}

func TestBreaker_ItsSnapshotShowsEveryTriggerBesideItsLimits(t *testing.T) {
	f := fresh(t)
	f.play("eet", "1")
	f.advance(90 * time.Second)
	f.SelfTest(false)
	f.SelfTest(false)
	var got []string
	s := f.Snapshot()
	for _, tally := range s.Tallies {
		got = append(got, fmt.Sprintf("%s %d/%d %d/%d", tally.Trigger, tally.Bad, tally.Limit, tally.Scans, tally.Least))
	}
	want := "error_rate 2/11 1/4, timeout_rate 1/10 1/3, any_failure 3/6 1/3, slow 0/11 0/4, errors_in_a_row 0/3 0/2, " +
		"timeouts_in_a_row 1/3 1/2, unavailable 90/300 0/0, self_test 2/4 0/0, wrong_answer 0/1 0/0"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %s", strings.Join(got, ", "))
	}
	if s.FailedSelfTests != 2 || s.Probes != 72 || s.Last != nil {
		t.Errorf("the snapshot is %+v", s)
	}
}

func TestBreaker_OpensExactlyWhenARuleOfTheWindowsSaysSo(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := fresh(t)
		var w rollout.Windows
		kinds := []rollout.Result{rollout.Clean, rollout.Clean, rollout.Clean, rollout.Slow, rollout.Errored, rollout.TimedOut}
		for i := range rapid.IntRange(1, 300).Draw(rt, "n") {
			f.advance(time.Duration(rapid.IntRange(0, 250).Draw(rt, "s")) * time.Second)
			kind := rapid.SampledFrom(kinds).Draw(rt, "kind")
			scan := fmt.Sprint(rapid.IntRange(1, 5).Draw(rt, "scan"))
			f.SelfTest(true) // it is there
			f.Begin(scan, fmt.Sprint(i)).End(kind, kind != rollout.TimedOut)
			w.Add(rollout.Execution{At: f.at, Scan: scan, Exchange: fmt.Sprint(i), Result: kind, Completed: kind != rollout.TimedOut})
			trips := false
			for _, tally := range w.Tallies(f.at) {
				trips = trips || tally.Trips
			}
			if trips == f.Closed() || trips != (len(f.spoke) == 1) {
				rt.Fatalf("after %d executions the windows say %v, closed %v, told %d times", i+1, trips, f.Closed(), len(f.spoke))
			}
			if trips {
				return
			}
		}
	})
}

func TestBreaker_ManyReportAtTheSameTimeAndOneTripIsTold(t *testing.T) {
	var mu sync.Mutex // guards told
	told := 0
	b := breaker.New(breaker.Config{Policy: rollout.DefaultPolicy(), Hooks: breaker.Hooks{Spoke: func(rollout.Spoke) {
		mu.Lock()
		defer mu.Unlock()
		told++
	}}})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 200 {
				result := rollout.Errored
				if j%3 == 0 {
					result = rollout.Clean
				}
				b.Begin(fmt.Sprint(i), fmt.Sprint(j)).End(result, true)
				b.Closed()
				b.Snapshot()
				b.Expire()
			}
		})
	}
	all.Wait()
	if told != 1 || b.Closed() {
		t.Errorf("told %d times, closed %v", told, b.Closed())
	}
}

func BenchmarkBreaker_ACleanExecution(b *testing.B) {
	f := fresh(b)
	for b.Loop() {
		f.Begin("1", "1").End(rollout.Clean, true)
	}
}
