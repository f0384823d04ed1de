package worker

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"
)

// about is a question.
func about(path, body string) *job {
	r, _ := http.NewRequest(http.MethodPost, "http://engine"+path, http.NoBody)
	return &job{request: r, body: []byte(body)}
}

// memory is a poison with a clock of its own, and what it logs.
type memory struct {
	*poison
	at  time.Time
	log strings.Builder
}

func newMemory() *memory {
	m := &memory{at: time.Unix(1_700_000_000, 0)}
	m.poison = newPoison(func() time.Time { return m.at }, slog.New(slog.NewTextHandler(&m.log, nil)))
	return m
}

func (m *memory) dies(j *job, because Reason) { m.learn(j, exchanged{reason: because}) }

func (m *memory) answers(j *job, status int) {
	m.learn(j, exchanged{answer: &answer{status: status}})
}

func (m *memory) refuses(j *job) bool { return m.refusal(j) != nil }

const network = `{"nodes":[1]}`

func TestPoison_TwoDeathsCondemnANetworkWhateverIsAskedAboutIt(t *testing.T) {
	for _, because := range []Reason{ReasonCrash, ReasonMemory, ReasonDeadline, ReasonAnswer} {
		m := newMemory()
		m.dies(about("/a", network), because)
		if m.refuses(about("/a", network)) {
			t.Errorf("%s: refused after one death", because)
		}
		m.dies(about("/b", network), because)
		if !m.refuses(about("/c", `{"other":1,"nodes":[1]}`)) {
			t.Errorf("%s: not refused after two deaths", because)
		}
		if m.refuses(about("/a", `{"nodes":[2]}`)) {
			t.Errorf("%s: another network is refused", because)
		}
		if n, refused := m.stats(); n != 1 || refused != 1 {
			t.Errorf("%s: %d networks and %d refusals", because, n, refused)
		}
		if got := strings.Count(m.log.String(), "network="); got != 1 || !strings.Contains(m.log.String(), "reason="+string(because)) {
			t.Errorf("%s: log is %q", because, m.log.String())
		}
	}
}

func TestPoison_RefusalIs422AndNamesTheNetworkAndTheEnd(t *testing.T) {
	m, j := newMemory(), about("/a", network)
	m.dies(j, ReasonCrash)
	m.dies(j, ReasonCrash)
	a := m.refusal(j)
	if a.status != http.StatusUnprocessableEntity || a.header.Get(RefusedHeader) != Poisonous || a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("got %d %v", a.status, a.header)
	}
	for _, want := range []string{name(j.digest().network), "2023-11-14T23:13:20Z"} {
		if !strings.Contains(string(a.body), want) {
			t.Errorf("body is %s, want %s in it", a.body, want)
		}
	}
}

func TestPoison_WhatIsNoDeathOfTheNetworkDoesNotCount(t *testing.T) {
	m, j := newMemory(), about("/a", network)
	for range 3 {
		m.dies(j, ReasonCanceled)
		m.learn(j, exchanged{reason: ReasonCrash, untouched: true})
		m.learn(j, exchanged{reason: ReasonSpent, answer: &answer{status: 200}})
		m.dies(about("/a", ""), ReasonCrash)
	}
	if m.refuses(j) || m.refuses(about("/a", "")) || len(m.suspects) != 0 {
		t.Errorf("suspects are %v", m.suspects)
	}
}

func TestPoison_AnswerForgivesTheDeathsOfItsQuestionOnly(t *testing.T) {
	m, j := newMemory(), about("/a", network)
	m.dies(j, ReasonCrash)
	m.answers(j, http.StatusGatewayTimeout) // it lived, and has not answered
	m.answers(about("/b", network), http.StatusOK)
	m.answers(about("/a", `{"nodes":[2]}`), http.StatusOK)
	m.dies(j, ReasonCrash)
	if !m.refuses(j) {
		t.Error("forgiven though its question was not answered")
	}
	m = newMemory()
	for range 10 { // an operator that kills again and again
		m.dies(j, ReasonCrash)
		m.answers(j, http.StatusOK)
	}
	if m.refuses(j) || len(m.suspects) != 0 {
		t.Error("not forgiven")
	}
}

func TestPoison_IsTriedAgainAfterAnHourAndOneMoreDeathIsEnough(t *testing.T) {
	m, j := newMemory(), about("/a", network)
	m.dies(j, ReasonCrash)
	m.dies(j, ReasonCrash)
	m.at = m.at.Add(time.Hour - 1)
	if !m.refuses(j) {
		t.Fatal("tried too early")
	}
	m.at = m.at.Add(1)
	if n, _ := m.stats(); m.refuses(j) || n != 0 {
		t.Fatal("not tried after an hour")
	}
	m.dies(about("/b", network), ReasonMemory)
	if n, _ := m.stats(); !m.refuses(j) || n != 1 {
		t.Fatal("not refused after the death of its trial")
	}
	m.at = m.at.Add(time.Hour)
	m.answers(about("/b", network), http.StatusOK)
	m.dies(j, ReasonCrash)
	if m.refuses(j) {
		t.Error("not forgiven by the trial that went well")
	}
}

func TestPoison_OneDeathIsForgottenAfterAnHour(t *testing.T) {
	m, j := newMemory(), about("/a", network)
	m.dies(j, ReasonCrash)
	m.at = m.at.Add(time.Hour)
	m.dies(j, ReasonCrash)
	if m.refuses(j) {
		t.Error("two deaths an hour apart condemn")
	}
}

func TestPoison_DeathsUnderWayWhenItIsCondemnedAreNotKept(t *testing.T) {
	m := newMemory()
	for i := range 50 {
		m.dies(about(fmt.Sprint("/", i), network), ReasonCrash)
	}
	s := m.order.Front().Value.(*suspect)
	if len(s.deaths) != 2 || strings.Count(m.log.String(), "network=") != 1 {
		t.Errorf("%d questions are kept, log is %q", len(s.deaths), m.log.String())
	}
}

func TestPoison_RemembersABoundedNumberOfNetworksAndForgetsTheOldest(t *testing.T) {
	m := newMemory()
	of := func(i int) *job { return about("/a", fmt.Sprintf(`{"nodes":[%d]}`, i)) }
	for i := range maxSuspects + 1 {
		m.dies(of(i), ReasonCrash)
		m.dies(of(i), ReasonCrash)
		m.dies(of(1), ReasonCrash) // the last death counts, not the first
	}
	if len(m.suspects) != maxSuspects || m.order.Len() != maxSuspects {
		t.Errorf("%d networks are remembered", len(m.suspects))
	}
	if m.refuses(of(0)) || !m.refuses(of(1)) || !m.refuses(of(maxSuspects)) {
		t.Error("not the one with the oldest death was forgotten")
	}
}

func TestPoison_WithoutADeathNoDigestIsWorkedOut(t *testing.T) {
	m, j := newMemory(), about("/a", network)
	m.refusal(j)
	m.answers(j, http.StatusOK)
	if j.digests != nil {
		t.Error("a digest was worked out")
	}
}
