package simulate

import (
	"testing"
	"time"

	"understudy/rollout"
)

// A candidate without a fault meets nothing that is random but the scans it
// serves: the times of its stages can be told beforehand.
func TestRun_AFaultlessCandidateIsOnlyHeldUpBySoakAndServedScans(t *testing.T) {
	c := configured(func(c *Config) { c.Runs = 20 })
	p := c.Policy
	for _, o := range played(t, c).outcomes {
		at := map[rollout.Stage]time.Duration{}
		for _, m := range o.Moves {
			at[m.Stage] = m.At
		}
		if len(o.Moves) != 5 || len(o.Trips) > 0 || at[rollout.Canary1] != p.SoakShadow {
			t.Fatalf("got %+v, want five stages, and %s of shadow", o, p.SoakShadow)
		}
		for _, stage := range []rollout.Stage{rollout.Canary1, rollout.Canary10, rollout.Canary50} {
			if took := at[stage+1] - at[stage]; took < p.Soak(stage) {
				t.Errorf("%s took %s, less than its soak of %s", stage, took, p.Soak(stage))
			}
		}
		// Half of 288 scans a day for three days is more than the 328 scans it takes.
		if took := at[rollout.Full] - at[rollout.Canary50]; took != p.SoakCanary50 {
			t.Errorf("canary_50 took %s, want %s", took, p.SoakCanary50)
		}
	}
}

func TestRun_EachTripTakesAStage(t *testing.T) {
	c := configured(func(c *Config) {
		c.Days = 6
		c.Candidate.Outage = Outage{For: 10 * time.Minute, Every: 5*day + 10*time.Minute}
	})
	for _, o := range played(t, c).outcomes {
		for _, trip := range o.Trips {
			after := o.last(trip.At + 3*time.Hour) // half an hour of cooldown, 72 probes
			if want := max(rollout.Shadow, trip.Stage-1); after.Condition != rollout.Normal || after.Stage != want {
				t.Errorf("three hours after a trip in %s: %s, %s, want %s", trip.Stage, after.Stage, after.Condition, want)
			}
			if trip.ByChance || trip.Trigger != rollout.TriggerSelfTest {
				t.Errorf("%+v, want one of the self-test for a reason", trip)
			}
		}
		if len(o.Trips) != len(o.Outages) {
			t.Errorf("%d trips in %d outages", len(o.Trips), len(o.Outages))
		}
	}
}

func TestRun_AnOutageIsFoundBySelfTestsWithinAMinute(t *testing.T) {
	c := configured(func(c *Config) {
		c.Runs = 20
		c.Candidate.Outage = Outage{For: 10 * time.Minute, Every: 2 * day}
	})
	r := played(t, c)
	p := c.Policy
	least := time.Duration(p.SelfTestFailures-1) * p.SelfTestEvery
	for _, o := range r.outcomes {
		for _, outage := range o.Outages {
			if !outage.Caught || outage.Took < least || outage.Took > least+p.SelfTestEvery {
				t.Errorf("got %+v, want it caught %s to %s after its beginning", outage, least, least+p.SelfTestEvery)
			}
		}
	}
	if r.Outages.Began == 0 || r.Outages.Caught != 1 {
		t.Errorf("got %+v", r.Outages)
	}
}

func TestRun_ACandidateThatHangsIsFoundByTheTimerWhereSelfTestsGetNoWorker(t *testing.T) {
	c := configured(func(c *Config) {
		c.Runs, c.Candidate.Hangs = 20, true
		c.Candidate.Outage = Outage{For: 10 * time.Minute, Every: 2 * day}
	})
	r := played(t, c)
	if r.Outages.Caught != 1 || time.Duration(float64(r.Outages.Seconds.Most)*float64(time.Second)) > c.Policy.Unavailable {
		t.Errorf("got %+v, want all caught within %s", r.Outages, c.Policy.Unavailable)
	}
	if r.Outages.Triggers[rollout.TriggerSelfTest] == 0 || r.Outages.Triggers[rollout.TriggerUnavailable] == 0 {
		t.Errorf("triggers %v, want both", r.Outages.Triggers)
	}
}

func TestRun_AnAnswerProvenWrongTripsOnlyWhereClientsAreServed(t *testing.T) {
	wrong := Behaviour{Disagree: 1, Provable: true}
	r := played(t, configured(func(c *Config) {
		c.Days, c.Candidate.Behaviour = 1, wrong
	}))
	if r.Trips.PerMonth != 0 || r.Stage(rollout.Canary1).Reached != 0 {
		t.Errorf("in shadow: %+v, %+v", r.Trips, r.Stages)
	}
	r = played(t, configured(func(c *Config) {
		c.Days, c.Candidate.Fault = 5, &Fault{At: rollout.Canary1, Behaviour: wrong}
	}))
	if r.Fault.Caught != 1 || r.Fault.Triggers[rollout.TriggerWrongAnswer] != r.Fault.Began || r.Fault.Executions.Most > 2*17 {
		t.Errorf("from canary_1 on: %+v, want it caught by its first answers", r.Fault)
	}
}

func TestRun_OnlyAPersonOpensComplete(t *testing.T) {
	alone := configured(func(c *Config) { c.Days, c.Runs = 45, 2 })
	if r := played(t, alone); r.Stage(rollout.Complete).Reached != 0 || r.Ends[0] != (End{rollout.Full, rollout.Normal, 1}) {
		t.Errorf("without one: %+v", r.Ends)
	}
	alone.ApproveAfter = day
	r := played(t, alone)
	if r.Stage(rollout.Complete).Reached != 1 {
		t.Fatalf("with one: %+v", r.Ends)
	}
	for _, o := range r.outcomes {
		full, _ := o.reached(rollout.Full)
		complete, _ := o.reached(rollout.Complete)
		if took, want := complete-full, alone.Policy.SoakFull+day; took < want || took > want+time.Hour {
			t.Errorf("complete came %s after full, want %s", took, want)
		}
	}
}

func TestRun_WrongAnswersReachClientsInCompleteOnly(t *testing.T) {
	c := configured(func(c *Config) {
		c.Days, c.Runs, c.ApproveAfter = 60, 2, time.Hour
		c.Candidate.Fault = &Fault{At: rollout.Full, Behaviour: Behaviour{Disagree: 0.001}}
	})
	r := played(t, c)
	if r.WouldBeWrong == 0 {
		t.Fatal("the candidate never disagreed")
	}
	if r.Stage(rollout.Complete).Reached == 0 {
		t.Fatalf("no run came to complete: %+v", r.Ends)
	}
	if !(r.ServedWrong > 0 && r.ServedWrong < r.WouldBeWrong) {
		t.Errorf("%v of %v wrong answers reached a client, want some of them", r.ServedWrong, r.WouldBeWrong)
	}
}

func TestRun_WaitingCallsAreNoExecutionsYet(t *testing.T) {
	// Two workers need 45 s for a call that times out: 17 of them take six and a
	// half minutes, and scans come every five.
	c := configured(func(c *Config) {
		c.Days, c.Runs, c.Candidate.Hangs, c.Candidate.Behaviour.Down = 1, 1, true, true
	})
	o := played(t, c).outcomes[0]
	if most := 2 * int(day/tooLong); o.Executions > most {
		t.Errorf("%d executions in a day, want at most %d", o.Executions, most)
	}
}
