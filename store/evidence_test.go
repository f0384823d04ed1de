package store

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestCoverage_AddsUpToWhatWasEligible(t *testing.T) {
	s := openNew(t)
	outcome := func(id, outcome, skip string) Exchange {
		e := judged(id, id, time.Hour)
		e.Outcome, e.Verdict, e.Skip, e.Metrics = outcome, "", skip, nil
		return e
	}
	early, deep := judged("early", "early", 0), judged("deep", "deep", time.Hour)
	deep.Source = "deep"
	record(t, s, early, deep, judged("1", "1", time.Hour), judged("2", "2", time.Hour, "candidate_wrong"),
		outcome("3", "skipped", "encoding"), outcome("4", "skipped", "encoding"), outcome("5", "skipped", "queue_full"),
		func() Exchange { // which the primary can't be compared on
			e := outcome("9", "uncompared", "")
			e.ServedBy, e.Reason = "candidate", "candidate_only"
			return e
		}(),
		outcome("6", "candidate_failed", ""), outcome("7", "inconclusive", "incomplete"), outcome("8", "uncompared", ""))
	got, err := s.Coverage(t.Context(), noon.Add(time.Minute))
	want := Coverage{Eligible: 8, Compared: 2, Skipped: map[string]int{
		"encoding": 2, "queue_full": 1, "candidate_failed": 1, "incomplete": 1, "uncompared": 1,
	}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, error %v, want %+v", got, err, want)
	}
	if all, err := s.Coverage(t.Context(), time.Time{}); err != nil || all.Eligible != 9 || all.Compared != 3 {
		t.Errorf("of all times %+v, error %v", all, err)
	}
	if none, err := s.Coverage(t.Context(), noon.Add(day)); err != nil || none.Eligible != 0 || none.Skipped == nil {
		t.Errorf("of nothing %+v, error %v", none, err)
	}
}

func inScan(scan string, e Exchange) Exchange {
	e.Scan = scan
	return e
}

func TestScanEvidence_AScanAgreesWhenEachComparedCoreMetricDoesOrThePrimaryIsWrong(t *testing.T) {
	further := judged("", "5", 0, "candidate_wrong")
	further.Metrics[0].Name = "symmetric_top_tier"
	failed := judged("", "6", 0)
	failed.Outcome, failed.Metrics = "candidate_failed", nil
	for _, c := range []struct {
		name      string
		exchanges []Exchange
		want      Scan
	}{
		{"agree", []Exchange{judged("", "1", 0), judged("", "2", 1)}, Scan{Agrees: true, New: true, Cases: 2}},
		{"the primary is wrong", []Exchange{judged("", "1", 0, "primary_wrong"), judged("", "2", 1)}, Scan{Agrees: true, New: true, Cases: 2}},
		{"the candidate is wrong at first", []Exchange{judged("", "1", 0, "candidate_wrong"), judged("", "2", 1)}, Scan{New: true, Cases: 2}},
		{"the candidate is wrong at last", []Exchange{judged("", "1", 0), judged("", "2", 1, "candidate_wrong")}, Scan{New: true, Cases: 2}},
		{"both are wrong", []Exchange{judged("", "1", 0, "primary_wrong", "candidate_wrong")}, Scan{New: true, Cases: 1}},
		{"undecided", []Exchange{judged("", "1", 0, "undecided")}, Scan{New: true, Cases: 1}},
		{"input skew is neither", []Exchange{judged("", "1", 0, "input_skew")}, Scan{New: true, Cases: 1}},
		{"a retry", []Exchange{judged("", "1", 0), judged("", "1", 1)}, Scan{Agrees: true, New: true, Cases: 1}},
		{"a metric that is not core", []Exchange{further, judged("", "1", 1)}, Scan{Agrees: true, New: true, Cases: 1}},
		{"nothing of the core", []Exchange{further}, Scan{}},
		{"failed", []Exchange{failed, judged("", "1", 1)}, Scan{Agrees: true, New: true, Cases: 1, Failed: 1}},
		{"only failed", []Exchange{failed}, Scan{Failed: 1}},
	} {
		s := openNew(t)
		c.want.Key, c.want.First = "scan", noon
		for i, e := range c.exchanges {
			e.ID, e.Scan, c.want.Last = string(rune('a'+i)), "scan", e.At
			record(t, s, e)
		}
		got, err := s.ScanEvidence(t.Context(), time.Time{}, []string{"top_tier", "min_quorum"})
		if err != nil || !reflect.DeepEqual(got, []Scan{c.want}) {
			t.Errorf("%s: error %v, got\n%+v, want\n%+v", c.name, err, got, c.want)
		}
	}
	if _, err := openNew(t).ScanEvidence(t.Context(), noon, nil); err == nil || !strings.Contains(err.Error(), "core is empty") {
		t.Errorf("error is %v", err)
	}
}

func TestScanEvidence_IsNewWithACaseThatNoOtherScanComparedInTheDayBefore(t *testing.T) {
	s := openNew(t)
	variation, failed := judged("v", "d", 0), judged("f", "f", 0)
	variation.Source = "variation"
	failed.Outcome, failed.Metrics = "candidate_failed", nil
	mixed := inScan("s5", judged("5", "e", 50*time.Hour))
	mixed.Mixed, mixed.Overlong = true, true
	record(t, s, variation, failed,
		inScan("before", judged("0", "a", -time.Hour)),
		inScan("s1", judged("1", "a", time.Hour)),
		inScan("s2", judged("2", "a", 2*time.Hour)), inScan("s2", judged("2b", "b", 3*time.Hour)), inScan("s2", judged("2c", "b", 3*time.Hour+1)),
		inScan("s3", judged("3", "b", 4*time.Hour)), inScan("s2", judged("2d", "b", 5*time.Hour)),
		inScan("s4", judged("4", "a", 26*time.Hour+1)),
		inScan("s6", judged("6", "d", time.Minute)), inScan("s7", judged("7", "f", 2*time.Minute)), mixed)
	got, err := s.ScanEvidence(t.Context(), noon, []string{"top_tier"})
	if err != nil {
		t.Fatal(err)
	}
	fresh, keys := map[string]bool{}, []string{}
	for _, scan := range got {
		fresh[scan.Key] = scan.New
		keys = append(keys, scan.Key)
		if (scan.Mixed && scan.Overlong) != (scan.Key == "s5") {
			t.Errorf("%+v", scan)
		}
	}
	want := map[string]bool{
		"f": false, "s6": true, "s7": true, // compared as a variation only, and not compared
		"s1": false, // before since, and inside a day
		"s2": true, "s3": false,
		"s4": true, // a day and a moment
		"s5": true,
	}
	if !reflect.DeepEqual(fresh, want) {
		t.Errorf("got %v, want %v", fresh, want)
	}
	if order := strings.Join(keys, " "); order != "f s6 s7 s1 s2 s3 s4 s5" {
		t.Errorf("in the order %s", order)
	}
	if at := got[4]; !at.First.Equal(noon.Add(2*time.Hour)) || !at.Last.Equal(noon.Add(5*time.Hour)) || at.Cases != 2 {
		t.Errorf("s2 is %+v", at)
	}
}
