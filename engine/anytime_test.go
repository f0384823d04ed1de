package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// countdown is a context that ends when it has been looked at so many times:
// wherever a search is then, and without a clock.
type countdown struct {
	context.Context
	mu   sync.Mutex
	left int
	over chan struct{}
}

func newCountdown(looks int) *countdown {
	return &countdown{Context: context.Background(), left: looks, over: make(chan struct{})}
}

func (c *countdown) Done() <-chan struct{} { return c.over }

func (c *countdown) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left--
	if c.left == -1 {
		close(c.over)
	}
	if c.left < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

func TestAnalyses_ThatAreStoppedAnywhereClaimNothingWrong(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	stopped, claims := 0, 0
	for seed := range uint64(asked(t, 600)) {
		r := rand.New(rand.NewPCG(seed, 31))
		shape := shapes[seed%uint64(len(shapes))]
		network, semantics := randomNetwork(r, shape), readAs(r, shape)
		a := anytime{t: t, want: newOracle(network, semantics), looks: 1 << r.IntN(8)}
		a.o = Options{MergeBy: append(oracleLevels, MergeNone, MergeNone, MergeNone)[r.IntN(len(oracleLevels)+3)], Method: Methods[r.IntN(len(Methods))], MaxSets: 100}
		a.o.Minimum = r.IntN(2) == 0
		if seed%8 == 0 {
			a.looks = 0
		}
		a.name = fmt.Sprintf("seed %d, %s, stopped after %d looks, %+v", seed, semantics, a.looks, a.o)
		a.prepare = func() *System {
			s, err := Prepare(network, semantics)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		a.families()
		a.verdicts()
		stopped, claims = stopped+a.stopped, claims+a.claims
		if t.Failed() {
			t.Log(networkJSON(network))
			return
		}
	}
	t.Logf("%d answers, %d of them not complete", claims, stopped)
	if stopped < claims/10 {
		t.Error("too few were stopped to say anything")
	}
}

// anytime asks questions that are stopped after so many looks at the context.
type anytime struct {
	t       *testing.T
	name    string
	want    *oracle
	prepare func() *System
	o       Options
	looks   int

	stopped, claims int
}

func (a *anytime) comparison() comparison {
	return comparison{t: a.t, name: a.name, network: a.want.network, s: a.prepare(), want: a.want}
}

func (a *anytime) families() {
	a.t.Helper()
	c := a.comparison()
	for what, masks := range map[string][]mask{
		"quorums": a.want.tierQuorums, "splitting sets": a.want.splitting(),
		"history-critical sets": a.want.historyCritical(), "blocking sets": a.want.blocking(nil),
	} {
		r, err := c.askIn(newCountdown(a.looks), a.prepare(), what, a.o)
		if c.refuses(err) {
			continue
		}
		if err != nil {
			a.t.Errorf("%s: %s: %v", a.name, what, err)
			continue
		}
		a.claims++
		if !r.Complete {
			a.stopped++
		}
		a.sound(what, r, masks)
	}
}

// sound says what is wrong with a claim: a bound above the truth, a minimum
// below it, a verdict that is not true, or a set that is none of the kind.
func (a *anytime) sound(what string, r Family, masks []mask) {
	a.t.Helper()
	want := a.want.merge(masks, a.o.MergeBy)
	wrong := func(problem string) {
		a.t.Helper()
		a.t.Errorf("%s: %s: %s: %+v, want %v", a.name, what, problem, r, want)
	}
	switch {
	case r.Outcome == NoSet && (len(want) > 0 || !r.Complete):
		wrong("there is a set")
	case r.Outcome == Found && len(want) == 0:
		wrong("there is no set")
	case r.Complete && (r.Outcome == Found) != (len(want) > 0):
		wrong("complete and wrong")
	case len(want) > 0 && r.LowerBound > len(want[0]):
		wrong("the bound is above the minimum")
	case r.Outcome == Found && (r.MinSize < len(want[0]) || r.Complete && r.MinSize != len(want[0]) || len(r.Example) != r.MinSize):
		wrong("the minimum is another")
	case !r.Complete && r.Total != nil:
		wrong("a total of an unknown part")
	}
	for _, set := range append(slices.Clone(r.Sets), r.Example) {
		if r.Outcome == Found && !holdsOne(set, want) {
			wrong(fmt.Sprint("no set of the kind: ", set))
		}
		if exact := a.o.MergeBy == MergeNone && what != "history-critical sets"; exact && set != nil && len(r.Sets) > 0 && !slices.ContainsFunc(want, func(w []string) bool { return slices.Equal(w, sorted(set)) }) {
			wrong(fmt.Sprint("not minimal: ", set))
		}
	}
}

// holdsOne says whether a set, not always a minimal one, holds one of the family.
func holdsOne(set []string, family [][]string) bool {
	return slices.ContainsFunc(family, func(one []string) bool {
		rest := slices.Clone(set)
		for _, name := range one {
			at := slices.Index(rest, name)
			if at < 0 {
				return false
			}
			rest = slices.Delete(rest, at, at+1)
		}
		return true
	})
}

func (a *anytime) verdicts() {
	a.t.Helper()
	intersection, err := a.prepare().Intersection(newCountdown(a.looks), a.o)
	c := a.comparison()
	switch {
	case c.refuses(err):
	case err != nil || intersection.Complete && intersection.Intersects != a.want.intersects() || !intersection.Complete && intersection.Intersects:
		a.t.Errorf("%s: intersection %+v (%v), want %t", a.name, intersection, err, a.want.intersects())
	}
	tier, err := a.prepare().TopTier(newCountdown(a.looks), a.o)
	if c.refuses(err) {
		return
	}
	want := a.want.merge([]mask{a.want.topTier()}, a.o.MergeBy)[0]
	if err != nil || tier.Complete && !slices.Equal(sorted(tier.Members), want) || !holdsOne(want, [][]string{tier.Members}) {
		a.t.Errorf("%s: top tier %+v (%v), want %v", a.name, tier, err, want)
	}
}

// Of 24 organizations neither families nor splitting sets are found in no time.
func TestAnalyses_OfLargeNetworksEndSoonAfterTheirTime(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s := prepare(t, almostSymmetric(24, 3))
	for _, limit := range []time.Duration{0, time.Millisecond, 20 * time.Millisecond} {
		for _, by := range []MergeBy{MergeNone, MergeOrganization} {
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			start := time.Now()
			o := Options{MergeBy: by, Method: MethodBNB, MaxSets: 10}
			quorums, err1 := s.MinimalQuorums(ctx, o)
			blocking, err2 := s.MinimalBlockingSets(ctx, o)
			splitting, err3 := s.MinimalSplittingSets(ctx, o)
			_, err4 := s.TopTier(ctx, o)
			cancel()
			for i, err := range []error{err1, err2, err3, err4} {
				if err != nil {
					t.Errorf("question %d: %v", i, err)
				}
			}
			for _, r := range []Family{quorums.Family, blocking, splitting.Family} {
				if r.Outcome == NoSet || r.Complete != (r.Total != nil) || r.Outcome == Found && r.LowerBound > r.MinSize {
					t.Errorf("in %v: %+v", limit, r)
				}
			}
			if late := time.Since(start) - limit; late > 5*time.Second {
				t.Errorf("%v late for a limit of %v", late, limit)
			}
		}
	}
}
