package engine

import (
	"encoding/json"
	"math/rand/v2"
	"runtime"
	"testing"

	"understudy/engine/fbas"
)

// Searches run in parallel and stop each other; the answer must not tell.
func TestAnswers_AreTheSameToTheLetterWhoeverIsQuicker(t *testing.T) {
	var networks []*fbas.Network
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 51))
		if seed%2 == 0 {
			networks = append(networks, largeNetwork(r))
		} else {
			networks = append(networks, randomNetwork(r, shapes[seed%10]))
		}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for i, network := range networks {
		semantics := AllSemantics[i%len(AllSemantics)]
		o := Options{MergeBy: append(oracleLevels, MergeNone)[i%(len(oracleLevels)+1)], MaxSets: 50, Minimum: i%4 == 0, Faulty: []string{"n0", "1.0"}}
		var first string
		for _, processors := range []int{4, 1, 4} {
			runtime.GOMAXPROCS(processors)
			text := toTheLetter(t, network, semantics, o)
			if first == "" {
				first = text
			}
			if text != first {
				t.Fatalf("network %d, %s, %+v, %d processors:\n%s\nat first:\n%s\n%s", i, semantics, o, processors, text, first, networkJSON(network))
			}
		}
	}
}

// toTheLetter is all that is answered about a network, examples and the order
// of lists included.
func toTheLetter(t *testing.T, n *fbas.Network, semantics Semantics, o Options) string {
	t.Helper()
	s, err := Prepare(n, semantics)
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	intersection, err1 := s.Intersection(ctx, o)
	quorums, err2 := s.MinimalQuorums(ctx, o)
	blocking, err3 := s.MinimalBlockingSets(ctx, o)
	splitting, err4 := s.MinimalSplittingSets(ctx, o)
	history, err5 := s.HistoryCriticalSets(ctx, o)
	tier, err6 := s.TopTier(ctx, o)
	symmetric, err7 := s.SymmetricTopTier(ctx, o)
	for _, err := range []error{err1, err2, err3, err4, err5, err6, err7} {
		if err != nil {
			t.Fatal(err)
		}
	}
	text, err := json.Marshal([]any{s.Core(), intersection, quorums, blocking, splitting, history, tier, symmetric})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
