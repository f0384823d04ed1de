package console_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"understudy/console"
	"understudy/rollout"
	"understudy/rollout/audit"
	"understudy/store"
)

func TestHistory_IsReadPageByPageTheNewestLast(t *testing.T) {
	p := newPilot(t)
	for i := range 6 {
		p.act([]string{"hold", "resume"}[i%2], fmt.Sprintf(`{"reason": "number %d"}`, i))
	}
	for query, want := range map[string]string{
		"": "1 2 3 4 5 6 7", "?limit=3": "5 6 7", "?limit=3&before=5": "2 3 4", "?limit=3&after=0": "1 2 3", "?after=5": "6 7", "?kind=held": "2 4 6", "?before=1": "", "?after=2&before=5": "3 4",
	} {
		var page console.History
		p.reads("rollout/history"+query, &page)
		var numbers []string
		for _, r := range page.Records {
			numbers = append(numbers, fmt.Sprint(r.Seq))
		}
		if got := strings.Join(numbers, " "); got != want || page.Seq != 7 || page.Head == "" {
			t.Errorf("%q: %s, want %s (%d %s)", query, got, want, page.Seq, page.Head)
		}
	}
	for _, query := range []string{"kind=promotion", "before=-1", "after=x"} {
		if w := p.as(viewerSecret, http.MethodGet, "rollout/history?"+query, ""); w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", query, w.Code)
		}
	}
}

func TestHistory_AClientCanComputeTheChainAgain(t *testing.T) {
	p := newPilot(t)
	p.act("hold", `{"reason": "<a & b> ü"}`)
	var page console.History
	p.reads("rollout/history?after=0", &page)
	chain := make([]audit.Record, len(page.Records))
	for i, r := range page.Records {
		chain[i] = audit.Record{Seq: r.Seq, Prev: r.Prev, Digest: r.Digest, Body: []byte(r.Body)}
	}
	if err := audit.Verify(chain, page.Head, page.Seq); err != nil {
		t.Error(err)
	}
}

// damaged is a store whose audit was meddled with.
type damaged struct {
	*store.Store
	meddle func([]store.AuditRecord) []store.AuditRecord
}

func (d damaged) Audit(ctx context.Context, f store.AuditFilter) ([]store.AuditRecord, error) {
	list, err := d.Store.Audit(ctx, store.AuditFilter{})
	list = d.meddle(list)
	list = slices.DeleteFunc(list, func(r store.AuditRecord) bool { return r.Seq <= f.After || f.Before > 0 && r.Seq >= f.Before })
	return list, err
}

func TestVerify_TellsWhichRecordIsWrong(t *testing.T) {
	type records = []store.AuditRecord
	for _, tc := range []struct {
		name   string
		meddle func(records) records
		want   string // "": all is well
	}{
		{"nothing", func(l records) records { return l }, ""},
		{"a body", func(l records) records { l[1].Body = []byte(`{}`); return l }, "record 2"},
		{"a line is gone", func(l records) records { return slices.Delete(l, 1, 2) }, "record 2"},
		{"the tail is gone", func(l records) records { return l[:2] }, "record 3"},
		{"all is gone", func(records) records { return nil }, "record 1"},
		{"an actor beside the body", func(l records) records { l[2].Actor = "person:eve"; return l }, "record 3: time, kind or actor"},
		{"a time beside the body", func(l records) records { l[2].At = l[2].At.Add(time.Second); return l }, "record 3: time, kind or actor"},
		{"a chain of its own", func(l records) records {
			l = l[:2]
			again, err := audit.Seal(3, l[1].Digest, rollout.Change{At: noon, Kind: rollout.ChangeResumed, Actor: "person:ana"})
			if err != nil {
				t.Fatal(err)
			}
			return append(l, store.AuditRecord{Seq: 3, At: noon, Kind: "resumed", Actor: "person:ana", Prev: again.Prev, Digest: again.Digest, Body: again.Body})
		}, "record 3"},
	} {
		p := newPilot(t)
		p.act("hold", `{"reason": "x"}`)
		p.act("resume", `{"reason": "y"}`)
		api := console.API(damaged{p.store, tc.meddle}, console.Config{Rollout: p.driver, Logger: slog.New(slog.DiscardHandler)})
		var got console.Verification
		asker{t, api}.get("/api/v1/rollout/history/verify", &got)
		if got.OK != (tc.want == "") || !strings.Contains(got.Problem, tc.want) || got.Seq != 3 {
			t.Errorf("%s: %+v, want %q", tc.name, got, tc.want)
		}
	}
}
