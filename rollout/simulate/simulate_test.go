package simulate

import (
	"context"
	"reflect"
	"testing"
	"time"

	"understudy/rollout"
)

func configured(change func(*Config)) Config {
	c := Config{Policy: rollout.DefaultPolicy(), Candidate: DefaultCandidate(), Days: 12, Runs: 4, Seed: 7}
	change(&c)
	return c
}

// troubles are descriptions in which much happens.
var troubles = []struct {
	name   string
	change func(*Config)
}{
	{"trips at full", func(c *Config) {
		p := &c.Policy
		p.SoakShadow, p.SoakCanary1, p.SoakCanary10, p.SoakCanary50 = 6*time.Hour, 6*time.Hour, 6*time.Hour, 6*time.Hour
		p.ErrorRate, p.AbortWithin = 0.1, time.Hour
		c.Runs, c.Candidate.Behaviour.ErrorRate = 2, 0.016
	}},
	{"independent errors", func(c *Config) { c.Candidate.Behaviour.ErrorRate = 0.01 }},
	{"many independent failures", func(c *Config) { c.Candidate.Behaviour = Behaviour{ErrorRate: 0.03, TimeoutRate: 0.02, SlowRate: 0.02} }},
	{"outages", func(c *Config) {
		c.Candidate.Outage = Outage{For: 10 * time.Minute, Every: 15 * time.Hour}
		c.Candidate.Behaviour.ErrorRate = 0.002
	}},
	{"outages in which it hangs", func(c *Config) {
		c.Candidate.Outage, c.Candidate.Hangs = Outage{For: 10 * time.Minute, Every: 15 * time.Hour}, true
	}},
	{"wrong now and then, closed by a person", func(c *Config) {
		c.Candidate.Behaviour = Behaviour{Disagree: 0.002, Provable: true, SlowRate: 0.001}
		c.Candidate.CloseAfter, c.Candidate.Repeats = 6*time.Hour, 0.5
	}},
	{"whole scans", func(c *Config) {
		c.Candidate.Behaviour = Behaviour{ErrorRate: 0.01, TimeoutRate: 0.005, WholeScan: true}
	}},
	{"a fault", func(c *Config) {
		c.Candidate.Fault = &Fault{At: rollout.Canary10, Within: day, Behaviour: Behaviour{TimeoutRate: 0.2}}
	}},
	{"stops answering", func(c *Config) {
		c.Candidate.Fault = &Fault{At: rollout.Canary1, Within: day, Behaviour: Behaviour{Down: true}}
	}},
	{"disagreement at a quick pace", func(c *Config) {
		c.Candidate.ScansPerDay, c.Days = 5000, 3
		c.Candidate.Behaviour = Behaviour{Disagree: 0.03, TimeoutRate: 0.002}
	}},
}

func TestRun_ExecutionsThatAreLeftOutMakeNoDifference(t *testing.T) {
	for _, trouble := range troubles {
		t.Run(trouble.name, func(t *testing.T) {
			c := configured(trouble.change)
			short, err := Run(context.Background(), c, nil)
			if err != nil {
				t.Fatal(err)
			}
			c.plain = true
			plain, err := Run(context.Background(), c, nil)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d executions, %v trips", plain.Executions, plain.Trips.Triggers)
			for i := range plain.outcomes {
				if !reflect.DeepEqual(short.outcomes[i], plain.outcomes[i]) {
					t.Errorf("run %d:\n%+v\nwith every execution played:\n%+v", i, short.outcomes[i], plain.outcomes[i])
				}
			}
		})
	}
}
