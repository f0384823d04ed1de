package store

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// traffic draws scans of at most 10 minutes, and some that break the rules: a key used again, a scan
// open for too long. They come in the order of their times.
func traffic(t *rapid.T) []Exchange {
	var list []Exchange
	for scan := range rapid.IntRange(1, 12).Draw(t, "scans") {
		key := fmt.Sprint("scan-", scan)
		if rapid.IntRange(0, 5).Draw(t, "reused") == 0 {
			key = "scan-0"
		}
		source := rapid.SampledFrom([]string{SourceLive, SourceLive, SourceVariation}).Draw(t, "source")
		begin := time.Duration(rapid.IntRange(0, 80).Draw(t, "begin")) * 30 * time.Minute
		isServed := rapid.Bool().Draw(t, "served")
		for i := range rapid.IntRange(1, 4).Draw(t, "exchanges") {
			minute := rapid.IntRange(0, 10).Draw(t, "minute")
			overlong := rapid.IntRange(0, 9).Draw(t, "overlong") == 0
			if overlong {
				minute += rapid.IntRange(0, 60).Draw(t, "over")
			}
			verdicts := []string{rapid.SampledFrom([]string{"agree", "agree", "undecided", "primary_wrong"}).Draw(t, "verdict")}
			if verdicts[0] == "agree" {
				verdicts = nil
			}
			e := judged(fmt.Sprintf("%02d-%d", scan, i), rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "case"), begin+time.Duration(minute)*time.Minute, verdicts...)
			e.Scan, e.Source, e.Overlong = key, source, overlong
			e.Mixed = rapid.IntRange(0, 9).Draw(t, "mixed") == 0
			if rapid.IntRange(0, 5).Draw(t, "failed") == 0 {
				e.Outcome, e.Verdict, e.Metrics = "candidate_failed", "candidate_failed", nil
			}
			if isServed {
				e = served(e)
			}
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b Exchange) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return list
}

func (e *Evidence) plus(f Evidence) {
	for _, c := range []struct{ to, from *ScanCount }{{&e.Mirror, &f.Mirror}, {&e.Served, &f.Served}, {&e.EnteredMirror, &f.EnteredMirror}} {
		c.to.Scans += c.from.Scans
		c.to.Disagree += c.from.Disagree
	}
	e.Variations = append(e.Variations, f.Variations...)
	e.Eligible += f.Eligible
	e.Compared += f.Compared
	e.OpenWrong = f.OpenWrong
}

func TestEvidence_IsTheSameHoweverTheTimeIsCut(t *testing.T) {
	s := openNew(t)
	run := func(t rapid.TB, statements string) {
		if _, err := s.writer.ExecContext(context.Background(), statements); err != nil {
			t.Fatal(err)
		}
	}
	run(t, `PRAGMA synchronous = OFF`)
	rapid.Check(t, func(t *rapid.T) {
		run(t, `DELETE FROM sightings; DELETE FROM rulings; DELETE FROM metrics; DELETE FROM exchanges; DELETE FROM bodies; DELETE FROM disagreements`)
		list := traffic(t)
		from, until := noon.Add(time.Duration(rapid.IntRange(-1, 600).Draw(t, "from"))*time.Minute), noon.Add(48*time.Hour)
		cuts := []time.Time{until}
		for range rapid.IntRange(0, 12).Draw(t, "cuts") {
			cuts = append(cuts, from.Add(time.Duration(rapid.IntRange(0, 45*60).Draw(t, "cut"))*time.Minute))
		}
		slices.SortFunc(cuts, time.Time.Compare)
		q := EvidenceQuery{After: from, Entered: noon.Add(time.Duration(rapid.IntRange(0, 2400).Draw(t, "entered")) * time.Minute), Core: core}
		var sum Evidence
		for _, cut := range cuts {
			// No more is there than at the earliest moment at which the span may be asked for.
			i := slices.IndexFunc(list, func(e Exchange) bool { return e.At.After(cut.Add(settled)) })
			if i < 0 {
				i = len(list)
			}
			if err := s.RecordBatch(context.Background(), list[:i]); err != nil {
				t.Fatal(err)
			}
			list, q.Until = list[i:], cut
			e, err := s.Evidence(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			sum.plus(e)
			q.After = cut
		}
		q.After, q.Until = from, until
		whole, err := s.Evidence(context.Background(), q)
		if err != nil || !reflect.DeepEqual(sum, whole) {
			t.Fatalf("cut at %v it is\n%+v, in one\n%+v, error %v", cuts, sum, whole, err)
		}
		checkOracle(t, s, q, whole)
	})
}

// checkOracle counts scans by the words of the design, with all exchanges in hand.
func checkOracle(t *rapid.T, s *Store, q EvidenceQuery, got Evidence) {
	all, err := s.Exchanges(context.Background(), Filter{Limit: maxLimit})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(all)
	var want Evidence
	first := map[string]time.Time{}
	for _, e := range all {
		key := e.Source + e.Scan
		if first[key].IsZero() {
			first[key] = e.At
		}
	}
	seen := map[string]bool{}
	for _, e := range all {
		key := e.Source + e.Scan
		if first[key].After(q.After) && !first[key].After(q.Until) && !seen[key] {
			seen[key] = true
			want.judge(e, all, q.Entered)
		}
		if e.Source == SourceLive && e.At.After(q.After) && !e.At.Before(q.Entered) && !e.At.After(q.Until) {
			want.Eligible++
			if len(e.Metrics) > 0 {
				want.Compared++
			}
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got\n%+v, want\n%+v", got, want)
	}
}

// judge counts the scan that begins with first.
func (e *Evidence) judge(first Exchange, all []Exchange, entered time.Time) {
	scan := Scan{First: first.At, Agrees: true}
	for i, x := range all {
		if x.Scan != first.Scan || x.Source != first.Source || x.At.Sub(first.At) > settled {
			continue
		}
		scan.Mixed, scan.Overlong = scan.Mixed || x.Mixed, scan.Overlong || x.Overlong
		if len(x.Metrics) == 0 {
			continue
		}
		scan.Cases++
		scan.Agrees = scan.Agrees && (x.Metrics[0].Verdict == "agree" || x.Metrics[0].Verdict == "primary_wrong")
		scan.Served = scan.Served || x.ServedBy == servedByCandidate
		scan.New = scan.New || !slices.ContainsFunc(all[:i], func(o Exchange) bool {
			return o.Case == x.Case && o.Scan != x.Scan && len(o.Metrics) > 0 && x.At.Sub(o.At) <= 24*time.Hour &&
				(o.Source == SourceLive || x.Source == SourceVariation)
		})
	}
	if scan.Cases == 0 || scan.Mixed || scan.Overlong {
		return
	}
	switch {
	case first.Source == SourceVariation && scan.New:
		e.Variations = append(e.Variations, !scan.Agrees)
	case first.Source == SourceLive && scan.New:
		e.Mirror.add(scan)
		if !scan.First.Before(entered) {
			e.EnteredMirror.add(scan)
		}
	}
	if first.Source == SourceLive && scan.Served {
		e.Served.add(scan)
	}
}
