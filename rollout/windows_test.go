package rollout_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"understudy/rollout"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// played adds one execution per letter, each from the scan that scans names (in
// turn) and of exchange "0", "1"...: c clean, s slow, e error, t timeout.
func played(letters string, scans ...string) *rollout.Windows {
	var w rollout.Windows
	for i, letter := range letters {
		result := rollout.Result(strings.IndexRune("cset", letter))
		w.Add(rollout.Execution{
			At: noon, Scan: scans[i%len(scans)], Exchange: fmt.Sprint(i),
			Result: result, Completed: result != rollout.TimedOut,
		})
	}
	return &w
}

func tripping(tallies []rollout.Tally) (triggers []string) {
	for _, t := range tallies {
		if t.Trips {
			triggers = append(triggers, t.Trigger)
		}
	}
	return triggers
}

func times(s string, n int) string { return strings.Repeat(s, n) }

func TestWindows_TripByTheRulesOfTheTable(t *testing.T) {
	one, two, three := []string{"1"}, []string{"1", "2"}, []string{"1", "2", "3"}
	four, five := []string{"1", "2", "3", "4"}, []string{"1", "2", "3", "4", "5"}
	seven := []string{"1", "2", "3", "4", "5", "6", "7"}
	tests := []struct {
		name    string
		letters string
		scans   []string
		want    string
	}{
		{"nothing yet", "", one, ""},
		{"three errors in a row from two scans", "ccceee", four, "errors_in_a_row"},
		{"two errors in a row", "cceecc", four, ""},
		{"three errors in a row from one scan", "eee", one, ""},
		{"three timeouts in a row from two scans", "ttt", two, "timeouts_in_a_row"},
		{"three timeouts in a row from one scan", "ttt", one, ""},
		{"two timeouts in a row", "tt", two, ""},
		{"errors and timeouts in turn are no row", "etet", four, ""},
		{"a slow one ends a row", "eese", four, ""},
		{"six failures of 54 from three scans", times("ecccccccc", 5) + "cccct", four, "any_failure"},
		{"five failures of 54", times("ecccccccc", 5) + "ccccccccc", four, ""},
		{"six failures, the first one 54 back", spread("e", 6, 54), five, "any_failure"},
		{"six failures, the first one 55 back", spread("e", 6, 55), five, ""},
		{"six failures from two scans", times("ecccccccc", 6), two, ""},
		{"eleven errors of 180", spread("e", 11, 180), seven, "error_rate"},
		{"ten errors of 180", spread("e", 10, 180), seven, ""},
		{"eleven errors, the first one 181 back", spread("e", 11, 181), seven, ""},
		{"eleven errors from four scans", spread("e", 11, 171), four, "error_rate"},
		{"eleven errors from three scans", spread("e", 11, 171), three, ""},
		{"ten timeouts of 90", spread("t", 10, 90), seven, "timeout_rate any_failure"},
		{"eleven slow of 180 from four scans", times("s", 11), four, "slow"},
		{"ten slow", times("s", 10) + "c", four, ""},
		{"eleven slow from three scans", times("s", 11), three, ""},
		{"slow ones are no errors", "sss", four, ""},
		{"timeouts do not push slow ones out", times("s", 10) + times("tcccccccccccc", 12) + "s", five, "slow"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := strings.Join(tripping(played(test.letters, test.scans...).Tallies(noon)), " ")
			if got != test.want {
				t.Errorf("%q trips, want %q", got, test.want)
			}
		})
	}
}

// spread gives n executions of a kind among clean ones: the first and the last
// of all, and as evenly between as can be.
func spread(letter string, n, length int) string {
	letters := []byte(times("c", length))
	for i := range n {
		letters[i*(length-1)/(n-1)] = letter[0]
	}
	return string(letters)
}

func TestWindows_TheTimeoutRuleAlone(t *testing.T) {
	// Where ten timeouts of 90 meet, six of 54 do too; so the rule is looked at alone.
	for _, test := range []struct {
		name    string
		letters string
		scans   []string
		trips   bool
	}{
		{"ten of 90", spread("t", 10, 90), []string{"1", "2", "3", "4"}, true},
		{"ten, the first one 91 back", spread("t", 10, 91), []string{"1", "2", "3", "4"}, false},
		{"nine of 90", spread("t", 9, 90), []string{"1", "2", "3", "4"}, false},
		{"ten of 50, more than their share", spread("t", 10, 50), []string{"1", "2", "3"}, true},
		{"ten of 90 from two scans", spread("t", 10, 90), []string{"1", "2"}, false},
	} {
		tally := played(test.letters, test.scans...).Tallies(noon)[1]
		if tally.Trigger != rollout.TriggerTimeouts || tally.Trips != test.trips {
			t.Errorf("%s: %+v, want trips %v", test.name, tally, test.trips)
		}
	}
}

func TestWindows_CarryTheLimitsAndTheOrderOfTheTriggers(t *testing.T) {
	tallies := played("", "1").Tallies(noon)
	var got []string
	for i, tally := range tallies {
		if tally.Trigger != rollout.Triggers()[i] {
			t.Errorf("%d. is %s", i, tally.Trigger)
		}
		got = append(got, fmt.Sprintf("%s %d/%d", tally.Trigger, tally.Limit, tally.Least))
	}
	want := "error_rate 11/4, timeout_rate 10/3, any_failure 6/3, slow 11/4, errors_in_a_row 3/2, timeouts_in_a_row 3/2"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %s", strings.Join(got, ", "))
	}
}

func TestWindows_AnExecutionFallsOutAtTheAgeOfADay(t *testing.T) {
	w := played("eee", "1", "2")
	if got := tripping(w.Tallies(noon.Add(24*time.Hour - 1))); len(got) != 1 {
		t.Errorf("just before the day is over %v trip", got)
	}
	tallies := w.Tallies(noon.Add(24 * time.Hour))
	if len(tripping(tallies)) != 0 || tallies[0].Of != 0 {
		t.Errorf("a day later: %+v", tallies)
	}
}

func TestWindows_ResetForgetsAll(t *testing.T) {
	w := played(times("e", 400), "1", "2")
	w.Reset()
	for _, tally := range w.Tallies(noon) {
		if tally.Of != 0 || tally.Bad != 0 || tally.Trips {
			t.Errorf("%+v", tally)
		}
	}
	if behind := w.Behind(rollout.TriggerErrors, noon, 72); behind != nil {
		t.Errorf("behind it: %v", behind)
	}
}

func TestWindows_NameTheExchangesBehindATrigger(t *testing.T) {
	w := played("ectcesceee", "1", "2")
	for _, test := range []struct {
		trigger string
		most    int
		want    string
	}{
		{rollout.TriggerErrorRun, 72, "[7 8 9]"},
		{rollout.TriggerErrors, 72, "[0 4 7 8 9]"},
		{rollout.TriggerErrors, 2, "[8 9]"},
		{rollout.TriggerFailures, 72, "[0 2 4 7 8 9]"},
		{rollout.TriggerSlow, 72, "[5]"},
		{rollout.TriggerTimeoutRun, 72, "[]"},
		{rollout.TriggerWrongAnswer, 72, "[]"},
	} {
		if got := fmt.Sprint(w.Behind(test.trigger, noon, test.most)); got != test.want {
			t.Errorf("%s, at most %d: %s, want %s", test.trigger, test.most, got, test.want)
		}
	}
}

// naive counts as the table says it, over a plain list of all executions.
func naive(all []rollout.Execution, now time.Time) (tallies []rollout.Tally) {
	all = slices.DeleteFunc(slices.Clone(all), func(e rollout.Execution) bool { return now.Sub(e.At) >= 24*time.Hour })
	last := func(n int, list []rollout.Execution) []rollout.Execution { return list[max(0, len(list)-n):] }
	completed := slices.DeleteFunc(slices.Clone(all), func(e rollout.Execution) bool { return !e.Completed })
	row := func(result rollout.Result) []rollout.Execution {
		from := len(all)
		for from > 0 && all[from-1].Result == result {
			from--
		}
		return last(180, all[from:])
	}
	count := func(trigger string, list []rollout.Execution, limit, least int, of ...rollout.Result) {
		bad, scans := 0, map[string]bool{}
		for _, e := range list {
			if slices.Contains(of, e.Result) {
				bad++
				scans[e.Scan] = true
			}
		}
		tallies = append(tallies, rollout.Tally{
			Trigger: trigger, Bad: bad, Of: len(list), Scans: len(scans), Limit: limit, Least: least,
			Trips: bad >= limit && len(scans) >= least,
		})
	}
	count("error_rate", last(180, all), 11, 4, rollout.Errored)
	count("timeout_rate", last(90, all), 10, 3, rollout.TimedOut)
	count("any_failure", last(54, all), 6, 3, rollout.Errored, rollout.TimedOut)
	count("slow", last(180, completed), 11, 4, rollout.Slow)
	count("errors_in_a_row", row(rollout.Errored), 3, 2, rollout.Errored)
	count("timeouts_in_a_row", row(rollout.TimedOut), 3, 2, rollout.TimedOut)
	return tallies
}

func TestWindows_CountAsTheTableSaysIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var w rollout.Windows
		var all []rollout.Execution
		now := noon
		bad := rapid.SampledFrom([]int{1, 5, 20, 90}).Draw(t, "bad of 100")
		seconds := rapid.SampledFrom([]int{1, 60, 900}).Draw(t, "seconds")
		random := rapid.Uint64().Draw(t, "seed")
		draw := func(n int) int { // xorshift: rapid's own draws are slow
			random ^= random << 13
			random ^= random >> 7
			random ^= random << 17
			return int(random % uint64(n))
		}
		random |= 1
		for i := range rapid.IntRange(1, 600).Draw(t, "executions") {
			now = now.Add(time.Duration(draw(2*seconds)) * time.Second)
			e := rollout.Execution{At: now, Scan: fmt.Sprint(draw(6)), Exchange: fmt.Sprint(i), Completed: draw(4) > 0}
			if draw(100) < bad {
				e.Result = rollout.Result(1 + draw(3))
			}
			w.Add(e)
			all = append(all, e)
			if got, want := w.Tallies(now), naive(all, now); !slices.Equal(got, want) {
				t.Fatalf("after %d executions\n%+v, want\n%+v", i+1, got, want)
			}
		}
	})
}

func TestWindows_AddingTakesNoMemory(t *testing.T) {
	w := played("e", "1")
	e := rollout.Execution{At: noon, Scan: "1", Exchange: "1", Completed: true}
	if n := testing.AllocsPerRun(1000, func() { w.Add(e) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkWindows_Add(b *testing.B) {
	var w rollout.Windows
	e := rollout.Execution{At: noon, Scan: "1", Exchange: "1", Completed: true}
	for b.Loop() {
		w.Add(e)
	}
}

func BenchmarkWindows_Tallies(b *testing.B) {
	w := played(times("ecccccccc", 40), "1", "2", "3")
	for b.Loop() {
		w.Tallies(noon)
	}
}
