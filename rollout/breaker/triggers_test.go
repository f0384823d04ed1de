package breaker_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"understudy/rollout"
	"understudy/rollout/breaker"
)

func TestSelfTest_FourFailuresInARowWithoutALiveSuccessOpenIt(t *testing.T) {
	// f and p are failed and passed self-tests, the others executions as in play.
	tests := []struct {
		events string
		opens  bool
	}{
		{"fff", false},
		{"ffff", true},
		{"fffpfff", false},
		{"fffcfff", false}, // a live success
		{"fffsfff", false}, // a slow one is one too
		{"ffeftf", true},   // live failures are none
		{"ffvff", true},    // and what is no execution says nothing
		{"fffcffff", true},
	}
	for _, test := range tests {
		f := fresh(t)
		for _, event := range test.events {
			switch event {
			case 'f', 'p':
				f.SelfTest(event == 'p')
			default:
				f.play(string(event), "1")
			}
		}
		if opened := f.State() == breaker.Open; opened != test.opens {
			t.Errorf("%s: open %v, want %v", test.events, opened, test.opens)
		}
		if test.opens && (len(f.spoke) != 1 || f.spoke[0].Trigger != rollout.TriggerSelfTest || len(f.spoke[0].Exchanges) != 0 ||
			!strings.HasPrefix(f.spoke[0].Reason, "self_test: 4 self-tests in a row failed")) {
			t.Errorf("%s: told %+v", test.events, f.spoke)
		}
	}
}

func TestExpire_OpensExactlyAtTheLastSuccessPlusFiveMinutes(t *testing.T) {
	const within = 300 * time.Second
	for name, succeed := range map[string]func(f *fixture){
		"the start":             func(*fixture) {},
		"a self-test":           func(f *fixture) { f.SelfTest(true) },
		"a live execution":      func(f *fixture) { f.play("c", "1") },
		"a slow live execution": func(f *fixture) { f.play("s", "1") },
	} {
		t.Run(name, func(t *testing.T) {
			f := fresh(t)
			if name != "the start" {
				f.advance(100 * time.Second)
			}
			succeed(f)
			deadline := f.at.Add(within)
			f.advance(10 * time.Second)
			f.play("et", "1") // neither of them is a success
			f.SelfTest(false)
			if !f.Deadline().Equal(deadline) {
				t.Fatalf("it ends at %s, want %s", f.Deadline(), deadline)
			}
			f.at = deadline.Add(-1)
			f.Expire()
			f.want(breaker.Closed, 0, 0, 0)
			f.at = deadline
			f.Expire()
			f.want(breaker.Open, 1, 0, 0)
			if s := f.spoke[0]; s.Trigger != rollout.TriggerUnavailable || s.Reason != "unavailable: no success for 300 s" {
				t.Errorf("told %+v", s)
			}
			if !f.Deadline().IsZero() {
				t.Errorf("open it ends at %s", f.Deadline())
			}
		})
	}
}

func TestExpire_TheTimerStartsAnewWhenItCloses(t *testing.T) {
	// Else dry_run, which closes it after each trip, would trip without end.
	f := fresh(t)
	f.advance(300 * time.Second)
	f.Expire()
	f.advance(time.Second)
	f.Set(breaker.Closed, nil, false)
	f.Expire()
	f.want(breaker.Closed, 1, 0, 0)
	if !f.Deadline().Equal(f.at.Add(300 * time.Second)) {
		t.Errorf("it ends at %s", f.Deadline())
	}
}

func TestExpire_TimeInWhichNobodyAsksIsNoUnavailability(t *testing.T) {
	f := fresh(t)
	for range 3 {
		f.SelfTest(false)
	}
	f.advance(time.Hour)
	f.Rest()
	f.Expire()
	f.SelfTest(false)
	f.want(breaker.Closed, 0, 0, 0)
	if s := f.Snapshot(); !s.LastSuccess.Equal(f.at.Add(-time.Hour)) {
		t.Errorf("the last success was at %s: rest is none", s.LastSuccess)
	}
	f.advance(300 * time.Second)
	f.Expire()
	f.want(breaker.Open, 1, 0, 0)
}

func TestWrong_OneAnswerOpensItWhereClientsMayBeServed(t *testing.T) {
	f := fresh(t)
	f.Set(breaker.Closed, nil, true)
	f.Wrong("exchange", "{a, b} is a smaller quorum")
	f.want(breaker.Open, 1, 0, 0)
	s := f.spoke[0]
	if s.Trigger != rollout.TriggerWrongAnswer || fmt.Sprint(s.Exchanges) != "[exchange]" || s.Reason != "wrong_answer: {a, b} is a smaller quorum" {
		t.Errorf("told %+v", s)
	}
}

func TestWrong_InShadowItTripsNothingThenOrLater(t *testing.T) {
	f := fresh(t)
	f.Wrong("exchange", "is wrong")
	f.Set(breaker.Closed, nil, true) // promoted
	f.play("e", "1")
	f.want(breaker.Closed, 0, 0, 0)
	f.Set(breaker.Closed, nil, false)
	f.Wrong("exchange", "is wrong")
	f.want(breaker.Closed, 0, 0, 0)
}

func TestWrong_WhileProbingItIsAFailedProbe(t *testing.T) {
	f := fresh(t)
	f.trip()
	f.Set(breaker.HalfOpen, nil, false)
	f.Wrong("exchange", "is wrong")
	f.want(breaker.HalfOpen, 1, 0, 0)
	f.Set(breaker.HalfOpen, nil, true)
	f.Wrong("exchange", "is wrong")
	f.want(breaker.Open, 1, 1, 0)
}
