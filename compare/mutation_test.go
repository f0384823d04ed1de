package compare_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"understudy/compare"
)

// neverCompared are fields that carry no meaning for a comparison.
var neverCompared = []string{"execution_time_ms", "total_execution_time_ms", "cache_hit"}

// mutation is one alteration of an answer.
type mutation struct {
	what string
	body []byte
}

// mutations alters every value of the answer once in every way that its type
// allows: a number up and down, a truth turned, a name replaced, a list one
// shorter and one longer, a required field left out.
func mutations(answer map[string]any) (out []mutation) {
	var decoded any
	if err := json.Unmarshal(encode(answer), &decoded); err != nil {
		panic(err)
	}
	note := func(path []string, how string) {
		out = append(out, mutation{strings.Join(path, ".") + " " + how, encode(decoded)})
	}
	var walk func(path []string, v any, put func(any))
	walk = func(path []string, v any, put func(any)) {
		if len(path) > 0 && slices.Contains(neverCompared, path[len(path)-1]) {
			return
		}
		try := func(how string, alternative any) {
			put(alternative)
			note(path, how)
			put(v)
		}
		switch v := v.(type) {
		case nil:
			try("set", map[string]any{"threshold": 1, "validators": []string{"a"}})
		case bool:
			try("turned", !v)
		case float64:
			try("plus one", v+1)
			try("minus one", v-1)
			try("as text", strconv.Itoa(int(v)))
		case string:
			try("replaced", "nobody")
			try("null", nil)
		case []any:
			if len(v) > 0 && !slices.Contains([]string{"sets", "disjoint_quorums"}, path[len(path)-1]) {
				try("without the first", v[1:])
			}
			if name := path[len(path)-1]; name == "sets" || name == "quorums" {
				try("with one more", append(slices.Clone(v), []any{"nobody"}))
			} else {
				try("with one more", append(slices.Clone(v), "nobody"))
			}
			for _, i := range telling(len(v)) {
				walk(append(slices.Clone(path), strconv.Itoa(i)), v[i], func(n any) { v[i] = n })
			}
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				walk(append(slices.Clone(path), name), v[name], func(n any) { v[name] = n })
			}
		}
	}
	walk(nil, decoded, func(any) {})
	return out
}

// telling are the places of a list that are altered: all of a short one, else
// the first, the middle and the last.
func telling(length int) []int {
	if length > 12 {
		return []int{0, length / 2, length - 1}
	}
	places := make([]int, length)
	for i := range places {
		places[i] = i
	}
	return places
}

// removals leaves out each field that every answer must have.
func removals(answer map[string]any) (out []mutation) {
	optional := append([]string{"sets", "quorums", "disjoint_quorums", "example_members"}, neverCompared...)
	for name, v := range answer {
		_, part := v.(map[string]any)
		if slices.Contains(optional, name) && !part {
			continue
		}
		less := make(map[string]any)
		for other, v := range answer {
			if other != name {
				less[other] = v
			}
		}
		out = append(out, mutation{"without " + name, encode(less)})
	}
	return out
}

// subjects are networks on which every kind of answer occurs.
func subjects() map[string]request {
	merged := threeOfFour()
	merged.MergeBy = "organization"
	faulty := threeOfFour()
	faulty.Faulty = []string{"a"}
	split := request{}
	for _, pair := range []string{"ab", "cd"} {
		for _, key := range letters(pair) {
			split.Nodes = append(split.Nodes, node{key, &set{Threshold: 2, Validators: letters(pair)}})
		}
	}
	nested := request{}
	for _, key := range letters("abcde") {
		nested.Nodes = append(nested.Nodes, node{key, &set{Threshold: 2, Validators: letters("e"), InnerQuorumSets: []set{{Threshold: 1, Validators: letters("ab")}, {Threshold: 2, Validators: letters("cd")}}}})
	}
	return map[string]request{
		"three of four": threeOfFour(), "merged": merged, "faulty": faulty, "disjoint": split, "nested": nested,
		"no quorum": {Nodes: []node{{"a", &set{Threshold: 2, Validators: letters("ab")}}}},
	}
}

func TestCompare_NoAlterationOfAnAnswerAgrees(t *testing.T) {
	tried := 0
	for name, r := range subjects() {
		for _, analysis := range analyses {
			t.Run(name+"/"+analysis, func(t *testing.T) {
				answer := newOracle(r).answer(analysis)
				q, right := r.question(analysis), reply(answer)
				if got := compare.Compare(q, right, right, compare.KindRust); got.Outcome != compare.Agree {
					t.Fatalf("the right answer does not agree with itself: %+v", got)
				}
				if err := compare.Servable(q, right); err != nil {
					t.Fatalf("the right answer is not servable: %v", err)
				}
				for _, m := range append(mutations(answer), removals(answer)...) {
					wrong := compare.Reply{Status: 200, Body: m.body}
					tried++
					if got := compare.Compare(q, right, wrong, compare.KindRust); got.Outcome == compare.Agree {
						t.Errorf("candidate altered, %s: agrees\n%s", m.what, m.body)
					}
					if got := compare.Compare(q, wrong, right, compare.KindRust); got.Outcome == compare.Agree {
						t.Errorf("primary altered, %s: agrees\n%s", m.what, m.body)
					}
				}
			})
		}
	}
	if tried < 500 {
		t.Errorf("tried %d alterations, want more", tried)
	}
}

func TestCompare_NeverLooksAtTimesCachesOrderOrStrangers(t *testing.T) {
	for name, r := range subjects() {
		for _, analysis := range analyses {
			t.Run(name+"/"+analysis, func(t *testing.T) {
				right := newOracle(r).answer(analysis)
				other := shuffle(newOracle(r).answer(analysis)).(map[string]any)
				for i, field := range neverCompared {
					other[field] = fmt.Sprint("anything ", i)
				}
				other["engine"] = map[string]any{"version": "9", "solver_calls": 12}
				got := compare.Compare(r.question(analysis), reply(right), reply(other), compare.KindRust)
				if got.Outcome != compare.Agree {
					t.Errorf("%+v", got)
				}
			})
		}
	}
}

// shuffle reverses every list.
func shuffle(v any) any {
	switch v := v.(type) {
	case []string:
		v = slices.Clone(v)
		slices.Reverse(v)
		return v
	case [][]string:
		out := [][]string{}
		for _, s := range v {
			out = append(out, shuffle(s).([]string))
		}
		slices.Reverse(out)
		return out
	case set:
		v.Validators = shuffle(v.Validators).([]string)
		slices.Reverse(v.InnerQuorumSets)
		return v
	case map[string]any:
		out := make(map[string]any)
		for name := range v {
			out[name] = shuffle(v[name])
		}
		return out
	}
	return v
}
