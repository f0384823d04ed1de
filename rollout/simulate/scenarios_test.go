package simulate

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/rollout"
)

var (
	scenarioRuns = flag.Int("runs", fewRuns, "runs of each scenario; the guide shows 1000")
	update       = flag.Bool("update", false, "write the tables and the plot of the guide")
)

// guide is the file that shows what came out.
var guide = filepath.Join("..", "..", "docs", "rollout.md")

// scenario is a candidate with what was promised about it.
type scenario struct {
	name   string
	change func(*Config)
	claims []claim
}

// claim is a bound on something measured.
type claim struct {
	what        string
	measured    func(*Report) float64
	least, most float64
	share       bool // least is one of runs
}

// holds reports whether the claim does. A share of few runs may miss its bound by
// as much as chance would have it, three standard deviations; one of a thousand
// may not.
func (c claim) holds(r *Report) bool {
	got, least := c.measured(r), c.least
	if n := len(r.outcomes); c.share && n < 1000 {
		least -= 3 * math.Sqrt(least*(1-least)/float64(n))
	}
	return got >= least && got <= c.most
}

func atLeast(bound float64, what string, measured func(*Report) float64) claim {
	return claim{what: what, measured: measured, least: bound, most: inf}
}

// atLeastShare is a bound on a share of runs.
func atLeastShare(bound float64, what string, measured func(*Report) float64) claim {
	c := atLeast(bound, what, measured)
	c.share = true
	return c
}

func atMost(bound float64, what string, measured func(*Report) float64) claim {
	return claim{what: what, measured: measured, least: -inf, most: bound}
}

// What was promised of the rules, each with its bound.
var (
	reachesFull = []claim{
		atLeast(0.95, "share of runs at full in under 20 days", func(r *Report) float64 { return r.ReachedWithin(rollout.Full, 20*day) }),
	}
	fewChanceTrips = atMost(1, "trips by chance in 30 days", func(r *Report) float64 { return r.Trips.ByChance })
	neverFull      = atMost(0, "share of runs that reach full", func(r *Report) float64 { return r.Stage(rollout.Full).Reached })
	staysInShadow  = atMost(0.05, "share of runs that leave shadow", func(r *Report) float64 { return r.Stage(rollout.Canary1).Reached })
	caughtEarly    = []claim{
		atLeast(1, "faults that began", func(r *Report) float64 { return float64(r.Fault.Began) }),
		atLeastShare(0.95, "share of faults caught within 60 executions", func(r *Report) float64 { return r.Fault.Within60 }),
	}
	nothingWrongServed = atMost(0, "scans whose client got a wrong answer", func(r *Report) float64 { return r.ServedWrong })
)

func failing(b Behaviour) func(*Config) {
	return func(c *Config) {
		c.Days = 7
		c.Candidate.Fault = &Fault{At: rollout.Canary10, Within: day, Behaviour: b}
	}
}

func behaving(b Behaviour) func(*Config) {
	return func(c *Config) { c.Candidate.Behaviour = b }
}

// rollouts are scenarios of candidates that are the same from the beginning.
var rollouts = []scenario{
	{"no faults", behaving(Behaviour{}), append(reachesFull, fewChanceTrips)},
	{"0.1 % of calls end in an error", behaving(Behaviour{ErrorRate: 0.001}), append(reachesFull, fewChanceTrips)},
	{"0.5 % of calls end in an error", behaving(Behaviour{ErrorRate: 0.005}), append(reachesFull, fewChanceTrips)},
	{"1 % of calls end in an error", behaving(Behaviour{ErrorRate: 0.01}), []claim{fewChanceTrips}},
	{"90 % of scans repeat the one before", func(c *Config) { c.Candidate.Repeats = 0.9 }, append(reachesFull, fewChanceTrips)},
	{"0.5 % errors and 90 % repeats", func(c *Config) {
		c.Candidate.Repeats, c.Candidate.Behaviour.ErrorRate = 0.9, 0.005
	}, append(reachesFull, fewChanceTrips)},
	{"disagrees on 0.1 %", behaving(Behaviour{Disagree: 0.001}), []claim{fewChanceTrips}},
	{"disagrees on 1 %", behaving(Behaviour{Disagree: 0.01}), []claim{neverFull}},
	{"disagrees on 6 %", behaving(Behaviour{Disagree: 0.06}), []claim{staysInShadow, neverFull}},
	{"proven wrong on 0.1 %", behaving(Behaviour{Disagree: 0.001, Provable: true}), nil},
	{"proven wrong on 1 %", behaving(Behaviour{Disagree: 0.01, Provable: true}), []claim{neverFull}},
	{"proven wrong on 6 %", behaving(Behaviour{Disagree: 0.06, Provable: true}), []claim{staysInShadow, neverFull}},
	{"proven wrong on 1 %, a person closes each within 4 h", func(c *Config) {
		c.Candidate.Behaviour, c.Candidate.CloseAfter = Behaviour{Disagree: 0.01, Provable: true}, 4*time.Hour
	}, []claim{neverFull}},
	{"1 % of whole scans end in errors", behaving(Behaviour{ErrorRate: 0.01, WholeScan: true}), nil},
	{"down for 10 min every 7 days", func(c *Config) { c.Candidate.Outage = Outage{For: 10 * time.Minute, Every: 7 * day} }, []claim{
		atLeast(1, "share of outages that trip", func(r *Report) float64 { return r.Outages.Caught }),
		atMost(60, "seconds until the slowest trip", func(r *Report) float64 { return float64(r.Outages.Seconds.Most) }),
	}},
}

// faults are scenarios of candidates that begin to fail at canary_10.
var faults = []scenario{
	{"20 % of calls end in an error", failing(Behaviour{ErrorRate: 0.2}), caughtEarly},
	{"20 % of calls time out", failing(Behaviour{TimeoutRate: 0.2}), caughtEarly},
	{"10 % errors and 10 % timeouts", failing(Behaviour{ErrorRate: 0.1, TimeoutRate: 0.1}), caughtEarly},
	{"20 % of calls are slow", failing(Behaviour{SlowRate: 0.2}), nil},
	{"20 % of whole scans end in errors", failing(Behaviour{ErrorRate: 0.2, WholeScan: true}), nil},
	{"proven wrong on 1 %", failing(Behaviour{Disagree: 0.01, Provable: true}), nil},
	{"stops answering", failing(Behaviour{Down: true}), []claim{
		atLeast(1, "share of faults caught", func(r *Report) float64 { return r.Fault.Caught }),
		atMost(60, "seconds until the slowest trip", func(r *Report) float64 { return float64(r.Fault.Seconds.Most) }),
	}},
	{"takes calls and never answers", func(c *Config) {
		failing(Behaviour{Down: true})(c)
		c.Candidate.Hangs = true
	}, []claim{
		atLeast(1, "share of faults caught", func(r *Report) float64 { return r.Fault.Caught }),
		atMost(300, "seconds until the slowest trip", func(r *Report) float64 { return float64(r.Fault.Seconds.Most) }),
	}},
	{"stops answering, and self-tests do not trip", func(c *Config) {
		failing(Behaviour{Down: true})(c)
		c.Policy.SelfTestFailures = 1000
	}, []claim{
		atLeast(1, "share of faults caught", func(r *Report) float64 { return r.Fault.Caught }),
		atMost(300, "seconds until the slowest trip", func(r *Report) float64 { return float64(r.Fault.Seconds.Most) }),
	}},
}

func TestScenarios_KeepWhatWasPromised(t *testing.T) {
	rolled, broken := play(t, rollouts), play(t, faults)
	if slices.Contains(rolled, nil) || slices.Contains(broken, nil) {
		return // -run has left some out
	}
	tables := map[string]string{"rollouts": rolloutTable(rollouts, rolled), "faults": faultTable(faults, broken)}
	for name, table := range tables {
		t.Logf("%s, %d runs each\n%s", name, *scenarioRuns, table)
	}
	if !*update {
		return
	}
	updateGuide(t, tables)
	drawGuide(t, broken[0])
}

func play(t *testing.T, list []scenario) []*Report {
	t.Helper()
	reports := make([]*Report, len(list))
	for i, s := range list {
		t.Run(s.name, func(t *testing.T) {
			c := Config{Policy: rollout.DefaultPolicy(), Candidate: DefaultCandidate(), Days: 30, Runs: *scenarioRuns, Seed: 1}
			s.change(&c)
			began := time.Now()
			report, err := Run(context.Background(), c, nil)
			if err != nil {
				t.Fatal(err)
			}
			reports[i] = report
			t.Logf("%d executions in %s", report.Executions, time.Since(began).Round(time.Millisecond))
			for _, claim := range append(s.claims, nothingWrongServed) {
				if !claim.holds(report) {
					t.Errorf("%s: %v, wanted %v to %v", claim.what, claim.measured(report), claim.least, claim.most)
				}
			}
		})
	}
	return reports
}

func rolloutTable(list []scenario, reports []*Report) string {
	var b strings.Builder
	b.WriteString("| candidate | leaves shadow | reaches `full` | days to `full`: median (95 %) | in under 20 days | trips in 30 days (by chance) | stopped, aborted | scans it would have been wrong in | ends most often |\n")
	b.WriteString("|---|---|---|---|---|---|---|---|---|\n")
	for i, r := range reports {
		full := r.Stage(rollout.Full)
		end := r.Ends[0].Stage.String()
		if r.Ends[0].Condition != rollout.Normal {
			end += " " + string(r.Ends[0].Condition)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s (%s) | %s | %.2g (%.2g) | %s, %s | %.2g | %s, %s |\n",
			list[i].name, percent(r.Stage(rollout.Canary1).Reached), percent(full.Reached), days(full.Days.Median), days(full.Days.P95),
			percent(r.ReachedWithin(rollout.Full, 20*day)), r.Trips.PerMonth, r.Trips.ByChance,
			percent(r.Stopped), percent(r.Aborted), r.WouldBeWrong, end, percent(r.Ends[0].Runs))
	}
	return b.String()
}

func faultTable(list []scenario, reports []*Report) string {
	var b strings.Builder
	b.WriteString("| fault | began in | tripped | within 60 executions | executions: median (95 %) | time: median (95 %, most) | first triggers |\n")
	b.WriteString("|---|---|---|---|---|---|---|\n")
	for i, r := range reports {
		f := r.Fault
		fmt.Fprintf(&b, "| %s | %d runs | %s | %s | %s (%s) | %s (%s, %s) | %s |\n",
			list[i].name, f.Began, percent(f.Caught), percent(f.Within60), number(f.Executions.Median), number(f.Executions.P95),
			seconds(f.Seconds.Median), seconds(f.Seconds.P95), seconds(f.Seconds.Most), triggers(f.Triggers))
	}
	return b.String()
}

// updateGuide puts each table between its markers.
func updateGuide(t *testing.T, tables map[string]string) {
	t.Helper()
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	for name, table := range tables {
		open, end := []byte("<!-- simulated "+name+" -->\n"), []byte("<!-- end -->\n")
		before, rest, found := bytes.Cut(text, open)
		_, after, ended := bytes.Cut(rest, end)
		if !found || !ended {
			t.Fatalf("%s has no markers %q and %q", guide, open, end)
		}
		note := fmt.Sprintf("%d runs each, 288 scans a day, seed 1.\n\n", *scenarioRuns)
		text = bytes.Join([][]byte{before, open, []byte(note + table), end, after}, nil)
	}
	if err := os.WriteFile(guide, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// drawGuide draws the plot of the guide.
func drawGuide(t *testing.T, r *Report) {
	t.Helper()
	drawn, err := r.Plot()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(guide), "rollout-simulated.svg"), drawn, 0o644); err != nil {
		t.Fatal(err)
	}
}
