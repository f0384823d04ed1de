package api

import (
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"understudy/engine"
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
	a := &asking{start: time.Now()}
	s := a.sets(engine.Family{Outcome: engine.Found, MinSize: 3, LowerBound: 2, Example: []string{"a", "b", "c"}}, "sat")
	if s.TotalSets.Int64() != -1 || s.Complete == nil || *s.Complete || s.LowerBound == nil || *s.LowerBound != 2 {
		t.Errorf("got %+v", s)
	}
	if !a.useful {
		t.Error("an example is something")
	}
}

func TestSets_CompleteHasNoWordAboutIt(t *testing.T) {
	a := &asking{start: time.Now()}
	huge := new(big.Int).Lsh(big.NewInt(1), 100)
	body, err := Encode(a.sets(engine.Family{Outcome: engine.Found, Complete: true, Total: huge, Example: []string{"<&>"}}, "sat"))
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
	a := &asking{start: time.Now()}
	a.sets(engine.Family{Outcome: engine.GaveUp}, "sat")
	if a.useful {
		t.Error("nothing was found")
	}
}
