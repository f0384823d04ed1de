package store

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestClose_ADisagreementSeenAgainOpensAgain(t *testing.T) {
	s, _ := openClocked(t)
	record(t, s, judged("1", "case", 0, "undecided"))
	id := disagreementID("case", "top_tier", "undecided")
	if err := s.CloseDisagreement(t.Context(), id, "ana", "a known gap", noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	d := disagreement(t, s, "case", "undecided")
	if d.State != StateClosed || d.ClosedBy != "ana" || d.ClosedReason != "a known gap" || !d.ClosedAt.Equal(noon.Add(time.Hour)) {
		t.Errorf("closed: %+v", d)
	}
	record(t, s, judged("2", "case", 59*time.Minute, "undecided"))
	if d := disagreement(t, s, "case", "undecided"); d.State != StateClosed || d.Count != 2 {
		t.Errorf("what was seen before the closing opened it: %+v", d)
	}
	record(t, s, judged("3", "case", 61*time.Minute, "undecided"))
	if d := disagreement(t, s, "case", "undecided"); d.State != StateOpen || !d.OpenedAt.Equal(noon.Add(61*time.Minute)) || d.ClosedBy != "ana" || d.Count != 3 {
		t.Errorf("seen again: %+v", d)
	}
}

func TestCloseExchange_ClosesWhatTheExchangeShowedAndIsOpen(t *testing.T) {
	s, _ := openClocked(t)
	both := judged("both", "case", 0, "candidate_wrong", "primary_wrong")
	record(t, s, both, judged("later", "case", time.Minute, "candidate_wrong"), judged("other", "other", 0, "undecided"), judged("agreed", "agreed", 0))
	at := noon.Add(time.Hour)
	for i, want := range []int{2, 0} {
		if n, err := s.CloseExchange(t.Context(), "both", "ana", "mended", at); err != nil || n != want {
			t.Errorf("time %d: %d closed, error %v", i, n, err)
		}
	}
	if n, err := s.CloseExchange(t.Context(), "agreed", "ana", "mended", at); err != nil || n != 0 {
		t.Errorf("%d closed, error %v", n, err)
	}
	if _, err := s.CloseExchange(t.Context(), "none", "ana", "mended", at); !errors.Is(err, ErrNotFound) {
		t.Errorf("error is %v", err)
	}
	open, err := s.Disagreements(t.Context(), DisagreementFilter{State: StateOpen})
	if err != nil || len(open) != 1 || open[0].Case != "other" {
		t.Errorf("open are %v, error %v", open, err)
	}
}

func TestApprove_HoldsUntilItExpiresSeenOrNot(t *testing.T) {
	s, now := openClocked(t)
	record(t, s, judged("1", "case", 0, "primary_wrong"))
	id := disagreementID("case", "top_tier", "primary_wrong")
	if err := s.Approve(t.Context(), id, "ana", noon.Add(time.Hour), noon.Add(48*time.Hour)); err != nil {
		t.Fatal(err)
	}
	look := func(name string, after time.Duration, state string) {
		t.Helper()
		*now = noon.Add(after)
		d := disagreement(t, s, "case", "primary_wrong")
		list, err := s.Disagreements(t.Context(), DisagreementFilter{State: state})
		if d.State != state || d.ApprovedBy != "ana" || !d.ApprovedAt.Equal(noon.Add(time.Hour)) || !d.ExpiresAt.Equal(noon.Add(48*time.Hour)) || len(list) != 1 || err != nil {
			t.Errorf("%s: %+v, listed %d, error %v", name, d, len(list), err)
		}
		u, err := s.Usage(t.Context())
		if open := state == StateOpen; u.Defects != 1 || (u.OpenDisagreements == 1) != open || err != nil {
			t.Errorf("%s: usage %+v, error %v", name, u, err)
		}
		exchanges, err := s.Exchanges(t.Context(), Filter{Open: true})
		if (len(exchanges) > 0) != (state == StateOpen) || err != nil {
			t.Errorf("%s: %d exchanges are open, error %v", name, len(exchanges), err)
		}
	}
	look("approved", 2*time.Hour, StateClosed)
	record(t, s, judged("2", "case", 24*time.Hour, "primary_wrong"))
	look("approved and seen", 47*time.Hour, StateClosed)
	look("expired", 48*time.Hour, StateOpen)
	if d := disagreement(t, s, "case", "primary_wrong"); !d.OpenedAt.Equal(noon.Add(48 * time.Hour)) {
		t.Errorf("open since %v", d.OpenedAt)
	}
	record(t, s, judged("3", "case", 50*time.Hour, "primary_wrong"))
	look("seen after the end", 51*time.Hour, StateOpen)
}

func TestApprove_ASightAfterTheEndOpensItWhateverTheClockSays(t *testing.T) {
	s, _ := openClocked(t)
	record(t, s, judged("1", "case", 0, "primary_wrong"))
	if err := s.Approve(t.Context(), disagreementID("case", "top_tier", "primary_wrong"), "ana", noon, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if d := disagreement(t, s, "case", "primary_wrong"); !d.ExpiresAt.Equal(noon.Add(90 * 24 * time.Hour)) {
		t.Errorf("without an end it ends %v", d.ExpiresAt)
	}
	record(t, s, judged("2", "case", 90*24*time.Hour, "primary_wrong"))
	if d := disagreement(t, s, "case", "primary_wrong"); d.State != StateOpen {
		t.Errorf("got %+v", d)
	}
}

func TestCloseDisagreement_EndsAnApproval(t *testing.T) {
	s, _ := openClocked(t)
	record(t, s, judged("1", "case", 0, "primary_wrong"))
	id := disagreementID("case", "top_tier", "primary_wrong")
	if err := errors.Join(s.Approve(t.Context(), id, "ana", noon, time.Time{}), s.CloseDisagreement(t.Context(), id, "bo", "mended upstream", noon.Add(time.Hour))); err != nil {
		t.Fatal(err)
	}
	if d := disagreement(t, s, "case", "primary_wrong"); d.State != StateClosed || d.ApprovedBy != "" || !d.ExpiresAt.IsZero() || d.ClosedBy != "bo" {
		t.Errorf("got %+v", d)
	}
	record(t, s, judged("2", "case", 2*time.Hour, "primary_wrong"))
	if d := disagreement(t, s, "case", "primary_wrong"); d.State != StateOpen {
		t.Errorf("got %+v", d)
	}
	if err := s.Approve(t.Context(), id, "ana", noon.Add(3*time.Hour), time.Time{}); err != nil {
		t.Fatal(err)
	}
	if d := disagreement(t, s, "case", "primary_wrong"); d.State != StateClosed || d.ClosedBy != "" || d.ApprovedBy != "ana" {
		t.Errorf("got %+v", d)
	}
}

func TestClose_ABadArgumentIsNamedAndChangesNothing(t *testing.T) {
	s, _ := openClocked(t)
	record(t, s, judged("1", "case", 0, "primary_wrong"), judged("2", "case", 0, "candidate_wrong"))
	ctx, id := t.Context(), disagreementID("case", "top_tier", "primary_wrong")
	closeExchange := func(by, reason string, at time.Time) error {
		_, err := s.CloseExchange(ctx, "1", by, reason, at)
		return err
	}
	for _, c := range []struct {
		name string
		err  error
		says string
	}{
		{"close by nobody", s.CloseDisagreement(ctx, id, "", "why", noon), "by is empty"},
		{"close without reason", s.CloseDisagreement(ctx, id, "ana", "", noon), "reason is empty"},
		{"close at no time", s.CloseDisagreement(ctx, id, "ana", "why", time.Time{}), "at is no time"},
		{"exchange by nobody", closeExchange("", "why", noon), "by is empty"},
		{"exchange without reason", closeExchange("ana", "", noon), "reason is empty"},
		{"exchange at no time", closeExchange("ana", "why", time.Time{}), "at is no time"},
		{"approve by nobody", s.Approve(ctx, id, "", noon, noon.Add(1)), "by is empty"},
		{"approve at no time", s.Approve(ctx, id, "ana", time.Time{}, noon), "at is no time"},
		{"approve until the past", s.Approve(ctx, id, "ana", noon, noon.Add(-time.Hour)), "expires is 2026-11-23T11:00:00Z: it must be after 2026-11-23T12:00:00Z"},
		{"approve the candidate's fault", s.Approve(ctx, disagreementID("case", "top_tier", "candidate_wrong"), "ana", noon, noon.Add(1)), "only primary_wrong can be approved"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.says) {
			t.Errorf("%s: error is %v", c.name, c.err)
		}
	}
	for name, err := range map[string]error{
		"close": s.CloseDisagreement(ctx, "none", "ana", "why", noon), "approve": s.Approve(ctx, "none", "ana", noon, noon.Add(1)),
	} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%s of what is not there: %v", name, err)
		}
	}
	if _, err := s.Disagreement(ctx, "none"); !errors.Is(err, ErrNotFound) {
		t.Errorf("read of what is not there: %v", err)
	}
	if open, err := s.Disagreements(ctx, DisagreementFilter{State: StateOpen}); err != nil || len(open) != 2 {
		t.Errorf("%d are open, error %v", len(open), err)
	}
}
