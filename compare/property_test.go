package compare_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"understudy/compare"
)

// anyRequest draws a small network that mostly has a quorum, and ways to merge
// and to fail.
func anyRequest(t *rapid.T) request {
	keys := letters("abcde")[:rapid.IntRange(2, 5).Draw(t, "size")]
	common := &set{Threshold: rapid.IntRange(len(keys)/2+1, len(keys)).Draw(t, "threshold"), Validators: keys}
	r := request{
		MergeBy: rapid.SampledFrom([]string{"", "none", "organization"}).Draw(t, "merge by"),
		Faulty:  rapid.SliceOfNDistinct(rapid.SampledFrom(letters("abcx")), 0, 2, rapid.ID).Draw(t, "faulty"),
	}
	for _, key := range keys {
		own := common
		if rapid.IntRange(0, 3).Draw(t, "own set") == 0 {
			members := rapid.SliceOfN(rapid.SampledFrom(append(keys, "x")), 1, 4).Draw(t, "members")
			own = &set{Threshold: rapid.IntRange(1, len(members)).Draw(t, "own threshold"), Validators: members}
		}
		r.Nodes = append(r.Nodes, node{key, own})
	}
	for _, name := range []string{"P", "P", "a"} {
		validators := rapid.SliceOfNDistinct(rapid.SampledFrom(letters("abcdex")), 0, 3, rapid.ID).Draw(t, "organization")
		r.Organizations = append(r.Organizations, organization{name, name, validators})
	}
	return r
}

// renamed replaces every name of one letter in a request or an answer. Names
// are only values in both, and every value of one letter is a name.
func renamed[T any](v T, names *strings.Replacer) (out T) {
	var walk func(v any) any
	walk = func(v any) any {
		switch v := v.(type) {
		case string:
			if len(v) == 1 {
				return names.Replace(v)
			}
		case []any:
			for i := range v {
				v[i] = walk(v[i])
			}
		case map[string]any:
			for name := range v {
				v[name] = walk(v[name])
			}
		}
		return v
	}
	var decoded any
	if err := json.Unmarshal(encode(v), &decoded); err != nil {
		panic(err)
	}
	if err := json.Unmarshal(encode(walk(decoded)), &out); err != nil {
		panic(err)
	}
	return out
}

func TestCompare_TheRightAnswerAgreesWithItselfAndIsServable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyRequest(t)
		for _, analysis := range analyses {
			q, answer := r.question(analysis), reply(newOracle(r).answer(analysis))
			if got := compare.Compare(q, answer, answer, compare.KindRust); got.Outcome != compare.Agree {
				t.Fatalf("%s: %+v", analysis, got)
			}
			if err := compare.Servable(q, answer); err != nil {
				t.Fatalf("%s: %v", analysis, err)
			}
		}
	})
}

func TestSettle_RenamingAndPermutingNodesChangesNoVerdict(t *testing.T) {
	names := strings.NewReplacer("a", "z", "b", "y", "c", "ä", "d", "\"", "P", "a")
	rapid.Check(t, func(t *rapid.T) {
		r := anyRequest(t)
		analysis := rapid.SampledFrom(analyses).Draw(t, "analysis")
		primary := newOracle(r).answer(analysis)
		candidate := rapid.SampledFrom(append(mutations(primary), mutation{"right", encode(primary)})).Draw(t, "candidate")
		var altered map[string]any
		if err := json.Unmarshal(candidate.body, &altered); err != nil {
			t.Fatal(err)
		}
		want := settled(r, analysis, primary, altered)

		moved := r
		moved.Nodes = rapid.Permutation(r.Nodes).Draw(t, "order")
		got := settled(moved, analysis, primary, altered)
		if outcomes(got) != outcomes(want) || got.Case != want.Case || got.Level != want.Level {
			t.Fatalf("permuted: %+v, want %+v", got, want)
		}
		got = settled(renamed(r, names), analysis, renamed(primary, names), renamed(altered, names))
		if outcomes(got) != outcomes(want) {
			t.Fatalf("renamed: %+v, want %+v\n%s\n%s", got, want, encode(got), encode(renamed(primary, names)))
		}
	})
}

func settled(r request, analysis string, primary, candidate map[string]any) compare.Result {
	q := compare.Prepare(r.question(analysis))
	return q.Settle(context.Background(), bruteForce{r}, reply(primary), reply(candidate), compare.KindRust)
}

func TestCompare_SwappingSidesSwapsWhatTheySaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyRequest(t)
		analysis := rapid.SampledFrom(analyses).Draw(t, "analysis")
		right := newOracle(r).answer(analysis)
		wrong := compare.Reply{Status: 200, Body: rapid.SampledFrom(mutations(right)).Draw(t, "altered").body}
		q := compare.Prepare(r.question(analysis))
		one, other := q.Compare(reply(right), wrong, compare.KindRust), q.Compare(wrong, reply(right), compare.KindRust)
		if len(one.Metrics) != len(other.Metrics) || (one.Outcome == compare.Differ) != (other.Outcome == compare.Differ) {
			t.Fatalf("%+v, swapped %+v", one, other)
		}
		for i, m := range one.Metrics {
			o := other.Metrics[i]
			if m.Outcome != o.Outcome || m.Primary != o.Candidate || m.Candidate != o.Primary {
				t.Fatalf("%+v, swapped %+v", m, o)
			}
			if verdicts(m) != verdicts(swap(o)) {
				t.Fatalf("%s, swapped %s", verdicts(m), verdicts(o))
			}
		}
	})
}

func TestCompare_TheCaseIsTheQuestionUpToWhatCannotMatter(t *testing.T) {
	base := threeOfFour()
	same := threeOfFour()
	slices.Reverse(same.Nodes)
	same.Nodes = append(same.Nodes, node{"leaf", &set{Threshold: 1, Validators: letters("a")}}, node{"dead", nil})
	same.Nodes[0].QuorumSet = &set{Threshold: 3, Validators: letters("dcbax")}
	same.Organizations = nil // not asked about
	same.Faulty = []string{"nobody"}
	other := threeOfFour()
	other.Nodes[0].QuorumSet = &set{Threshold: 4, Validators: letters("abcd")}
	faulty := threeOfFour()
	faulty.Faulty = letters("a")
	merged, mergedOtherwise := subjects()["merged"], subjects()["merged"]
	mergedOtherwise.Organizations = []organization{{"1", "AB", letters("abc")}}

	digest := func(r request, analysis string) string {
		return compare.Compare(r.question(analysis), compare.Reply{}, compare.Reply{}, compare.KindRust).Case
	}
	const analysis = "blocking-sets"
	if digest(base, analysis) != digest(same, analysis) {
		t.Error("nodes outside the core, order, or organizations nobody merges by make another case")
	}
	if digest(base, "top-tier") != digest(faulty, "top-tier") {
		t.Error("faulty nodes make another case of an analysis that does not use them")
	}
	seen := map[string]string{}
	for name, r := range map[string]request{"base": base, "threshold": other, "faulty": faulty, "merged": merged, "merged otherwise": mergedOtherwise} {
		d := digest(r, analysis)
		if seen[d] != "" {
			t.Errorf("%s and %s are one case", name, seen[d])
		}
		seen[d] = name
	}
	if digest(base, "quorums") == digest(base, analysis) {
		t.Error("two analyses are one case")
	}
}

// swap turns the rulings of a metric round.
func swap(m compare.MetricResult) compare.MetricResult {
	other := map[compare.Verdict]compare.Verdict{
		compare.VerdictPrimaryWrong: compare.VerdictCandidateWrong, compare.VerdictCandidateWrong: compare.VerdictPrimaryWrong,
	}
	rulings := slices.Clone(m.Rulings)
	for i := range rulings {
		if v, turns := other[rulings[i].Verdict]; turns {
			rulings[i].Verdict = v
		}
	}
	m.Rulings = rulings
	return m
}

func verdicts(m compare.MetricResult) string {
	texts := make([]string, len(m.Rulings))
	for i, r := range m.Rulings {
		texts[i] = string(r.Verdict)
	}
	slices.Sort(texts)
	return strings.Join(texts, " ")
}

// outcomes renders what must not depend on names.
func outcomes(r compare.Result) string {
	text := string(r.Outcome) + r.Skip + string(r.Verdict)
	for _, m := range r.Metrics {
		text += " " + m.Metric + "=" + string(m.Outcome) + ":" + verdicts(m)
	}
	return text
}
