package encode_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"understudy/engine/class"
	"understudy/engine/encode"
	"understudy/engine/sat"
)

var solvers = []sat.Solver{sat.Gophersat, sat.Gini}

// question is one of the questions for a cheapest vector.
type question struct {
	name  string
	ask   func(ctx context.Context, s sample, solver sat.Solver) (class.Minimum, error)
	does  func(o *oracle) func(uint) bool
	pairs bool // comes with two quorums
}

var questions = []question{
	{
		name: "splitting", pairs: true,
		ask: func(ctx context.Context, s sample, solver sat.Solver) (class.Minimum, error) {
			return encode.MinimumSplitting(ctx, s.q, s.price, solver)
		},
		does: func(o *oracle) func(uint) bool { return o.splitting },
	},
	{
		name: "blocking",
		ask: func(ctx context.Context, s sample, solver sat.Solver) (class.Minimum, error) {
			return encode.MinimumBlocking(ctx, s.q, s.price, solver)
		},
		does: func(o *oracle) func(uint) bool { return o.blocking },
	},
	{
		name: "quorum",
		ask: func(ctx context.Context, s sample, solver sat.Solver) (class.Minimum, error) {
			return encode.MinimumQuorum(ctx, s.q, s.price, solver)
		},
		does: func(o *oracle) func(uint) bool { return o.quorum },
	},
	{
		name: "history-critical",
		ask: func(ctx context.Context, s sample, solver sat.Solver) (class.Minimum, error) {
			lost := s.lost
			if lost == nil {
				lost = make([]bool, len(s.q.Size))
			}
			return encode.MinimumHistoryCritical(ctx, s.q, lost, s.price, solver)
		},
		does: func(o *oracle) func(uint) bool { return o.critical },
	},
}

func TestMinima_AgreeWithTryingAllSetsOfNodes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	tried, found := 0, map[string]int{}
	for range 1500 {
		s := newSample(r, 7)
		for _, ask := range questions {
			for _, solver := range solvers {
				if compare(t, ask, s, solver, true) {
					found[ask.name]++
				}
				if ask.name != "history-critical" {
					compare(t, ask, s.plain(), solver, false)
				}
			}
		}
		tried++
	}
	t.Logf("%d networks; prices above zero: %v", tried, found)
	for _, ask := range questions {
		if found[ask.name] < 300 {
			t.Errorf("%s: %d prices above zero in %d networks: too few to show anything", ask.name, found[ask.name], tried)
		}
	}
}

// compare says whether there was something to pay.
func compare(t *testing.T, ask question, s sample, solver sat.Solver, priced bool) bool {
	t.Helper()
	got, err := ask.ask(t.Context(), s, solver)
	if err != nil {
		t.Fatalf("%s by %v: %v", ask.name, solver, err)
	}
	does := ask.does(s.oracle)
	want := s.oracle.least(priced, does)
	if !got.Complete || got.Found != (want != none) || got.Found && (got.Size != want || got.LowerBound != want) {
		t.Fatalf("%s by %v, priced %v: %+v, want %d\n%+v\n%+v", ask.name, solver, priced, got, want, s.system, s.price)
	}
	if got.Found {
		checkWitness(t, ask, s, got, priced)
	}
	return got.Size > 0
}

// checkWitness checks the vectors as sets of nodes.
func checkWitness(t *testing.T, ask question, s sample, got class.Minimum, priced bool) {
	t.Helper()
	set := mask(s.q, got.Vector, 0)
	if !ask.does(s.oracle)(set) || s.oracle.price(set, priced) != got.Size {
		t.Fatalf("%s: %+v is no such set\n%+v", ask.name, got, s.system)
	}
	if ask.name == "history-critical" {
		if quorum := mask(s.q, got.Quorums[0], 0); !s.oracle.quorum(quorum) {
			t.Fatalf("%s: %+v: no quorum\n%+v", ask.name, got, s.system)
		}
	}
	if ask.pairs {
		checkSplit(t, s, encode.Split{Gone: got.Vector, Quorums: got.Quorums})
	}
}

func checkSplit(t *testing.T, s sample, split encode.Split) {
	t.Helper()
	gone := mask(s.q, split.Gone, 0)
	a := mask(s.q, split.Quorums[0], gone)
	b := mask(s.q, split.Quorums[1], gone|a)
	isQuorum := map[uint]bool{}
	for _, quorum := range s.oracle.quorumsWithout(gone) {
		isQuorum[quorum] = true
	}
	if !isQuorum[a] || !isQuorum[b] {
		t.Fatalf("%+v: not two disjoint quorums\n%+v", split, s.system)
	}
}

func TestMinima_ClaimNothingWrongWhenTheirTimeEnds(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	early, late := 0, 0
	for range 400 {
		s := newSample(r, 7)
		for _, ask := range questions {
			want := s.oracle.least(true, ask.does(s.oracle))
			for _, solver := range solvers {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(r.IntN(400))*time.Microsecond)
				got, err := ask.ask(ctx, s, solver)
				cancel()
				if err != nil || wrongClaim(got, want) {
					t.Fatalf("%s by %v: %+v (%v), want %d\n%+v", ask.name, solver, got, err, want, s.system)
				}
				if got.Found {
					checkWitness(t, ask, s, got, true)
				}
				if got.Complete {
					late++
				} else {
					early++
				}
			}
		}
	}
	t.Logf("%d searches ended early, %d in time", early, late)
}

func wrongClaim(got class.Minimum, want int) bool {
	switch {
	case want == none:
		return got.Found
	case got.Complete:
		return !got.Found || got.Size != want
	}
	return got.LowerBound > want || got.Found && got.Size < want
}

func TestQuestions_SaySoWhenTheirTimeIsOver(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := newSample(rand.New(rand.NewPCG(3, 4)), 7).plain()
	for _, ask := range questions {
		want := s.oracle.least(false, ask.does(s.oracle))
		if got, err := ask.ask(ctx, s, sat.Gini); err != nil || got.Complete || wrongClaim(got, want) || got.Calls > 0 {
			t.Errorf("%s: %+v (%v)", ask.name, got, err)
		}
	}
	if _, status, err := encode.Intersection(ctx, s.q, sat.Gini); err != nil || status != sat.Unknown {
		t.Errorf("intersection: %v (%v)", status, err)
	}
	if tier, err := encode.TopTier(ctx, s.q, sat.Gini); err != nil || tier.Complete {
		t.Errorf("top tier: %+v (%v)", tier, err)
	}
	if family, err := encode.Splitting(ctx, s.q, sat.Gini); err != nil || family.Complete {
		t.Errorf("splitting: %+v (%v)", family, err)
	}
}
