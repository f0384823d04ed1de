package arbiter_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"understudy/compare"
	"understudy/compare/arbiter"
	"understudy/engine/fbas"
)

// random draws a network of nested and flat sets in which members repeat, owners
// leave themselves out and thresholds are 0 or out of reach now and then, with
// organizations that overlap and share names.
func random(r *rand.Rand, nodes int) *fbas.Network {
	keys := make([]string, nodes)
	for i := range keys {
		keys[i] = fmt.Sprintf("n%d", i)
	}
	set := func() fbas.QuorumSet {
		q := fbas.QuorumSet{}
		for range 1 + r.IntN(nodes) {
			q.Validators = append(q.Validators, keys[r.IntN(nodes)])
		}
		for range r.IntN(3) {
			inner := fbas.QuorumSet{Threshold: 1 + r.IntN(2)}
			for range 1 + r.IntN(3) {
				inner.Validators = append(inner.Validators, keys[r.IntN(nodes)])
			}
			q.InnerQuorumSets = append(q.InnerQuorumSets, inner)
		}
		members := len(q.Validators) + len(q.InnerQuorumSets)
		q.Threshold = max(members/2, 1+r.IntN(members+1)) - r.IntN(12)/11
		return q
	}
	n, common := &fbas.Network{}, set()
	for _, key := range keys {
		q := common
		if r.IntN(3) == 0 {
			q = set()
		}
		country := string(rune('A' + r.IntN(3)))
		n.Nodes = append(n.Nodes, fbas.Node{PublicKey: key, QuorumSet: &q, Country: &country})
	}
	for i := range r.IntN(4) {
		o := fbas.Organization{Name: string(rune('P' + i%2))}
		for range 1 + r.IntN(3) {
			o.Validators = append(o.Validators, keys[r.IntN(nodes)])
		}
		n.Organizations = append(n.Organizations, o)
	}
	return n
}

func dispute(t testing.TB, n *fbas.Network, analysis, mergeBy string, faulty []string) compare.Dispute {
	t.Helper()
	return about(reading(t, n, "rust", mergeBy, faulty), analysis)
}

// about is a dispute about what an analysis answers.
func about(d compare.Dispute, analysis string) compare.Dispute {
	d.Analysis, d.Metrics = analysis, metrics[analysis]
	return d
}

var metrics = map[string][]string{
	"top-tier":       {compare.MetricTopTier},
	"quorums":        {compare.MetricMinQuorum, compare.MetricIntersection},
	"blocking-sets":  {compare.MetricMinBlocking},
	"splitting-sets": {compare.MetricSplittingFamily},
	"full":           compare.Metrics,
	"network":        compare.Metrics,
}

var questions = []string{"top-tier", "quorums", "blocking-sets", "splitting-sets", "full", "network"}

// known is what both ways to answer tell.
func known(a *compare.Answer) string {
	type summary struct {
		TopTier                                  []string
		Intersect                                *bool
		MinQuorum, MinBlocking, MinSplitting     *int
		NoQuorum, NoBlocking, NoSplitting, Split bool
		Network                                  *compare.Network
	}
	s := summary{Network: a.Network}
	if a.TopTier != nil {
		s.TopTier = a.TopTier.Members
	}
	if q := a.Quorums; q != nil {
		s.Intersect, s.MinQuorum, s.NoQuorum = &q.Intersect, &q.Min, q.None()
	}
	if b := a.Blocking; b != nil {
		s.MinBlocking, s.NoBlocking = &b.Min, b.None()
	}
	if p := a.Splitting; p != nil {
		s.MinSplitting, s.NoSplitting, s.Split = &p.Min, p.None(), p.Split
	}
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// The ways that are not taken for small cores.
var (
	searching = arbiter.Config{MaxExhaustive: 1}
	solving   = arbiter.Config{MaxExhaustive: 1, MaxSearched: 1}
)

func TestAnswer_EnumerationAndTwoSolversSayTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 11))
	small, large := arbiter.New(arbiter.Config{}), arbiter.New(solving)
	compared := 0
	for range 120 {
		n, semantics := random(r, 3+r.IntN(6)), "rust"
		if r.IntN(3) == 0 {
			n, semantics = wild(r), "raw"
		}
		for _, mergeBy := range []string{"none", "organization", "country"} {
			for _, analysis := range questions {
				faulty := []string{fmt.Sprintf("n%d", r.IntN(6)), "nobody"}[:r.IntN(3)]
				if analysis == "full" {
					faulty = nil
				}
				d := about(reading(t, n, semantics, mergeBy, faulty), analysis)
				if len(d.Core.Keys()) < 2 {
					continue
				}
				one, err := small.Answer(t.Context(), d)
				if err != nil {
					t.Fatal(err)
				}
				other, err := large.Answer(t.Context(), d)
				if err != nil {
					t.Fatalf("%s by %s: %v", analysis, mergeBy, err)
				}
				if one.Kind != compare.ProofExhaustive || other.Kind != compare.ProofTwoSolvers {
					t.Fatalf("kinds are %s and %s", one.Kind, other.Kind)
				}
				compared++
				if known(one.Answer) != known(other.Answer) {
					t.Errorf("%s by %s, faulty %v:\n%s\n%s", analysis, mergeBy, faulty, known(one.Answer), known(other.Answer))
				}
			}
		}
	}
	t.Logf("compared %d answers about random networks", compared)
	if compared < 1000 {
		t.Errorf("compared %d answers only", compared)
	}
}

func TestSplit_EnumerationAndTwoSolversSayTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 12))
	small, large := arbiter.New(arbiter.Config{}), arbiter.New(solving)
	splits, none, merged := 0, 0, 0
	for range 2000 {
		n := random(r, 3+r.IntN(5))
		if r.IntN(2) == 0 {
			n = wild(r)
		}
		semantics := []string{"rust", "raw"}[r.IntN(2)]
		d := reading(t, n, semantics, []string{"none", "organization", "country"}[r.IntN(3)], nil)
		keys := d.Core.Keys()
		if len(keys) < 2 {
			continue
		}
		chosen := keys[r.IntN(len(keys)):]
		names, err := d.Groups.Image(chosen[:1+r.IntN(len(chosen))])
		if err != nil {
			t.Fatal(err)
		}
		one, err := small.Split(t.Context(), d, names)
		if err != nil {
			t.Fatal(err)
		}
		other, err := large.Split(t.Context(), d, names)
		if err != nil || (one.Quorums == nil) != (other.Quorums == nil) {
			t.Fatalf("%v by %s: %+v, %+v: %v", names, d.MergeBy, one, other, err)
		}
		if one.Quorums == nil {
			none++
			continue
		}
		splits++
		if len(d.Groups.Nodes(names)) > len(names) {
			merged++
		}
		for _, s := range []compare.Split{one, other} {
			if err := d.Groups.CheckSplitting(names, s.Members, s.Quorums[0], s.Quorums[1]); err != nil {
				t.Errorf("%v: %v", names, err)
			}
		}
	}
	t.Logf("%d sets split, %d of merged nodes, %d do not", splits, merged, none)
	if splits < 100 || merged < 50 || none < 100 {
		t.Errorf("%d sets split, %d of merged nodes, %d do not", splits, merged, none)
	}
}

func TestArbiter_ThatIsOutOfTimeAnswersNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := dispute(t, alike(16, flat(11, 16)), "splitting-sets", "none", nil)
	for name, a := range map[string]*arbiter.Arbiter{
		"enumeration": arbiter.New(arbiter.Config{}), "search": arbiter.New(searching), "solvers": arbiter.New(solving),
	} {
		if _, err := a.Answer(ctx, d); !errors.Is(err, compare.ErrUnsettled) || !errors.Is(err, context.Canceled) && name == "enumeration" {
			t.Errorf("%s: error is %v", name, err)
		}
		if _, err := a.Split(ctx, d, []string{"n00", "n01"}); !errors.Is(err, compare.ErrUnsettled) {
			t.Errorf("%s, a split: error is %v", name, err)
		}
	}
	if _, err := arbiter.New(arbiter.Config{}).Split(t.Context(), d, []string{"nobody"}); !errors.Is(err, compare.ErrUnsettled) {
		t.Errorf("an unknown name: error is %v", err)
	}
}

func TestArbiter_StopsAmidItsWorkWhenTheTimeEnds(t *testing.T) {
	hard, solvers := arbiter.New(arbiter.Config{MaxExhaustive: 20}), arbiter.New(solving)
	for name, question := range map[string]struct {
		*arbiter.Arbiter
		compare.Dispute
	}{
		"enumeration": {hard, dispute(t, alike(20, flat(19, 20)), "splitting-sets", "none", nil)}, // half a minute of work
		"search":      {arbiter.New(searching), dispute(t, unlike(60), "blocking-sets", "none", nil)},
		"listing":     {arbiter.New(searching), dispute(t, unlike(60), "splitting-sets", "none", nil)},
		"solvers":     {solvers, dispute(t, unlike(60), "splitting-sets", "none", nil)},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		start := time.Now()
		_, err := question.Answer(ctx, question.Dispute)
		if late := time.Since(start); !errors.Is(err, compare.ErrUnsettled) || late > 5*time.Second {
			t.Errorf("%s: error is %v after %v", name, err, late)
		}
		cancel()
	}
}

// unlike is a network of so many nodes none of which are interchangeable: each
// asks for most of the 20 that follow it.
func unlike(nodes int) *fbas.Network {
	n := &fbas.Network{}
	for i := range nodes {
		q := &fbas.QuorumSet{Threshold: 14 + i%3}
		for next := range 20 {
			q.Validators = append(q.Validators, key((i+next)%nodes))
		}
		n.Nodes = append(n.Nodes, fbas.Node{PublicKey: key(i), QuorumSet: q})
	}
	return n
}

func TestArbiter_EndsInTimeWhateverTheNetworkLists(t *testing.T) {
	names := make([]string, 40)
	twins := alike(41, flat(28, 41))
	for i := range 41 {
		twins.Organizations = append(twins.Organizations, fbas.Organization{Name: "S", Validators: []string{key(i)}})
	}
	for i := range names {
		names[i] = "S"
	}
	repeats := &fbas.Network{}
	for i := range 16 {
		q := &fbas.QuorumSet{Threshold: 100_000 + i}
		for mention := range 160_000 {
			q.Validators = append(q.Validators, key(mention%16))
		}
		repeats.Nodes = append(repeats.Nodes, fbas.Node{PublicKey: key(i), QuorumSet: q})
	}
	ask := arbiter.New(arbiter.Config{})
	asked, listed := dispute(t, twins, "splitting-sets", "organization", nil), dispute(t, repeats, "splitting-sets", "none", nil)
	for name, question := range map[string]func(context.Context) error{
		"a set of most groups of one name": func(ctx context.Context) error { _, err := ask.Split(ctx, asked, names); return err },
		"validators listed 10,000 times":   func(ctx context.Context) error { _, err := ask.Answer(ctx, listed); return err },
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		ended := make(chan error, 1)
		go func() { ended <- question(ctx) }()
		select {
		case <-ended:
		case <-time.After(3 * time.Second):
			t.Errorf("%s: it goes on after its time", name)
		}
		cancel()
	}
}
