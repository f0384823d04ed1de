package compare_test

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"understudy/compare"
	"understudy/compare/arbiter"
)

// goldenAnswer is a recorded answer that is right.
type goldenAnswer struct {
	call
	q       *compare.Prepared
	arbiter compare.Arbiter
	answer  fields
	lean    bool
}

// brief lists no family of a large core: holding thousands of altered answers to
// thousands of sets takes minutes, and that an alteration does not agree is told
// without.
var brief = arbiter.New(arbiter.Config{MaxSearched: 1})

// memory keeps what an arbiter said about one question: thousands of altered
// answers raise the same dispute.
type memory struct {
	compare.Arbiter
	truths map[string]compare.Truth
}

// Answer implements compare.Arbiter. Errors are not kept.
func (m memory) Answer(ctx context.Context, d compare.Dispute) (compare.Truth, error) {
	metrics := strings.Join(d.Metrics, " ")
	if truth, known := m.truths[metrics]; known {
		return truth, nil
	}
	truth, err := m.Arbiter.Answer(ctx, d)
	if err == nil {
		m.truths[metrics] = truth
	}
	return truth, err
}

// settled is the verdict, by the arbiter where no witness speaks.
func (g goldenAnswer) settled(t *testing.T, primary, candidate compare.Reply) compare.Verdict {
	got := g.q.Compare(primary, candidate, compare.KindRust)
	if got.Verdict == compare.VerdictUndecided {
		got = g.q.Settle(t.Context(), g.arbiter, primary, candidate, compare.KindRust)
	}
	return got.Verdict
}

// rightAnswers are the recorded answers of a network that are right, each once:
// merging by something that the network lacks changes nothing.
func (g golden) rightAnswers(t *testing.T, seen map[string]bool, rows []correction) (all []goldenAnswer) {
	t.Helper()
	for _, c := range g.calls {
		if slices.ContainsFunc(rows, func(r correction) bool { return c.same(r.call) }) {
			continue
		}
		analysis, answer := c.wire()
		id := analysis + string(encode(answer)) + strings.Join(c.Faulty, " ")
		if seen[id] {
			continue
		}
		seen[id] = true
		question := g.question(c)
		if c.Family == nil && c.Size > 0 {
			if err := json.Unmarshal(c.recorded(askEngine(question)).Body, &answer); err != nil {
				t.Fatal(err)
			}
		}
		all = append(all, goldenAnswer{call: c, q: compare.Prepare(question), arbiter: memory{brief, make(map[string]compare.Truth)}, answer: answer})
	}
	return all
}

// leaning is the same answer with numbers and one example only.
func (g goldenAnswer) leaning() goldenAnswer {
	g.lean, g.answer = true, lean(maps.Clone(g.answer))
	return g
}

// alterations are all ways in which the answer is made wrong: field by field, and
// lies that hold together.
func (g goldenAnswer) alterations() []mutation {
	all := g.lies()
	if g.lean || len(g.Family) <= many {
		all = append(all, mutations(g.answer)...)
		all = append(all, removals(g.answer)...)
	}
	return all
}

// large networks come in variants with the same answers; one of each will do.
const large = 30

// eachRightAnswer runs a test on the right answers of all networks, in parallel.
func eachRightAnswer(t *testing.T, test func(t *testing.T, g goldenAnswer)) {
	t.Helper()
	rows, seenInLarge := corrections(t), make(map[string]bool)
	for _, network := range goldens(t) {
		seen := make(map[string]bool)
		if network.nodes > large {
			seen = seenInLarge
		}
		answers := network.rightAnswers(t, seen, rows)
		t.Run(network.name, func(t *testing.T) {
			t.Parallel()
			for _, g := range answers {
				test(t, g)
			}
		})
	}
}

func TestGolden_NoAlterationOfAnAnswerAgrees(t *testing.T) {
	t.Parallel()
	var tried, answers atomic.Int64
	t.Cleanup(func() {
		t.Logf("%d alterations of %d answers, each as candidate and as primary", tried.Load(), answers.Load())
	})
	eachRightAnswer(t, func(t *testing.T, g goldenAnswer) {
		answers.Add(1)
		for _, g := range []goldenAnswer{g, g.leaning()} {
			right := reply(g.answer)
			for _, m := range g.alterations() {
				tried.Add(1)
				wrong := compare.Reply{Status: 200, Body: m.body}
				if g.settled(t, right, wrong) == compare.VerdictAgree || g.settled(t, wrong, right) == compare.VerdictAgree {
					t.Errorf("%s merged by %s, faulty %v, %s: agrees\n%.500s", g.Analysis, g.mergeBy(), g.Faulty, m.what, m.body)
				}
			}
		}
	})
}

func TestGolden_NothingWithoutMeaningEverMatters(t *testing.T) {
	t.Parallel()
	var tried atomic.Int64
	t.Cleanup(func() { t.Logf("%d answers said in other words", tried.Load()) })
	eachRightAnswer(t, func(t *testing.T, g goldenAnswer) {
		tried.Add(1)
		other := shuffle(g.answer).(fields)
		for i, field := range append([]string{"engine", "unheard_of"}, neverCompared...) {
			other[field] = fields{"anything": i}
		}
		for _, field := range []string{"example_set", "example_quorum"} {
			if _, has := other[field]; has && g.Family != nil {
				other[field] = g.lastLeast()
			}
		}
		for how, pair := range map[string][2]compare.Reply{
			"all shown": {reply(g.answer), reply(other)}, "numbers only": {reply(lean(maps.Clone(g.answer))), reply(lean(maps.Clone(other)))},
		} {
			for range 2 {
				if v := g.settled(t, pair[0], pair[1]); v != compare.VerdictAgree {
					t.Errorf("%s merged by %s, faulty %v, %s: %s\n%.500s", g.Analysis, g.mergeBy(), g.Faulty, how, v, pair[1].Body)
				}
				pair[0], pair[1] = pair[1], pair[0]
			}
		}
	})
}

// lastLeast is the last one of the least sets.
func (g goldenAnswer) lastLeast() []string {
	example := []string{}
	for _, set := range g.Family {
		if len(set) == g.Min {
			example = set
		}
	}
	return example
}
