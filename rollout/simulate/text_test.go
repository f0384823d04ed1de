package simulate

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"understudy/rollout"
)

func TestCandidate_IsDescribedInWords(t *testing.T) {
	tests := []struct {
		candidate Candidate
		want      string
	}{
		{DefaultCandidate(), "no faults"},
		{Candidate{Behaviour: Behaviour{ErrorRate: 0.005, SlowRate: 0.2}, Repeats: 0.9}, "0.5 % of calls end in an error, 20 % of calls are slow; 90 % of scans repeat the one before"},
		{
			Candidate{Behaviour: Behaviour{TimeoutRate: 0.01, WholeScan: true}, Outage: Outage{10 * time.Minute, 7 * day}},
			"1 % of whole scans time out; does not answer for 10m0s every 168h0m0s",
		},
		{
			Candidate{Fault: &Fault{At: rollout.Canary10, Behaviour: Behaviour{Disagree: 0.01, Provable: true}}},
			"no faults; from canary_10 on: 1 % of networks meet disagreement, proven to be its fault",
		},
		{Candidate{Fault: &Fault{At: rollout.Full, Behaviour: Behaviour{Down: true}}}, "no faults; from full on: does not answer"},
		{Candidate{Hangs: true, Fault: &Fault{At: rollout.Full, Behaviour: Behaviour{Down: true}}}, "no faults; from full on: hangs"},
	}
	for _, test := range tests {
		if got := test.candidate.String(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestReport_SaysWhereNothingHappened(t *testing.T) {
	c := configured(func(c *Config) {
		c.Days, c.Runs = 3, 1
		c.Candidate.Fault = &Fault{At: rollout.Complete, Behaviour: Behaviour{Down: true}}
	})
	var out bytes.Buffer
	if err := played(t, c).WriteText(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"1 run of 3 days with 288 scans a day, seed 7\n", "canary_1         100 %            2.0            2.0\n",
		"full               0 %              -              -\n", "fault         none began within the time\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "NaN") || strings.Contains(out.String(), "Inf") {
		t.Errorf("a number that is none:\n%s", out.String())
	}
}

func TestReport_TellsOfAnOutputThatEnds(t *testing.T) {
	reader, writer := io.Pipe()
	reader.Close()
	if err := played(t, configured(func(c *Config) { c.Days, c.Runs = 1, 1 })).WriteText(writer); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}

func TestPlot_ShowsRunsThatEndEarlyAndStagesByName(t *testing.T) {
	c := configured(func(c *Config) {
		c.Days, c.Runs, c.Candidate.Behaviour = 10, 5, Behaviour{Disagree: 0.01, ErrorRate: 0.03}
	})
	drawn, err := played(t, c).Plot()
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	decoder := xml.NewDecoder(bytes.NewReader(drawn))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if data, ok := token.(xml.CharData); ok && strings.TrimSpace(string(data)) != "" {
			texts = append(texts, strings.TrimSpace(string(data)))
		}
	}
	all := strings.Join(texts, "|")
	for _, want := range []string{
		"Stage over time: 5 runs, 288 scans a day", "days since the rollout began", "stage", "shadow", "complete", "median", "90 % of runs", "run 3, trips as crosses",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is missing in %s", want, all)
		}
	}
}

func TestBands_HoldTheMiddleOfAllRuns(t *testing.T) {
	// One run stays in shadow, one reaches canary_1 after a day, one canary_10.
	r := &Report{Config: Config{Days: 2}}
	for i := range 3 {
		o := Outcome{Moves: []Move{{0, rollout.Shadow, rollout.Normal}}, Ended: 2 * day}
		if i > 0 {
			o.Moves = append(o.Moves, Move{day, rollout.Shadow + rollout.Stage(i), rollout.Normal})
		}
		r.outcomes = append(r.outcomes, o)
	}
	low, middle, high := r.bands()
	if n := len(low) - 1; low[n].Y != 1 || low[n].X != 2 {
		t.Errorf("the lower end is %v", low[n])
	}
	if n := len(middle) - 1; middle[0].Y != 1 || middle[n].Y != 2 {
		t.Errorf("the middle goes from %v to %v", middle[0], middle[n])
	}
	if n := len(high) - 1; high[n].Y != 3 {
		t.Errorf("the upper end is %v", high[n])
	}
	steps := 0
	for i, at := range middle[1:] {
		if at.Y != middle[i].Y {
			steps++
			if at.X != middle[i].X || at.X != 1 {
				t.Errorf("the middle rises from %v to %v, want upright at day 1", middle[i], at)
			}
		}
	}
	if steps != 1 {
		t.Errorf("%d steps", steps)
	}
}
