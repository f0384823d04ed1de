package engine

import (
	"context"
	"errors"
	"strings"
	"testing"

	"understudy/engine/class"
	"understudy/engine/fbas"
	"understudy/engine/witness"
)

// answers asks everything there is and gives the errors by name.
func answers(ctx context.Context, s *System, o Options) map[string]error {
	_, quorums := s.MinimalQuorums(ctx, o)
	_, blocking := s.MinimalBlockingSets(ctx, o)
	_, splitting := s.MinimalSplittingSets(ctx, o)
	_, history := s.HistoryCriticalSets(ctx, o)
	_, tier := s.TopTier(ctx, o)
	_, symmetric := s.SymmetricTopTier(ctx, o)
	return map[string]error{
		"quorums": quorums, "blocking sets": blocking, "splitting sets": splitting,
		"history-critical sets": history, "top tier": tier, "symmetric top tier": symmetric,
	}
}

func TestJudge_OfAnotherNetworkRefusesEveryAnswer(t *testing.T) {
	network := strings.ReplaceAll(threeOfFour, `"publicKey"`, `"historyArchiveHasError":false,"publicKey"`)
	all4 := strings.ReplaceAll(network, `"threshold":3`, `"threshold":4`)
	for _, semantics := range AllSemantics {
		for _, o := range []Options{{}, {Minimum: true}, {MergeBy: MergeISP, MaxSets: 10}, {Method: MethodGophersat}, {Method: MethodBNB}} {
			s, err := Prepare(readNetwork(t, network), semantics)
			if err != nil {
				t.Fatal(err)
			}
			for what, err := range answers(t.Context(), s, o) {
				if err != nil {
					t.Fatalf("%s, %+v: %s: %v", semantics, o, what, err)
				}
			}
			if s, err = Prepare(readNetwork(t, network), semantics); err != nil {
				t.Fatal(err)
			}
			*s.judge = *newJudge(readNetwork(t, all4), semantics)
			for what, err := range answers(t.Context(), s, o) {
				if what == "blocking sets" {
					continue // two of four block there too, but are not minimal
				}
				if !errors.Is(err, ErrContradiction) {
					t.Errorf("%s, %+v: %s: %v, want a contradiction", semantics, o, what, err)
				}
			}
			if _, err := s.MinimalBlockingSets(t.Context(), o); !errors.Is(err, ErrContradiction) && o.MergeBy == "" {
				t.Errorf("%s, %+v: blocking sets: %v, want a contradiction", semantics, o, err)
			}
		}
	}
}

func TestJudge_RefusesDisjointQuorumsThatAreNone(t *testing.T) {
	s := prepare(t, strings.ReplaceAll(threeOfFour, `"threshold":3`, `"threshold":2`))
	*s.judge = *newJudge(readNetwork(t, threeOfFour), SemanticsRust)
	if _, err := s.Intersection(t.Context(), Options{}); !errors.Is(err, ErrContradiction) {
		t.Errorf("%v, want a contradiction", err)
	}
}

func TestJudge_ThatCanNotReadTheNetworkLetsNothingPass(t *testing.T) {
	s := prepare(t, threeOfFour)
	broken := errors.New("no core")
	s.judge.core = func() (*witness.Core, error) { return nil, broken }
	for what, err := range answers(t.Context(), s, Options{}) {
		if !errors.Is(err, broken) || !errors.Is(err, ErrContradiction) {
			t.Errorf("%s: %v, want %v", what, err, broken)
		}
	}
}

// A family that is remembered wrong is caught wherever it is used.
func TestJudge_RefusesFamiliesThatAreRememberedWrong(t *testing.T) {
	cases := []struct {
		name  string
		wrong class.Vector
	}{
		{"too small", class.Vector{1}},
		{"too large", class.Vector{4}},
		{"the empty set", class.Vector{0}},
	}
	same := strings.NewReplacer(`"isp":"Acme, Inc.",`, "", `"isp":"Acme Inc",`, "", `"isp":"Bell",`, "").Replace(threeOfFour)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			remember := func() ([]class.Vector, bool) { return []class.Vector{c.wrong}, true }
			s := prepare(t, same)
			s.quorums.find(remember)
			s.blocking.find(remember)
			_, err1 := s.MinimalQuorums(t.Context(), Options{})
			_, err2 := s.MinimalBlockingSets(t.Context(), Options{})
			for i, err := range []error{err1, err2} {
				if !errors.Is(err, ErrContradiction) {
					t.Errorf("question %d: %v, want a contradiction", i, err)
				}
			}
		})
	}
}

// What is wrong with an answer is found whoever gave it.
func TestChecks_RefuseAnswersWithOneFault(t *testing.T) {
	s := prepare(t, threeOfFour)
	groups, err := s.groups(MergeNone)
	if err != nil {
		t.Fatal(err)
	}
	found := func(example ...string) Family {
		return Family{Outcome: Found, Complete: true, MinSize: len(example), Example: example, members: example}
	}
	with := func(f Family, sets ...[]string) Family {
		f.Sets = sets
		return f
	}
	pair := [2][]string{{"c"}, {"d"}}
	cases := map[string]error{
		"a quorum that is none":               s.checkQuorums(groups, QuorumsResult{Family: found("a", "b")}),
		"a quorum that is not minimal":        s.checkQuorums(groups, QuorumsResult{Family: found("a", "b", "c", "d")}),
		"an example that is not the members":  s.checkQuorums(groups, QuorumsResult{Family: Family{Outcome: Found, Complete: true, Example: []string{"a", "b", "c"}, members: []string{"a", "b", "d"}}}),
		"a listed quorum that is none":        s.checkQuorums(groups, QuorumsResult{Family: with(found("a", "b", "c"), []string{"a", "b", "c"}, []string{"a", "d"})}),
		"a set listed twice":                  s.checkQuorums(groups, QuorumsResult{Family: with(found("a", "b", "c"), []string{"a", "b", "c"}, []string{"c", "b", "a"})}),
		"a stranger":                          s.checkQuorums(groups, QuorumsResult{Family: found("a", "b", "nobody")}),
		"a set that does not block":           s.checkBlocking(groups, found("a"), nil),
		"a blocking set that is not minimal":  s.checkBlocking(groups, found("a", "b", "c"), nil),
		"too much beside what failed":         s.checkBlocking(groups, found("a", "b"), []string{"c"}),
		"a set that does not split":           s.checkSplitting(groups, SplittingResult{Family: found("a"), Quorums: [2][]string{{"b", "c"}, {"d"}}}),
		"quorums that meet":                   s.checkSplitting(groups, SplittingResult{Family: found("a", "b"), Quorums: [2][]string{{"c"}, {"c"}}}),
		"quorums that the set is part of":     s.checkSplitting(groups, SplittingResult{Family: found("a", "c"), Quorums: pair}),
		"a history-critical set of no quorum": s.checkHistory(groups, HistoryResult{Family: found("a"), Quorum: []string{"a", "b"}}),
		"disjoint quorums that are none":      s.checkDisjoint(pair),
		"a top tier without its quorums":      s.checkTopTier(groups, TopTierResult{Members: []string{"a", "b", "c", "d"}, Quorums: [][]string{{"a", "b", "c"}}}),
	}
	for name, err := range cases {
		if !errors.Is(err, ErrContradiction) {
			t.Errorf("%s: %v, want a contradiction", name, err)
		}
	}
	if err := s.checkSplitting(groups, SplittingResult{Family: found("a", "b"), Quorums: pair}); err != nil {
		t.Errorf("a and b do split: %v", err)
	}
	if err := s.judge.check(func(core *witness.Core) error { return core.CheckSymmetricTopTier(&fbas.QuorumSet{Threshold: 2}) }); !errors.Is(err, ErrContradiction) {
		t.Errorf("a wrong symmetric top tier: %v", err)
	}
}
