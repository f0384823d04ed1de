package simulate

import (
	"context"
	"encoding/json"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"understudy/rollout"
)

func TestSpread_CountsWhatNeverHappenedAsLast(t *testing.T) {
	tests := []struct {
		name              string
		values            []float64
		median, p95, most float64
	}{
		{"one value is all three", []float64{4}, 4, 4, 4},
		{"the median of an even number is the lower one", []float64{4, 1, 3, 2}, 2, 4, 4},
		{"19 of 20 are 95 %", []float64{20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, 10, 19, 20},
		{"two of three happened", []float64{inf, 7, 5}, 7, inf, inf},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			want := Spread{Number(test.median), Number(test.p95), Number(test.most)}
			if got := spread(test.values); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
	if got := spread(nil); got.Median.Known() || got.P95.Known() || got.Most.Known() {
		t.Errorf("no values are %v", got)
	}
}

func TestNumber_IsNullWhereThereIsNone(t *testing.T) {
	written, err := json.Marshal(Spread{1.5, Number(math.Inf(1)), Number(math.NaN())})
	if want := `{"median":1.5,"p95":null,"most":null}`; err != nil || string(written) != want {
		t.Fatalf("%s, %v, want %s", written, err, want)
	}
	var read Spread
	if err := json.Unmarshal(written, &read); err != nil || read.Median != 1.5 || read.P95.Known() {
		t.Errorf("read %v, %v", read, err)
	}
}

func TestUntil_IsTheNumberOfTrialsThatGoWell(t *testing.T) {
	rng := stream(1, 0, ofTraffic)
	const draws, p = 200_000, 0.2
	first, sum := 0, 0
	for range draws {
		n := until(rng, p)
		sum += n
		if n == 0 {
			first++
		}
	}
	// The mean is (1-p)/p = 4, with a standard deviation of sqrt(1-p)/p = 4.47 a draw.
	if mean := float64(sum) / draws; math.Abs(mean-4) > 5*4.47/math.Sqrt(draws) {
		t.Errorf("the mean is %v, want 4", mean)
	}
	if share := float64(first) / draws; math.Abs(share-p) > 5*math.Sqrt(p*(1-p)/draws) {
		t.Errorf("%v of them fail at once, want %v", share, p)
	}
	if until(rng, 0) != math.MaxInt || until(rng, 1) != 0 {
		t.Error("what never fails fails, or what always does goes well")
	}
}

func TestStream_RunsShareNoNumbers(t *testing.T) {
	seen := map[uint64]int{}
	for i := range 1000 {
		for use := range uses {
			rng := stream(1, i, use)
			for range 4 {
				seen[rng.Uint64()]++
			}
		}
	}
	if len(seen) != 8000 {
		t.Errorf("%d different numbers of 8000", len(seen))
	}
}

// TestReport_SumsUpRunsThatWereCountedByHand has four runs of 30 days: one is at
// full after 9 days, one after 12 and trips twice on the way, one trips for a
// reason and is aborted after 15 days, one is stopped in shadow after 15.
func TestReport_SumsUpRunsThatWereCountedByHand(t *testing.T) {
	start := Move{0, rollout.Shadow, rollout.Normal}
	outcomes := []Outcome{
		{Moves: []Move{start, {2 * day, rollout.Canary1, rollout.Normal}, {9 * day, rollout.Full, rollout.Normal}}, Ended: 30 * day, Served: 100, Executions: 10},
		{
			Moves: []Move{start, {4 * day, rollout.Canary1, rollout.Normal}, {12 * day, rollout.Full, rollout.Normal}}, Ended: 30 * day, Served: 50, WouldBeWrong: 2,
			Trips: []Trip{{At: day, Trigger: rollout.TriggerErrors, ByChance: true}, {At: 5 * day, Trigger: rollout.TriggerFailures, ByChance: true}},
			Fault: &Detection{Caught: true, Trigger: rollout.TriggerErrors, Took: 90 * time.Second, Executions: 60}, Demotions: 2, Executions: 20,
		},
		{
			Moves: []Move{start, {3 * day, rollout.Canary1, rollout.Normal}, {15 * day, rollout.Canary1, rollout.Aborted}}, Ended: 15 * day, Aborts: 1,
			Trips: []Trip{{At: 15 * day, Trigger: rollout.TriggerErrors}},
			Fault: &Detection{Caught: true, Trigger: rollout.TriggerErrors, Took: 30 * time.Second, Executions: 61}, ServedWrong: 1,
		},
		{Moves: []Move{start, {15 * day, rollout.Shadow, rollout.Stopped}}, Ended: 15 * day, Stops: 1, Fault: &Detection{Executions: -7}},
	}
	c := Config{Policy: rollout.DefaultPolicy(), Candidate: DefaultCandidate(), Days: 30, Runs: 4}
	c.Candidate.Fault = &Fault{At: rollout.Shadow}
	r := newReport(c, outcomes)

	full := r.Stage(rollout.Full)
	if full.Reached != 0.5 || full.Days.Median != 12 || full.Days.P95.Known() {
		t.Errorf("full: %+v, want half of the runs, a median of 12 days and no 95th percentile", full)
	}
	if got := r.Stage(rollout.Canary1).Days; got.Median != 3 || got.Most.Known() {
		t.Errorf("canary_1: %+v, want a median of 3 days", got)
	}
	for within, want := range map[time.Duration]float64{9 * day: 0, 10 * day: 0.25, 20 * day: 0.5} {
		if got := r.ReachedWithin(rollout.Full, within); got != want {
			t.Errorf("%v at full in under %s, want %v", got, within, want)
		}
	}
	// 30 + 30 + 15 + 15 days are 3 times 30.
	trips := TripReport{PerMonth: 1, ByChance: 2.0 / 3, Runs: 0.5, Triggers: map[string]int{rollout.TriggerErrors: 2, rollout.TriggerFailures: 1}}
	if !reflect.DeepEqual(r.Trips, trips) {
		t.Errorf("trips: %+v, want %+v", r.Trips, trips)
	}
	fault := &CaughtReport{
		Began: 3, Caught: 2.0 / 3, Within60: 1.0 / 3, Triggers: map[string]int{rollout.TriggerErrors: 2},
		Executions: Spread{61, Number(inf), Number(inf)}, Seconds: Spread{90, Number(inf), Number(inf)},
	}
	if !reflect.DeepEqual(r.Fault, fault) {
		t.Errorf("fault: %+v, want %+v", r.Fault, fault)
	}
	if r.Stopped != 0.25 || r.Aborted != 0.25 || r.Demotions != 0.5 || r.Served != 37.5 || r.WouldBeWrong != 0.5 || r.ServedWrong != 0.25 || r.Executions != 30 {
		t.Errorf("got %+v", r)
	}
	ends := []End{
		{rollout.Full, rollout.Normal, 0.5}, {rollout.Canary1, rollout.Aborted, 0.25}, {rollout.Shadow, rollout.Stopped, 0.25},
	}
	if !reflect.DeepEqual(r.Ends, ends) {
		t.Errorf("ends: %+v, want %+v", r.Ends, ends)
	}
}

func TestRun_TheSeedDecidesAndNotTheCores(t *testing.T) {
	c := configured(func(c *Config) { c.Runs, c.Candidate.Behaviour = 12, Behaviour{ErrorRate: 0.02, Disagree: 0.002} })
	first := played(t, c)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if alone := played(t, c); !reflect.DeepEqual(first.outcomes, alone.outcomes) {
		t.Error("one core gives other outcomes")
	}
	c.Seed++
	if other := played(t, c); reflect.DeepEqual(first.outcomes, other.outcomes) {
		t.Error("another seed gives the same outcomes")
	}
}

func TestRun_EndsWithItsContext(t *testing.T) {
	c := configured(func(c *Config) { c.Runs = 1000 })
	ctx, cancel := context.WithCancel(t.Context())
	report, err := Run(ctx, c, func(int) { cancel() })
	if report != nil || err != context.Canceled { //nolint:errorlint // it is that one
		t.Errorf("got %v, %v", report, err)
	}
}

func TestRun_NamesTheFieldThatIsOutOfRange(t *testing.T) {
	tests := []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.Days = 0 }, "days is 0"},
		{func(c *Config) { c.Runs = -1 }, "runs is -1"},
		{func(c *Config) { c.ApproveAfter = -1 }, "approve_after is -1ns"},
		{func(c *Config) { c.Policy.Rate = 2 }, "rate is 2"},
		{func(c *Config) { c.Candidate.ScansPerDay = math.NaN() }, "scans_per_day is NaN"},
		{func(c *Config) { c.Candidate.CallsPerScan = 101 }, "calls_per_scan is 101"},
		{func(c *Config) { c.Candidate.Workers = 0 }, "workers is 0"},
		{func(c *Config) { c.Candidate.Repeats = 1.1 }, "repeats is 1.1"},
		{func(c *Config) { c.Candidate.ReverseShadow = -1 }, "reverse_shadow is -1"},
		{func(c *Config) { c.Candidate.VariationsPerHour = -1 }, "variations_per_hour is -1"},
		{func(c *Config) { c.Candidate.CloseAfter = -1 }, "close_after is -1ns"},
		{func(c *Config) { c.Candidate.Outage = Outage{time.Hour, time.Hour} }, "outage is 1h0m0s every 1h0m0s"},
		{func(c *Config) { c.Candidate.Behaviour.Disagree = 2 }, "behaviour: disagree is 2"},
		{func(c *Config) { c.Candidate.Behaviour = Behaviour{ErrorRate: 0.6, SlowRate: 0.5} }, "behaviour: sum of"},
		{func(c *Config) { c.Candidate.Fault = &Fault{} }, "fault at is off"},
		{func(c *Config) { c.Candidate.Fault = &Fault{At: rollout.Full, Within: -1} }, "fault within is -1ns"},
		{func(c *Config) { c.Candidate.Fault = &Fault{At: rollout.Full, Behaviour: Behaviour{SlowRate: -1}} }, "fault: slow_rate is -1"},
	}
	for _, test := range tests {
		if _, err := Run(t.Context(), configured(test.change), nil); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got %v, want it to say %q", err, test.want)
		}
	}
}

func played(t *testing.T, c Config) *Report {
	t.Helper()
	r, err := Run(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
