package api

import (
	"context"
	"errors"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"understudy/engine"
	"understudy/engine/quality"
)

func TestRecover_PanicIs500AndAbortPasses(t *testing.T) {
	gin.SetMode(gin.ReleaseMode)
	h := &handler{Config{Logger: slog.New(slog.DiscardHandler)}}
	for _, c := range []struct {
		name   string
		handle gin.HandlerFunc
		aborts bool
	}{
		{"before the answer", func(*gin.Context) { panic("fault") }, false},
		{"abort", func(*gin.Context) { panic(http.ErrAbortHandler) }, true},
		{"in the middle of the answer", func(c *gin.Context) { c.String(200, "half"); panic("fault") }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := gin.New()
			g.Use(h.recover)
			g.GET("/", c.handle)
			w := httptest.NewRecorder()
			aborted := func() (aborted bool) {
				defer func() { aborted = recover() == any(http.ErrAbortHandler) }()
				g.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
				return false
			}()
			if aborted != c.aborts || !aborted && w.Code != http.StatusInternalServerError {
				t.Errorf("aborted %v, status %d", aborted, w.Code)
			}
		})
	}
}

func TestSets_EndedByTheTimeSaysSoAndCountsAsMinusOne(t *testing.T) {
	a := &asking{ctx: t.Context(), start: time.Now()}
	s := a.sets(engine.Family{Outcome: engine.Found, MinSize: 3, LowerBound: 2, Example: []string{"a", "b", "c"}})
	if s.TotalSets.Int64() != -1 || s.Complete == nil || *s.Complete || s.LowerBound == nil || *s.LowerBound != 2 {
		t.Errorf("got %+v", s)
	}
	if !a.useful {
		t.Error("an example is something")
	}
}

func TestSets_SayWhetherTheTimeOrTheSizeEndedTheSearch(t *testing.T) {
	ended, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	for _, c := range []struct {
		ctx  context.Context
		want StoppedBy
		err  error
	}{{ended, StoppedByTime, ErrNothing}, {t.Context(), StoppedBySize, ErrTooLarge}} {
		a := &asking{ctx: c.ctx, start: time.Now()}
		if got := a.sets(engine.Family{Outcome: engine.GaveUp}).StoppedBy; got != c.want {
			t.Errorf("stopped by %q, want %q", got, c.want)
		}
		answer, err := finish(a, func() (Sets, error) { return Sets{}, nil })
		if !errors.Is(err, c.err) {
			t.Errorf("got %v, %v, want %v", answer, err, c.err)
		}
	}
	if p := problemOf(ErrTooLarge); p.Status != http.StatusRequestEntityTooLarge || strings.Contains(p.Detail, "time") {
		t.Errorf("got %+v", p)
	}
}

func TestShare_LeavesTimeToTheQuestionsThatFollow(t *testing.T) {
	whole, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	for questions, want := range map[int]time.Duration{4: 15 * time.Minute, 1: time.Hour} {
		share, done := Share(whole, questions)
		end, limited := share.Deadline()
		if got := time.Until(end); !limited || got > want || got < want-time.Minute {
			t.Errorf("one of %d questions has %s of an hour", questions, got)
		}
		done()
	}
	share, done := Share(t.Context(), 4)
	defer done()
	if _, limited := share.Deadline(); limited {
		t.Error("a share of any time is limited")
	}
}

func TestSets_TheMinimumAloneIsNeverACount(t *testing.T) {
	a := &asking{ctx: t.Context(), start: time.Now(), options: engine.Options{Minimum: true}}
	s := a.sets(engine.Family{Outcome: engine.Found, Complete: true, Total: big.NewInt(6), MinSize: 2, LowerBound: 2})
	if s.TotalSets.Int64() != -1 || s.Complete != nil || s.LowerBound != nil {
		t.Errorf("got %+v", s)
	}
	if s = a.sets(engine.Family{Outcome: engine.NoSet, Complete: true, Total: new(big.Int)}); s.TotalSets.Sign() != 0 {
		t.Errorf("no set is a total of %s, want 0", s.TotalSets)
	}
}

func TestBounded_ListsAreCutAndNotTheirSource(t *testing.T) {
	findings := make([]quality.Finding, maxListed+1)
	for i := range findings {
		findings[i].Related = make([]string, 11)
	}
	cut := bounded(findings, func(f *quality.Finding) *[]string { return &f.Related })
	names := 0
	for _, f := range cut {
		names += len(f.Related)
	}
	if len(cut) != maxListed || names != maxRelated || len(findings[maxListed].Related) != 11 {
		t.Errorf("%d findings with %d names", len(cut), names)
	}
}

func TestEvidence_IsLeftOutWhereItIsLong(t *testing.T) {
	if got := evidence([][]string{make([]string, maxRelated), {"a"}}); got != nil {
		t.Errorf("%d quorums are shown", len(got))
	}
	if got := evidence([][]string{{"a"}}); len(got) != 1 {
		t.Errorf("got %v", got)
	}
}

func TestSets_CompleteHasNoWordAboutIt(t *testing.T) {
	a := &asking{ctx: t.Context(), start: time.Now()}
	huge := new(big.Int).Lsh(big.NewInt(1), 100)
	body, err := Encode(a.sets(engine.Family{Outcome: engine.Found, Complete: true, Total: huge, Example: []string{"<&>"}, Algorithm: "sat"}))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"min_size":0,"total_sets":1267650600228229401496703205376,"example_set":["<&>"],"execution_time_ms":0,` +
		`"engine":{"version":"","algorithm":"sat","solver_calls":0}}` + "\n"
	if string(body) != want {
		t.Errorf("got %s, want %s", body, want)
	}
}

func TestSets_NothingFoundInTimeIsNothing(t *testing.T) {
	a := &asking{ctx: t.Context(), start: time.Now()}
	a.sets(engine.Family{Outcome: engine.GaveUp})
	if a.useful {
		t.Error("nothing was found")
	}
}
