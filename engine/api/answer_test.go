package api_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"understudy/engine"
	"understudy/engine/api"
)

// TestAnalyze_AnswersExactlyTheFieldsOfTheAPI holds the wire: a field that
// appears, disappears or changes its name fails here.
func TestAnalyze_AnswersExactlyTheFieldsOfTheAPI(t *testing.T) {
	for _, c := range []struct {
		path, fields string
		want         map[string]any
	}{
		{
			"top-tier", "cache_hit engine execution_time_ms quorums top_tier top_tier_size",
			map[string]any{"top_tier": names("a", "b", "c", "d"), "top_tier_size": 4.0, "cache_hit": false},
		},
		{
			"symmetric-top-tier", "engine execution_time_ms symmetric_top_tier",
			map[string]any{"symmetric_top_tier": map[string]any{"threshold": 3.0, "validators": names("a", "b", "c", "d")}},
		},
		{
			"blocking-sets", "engine example_set execution_time_ms min_size total_sets",
			map[string]any{"min_size": 2.0, "total_sets": 6.0},
		},
		{
			"splitting-sets", "engine example_set execution_time_ms has_split min_size quorums total_sets",
			map[string]any{"min_size": 2.0, "total_sets": 6.0, "has_split": false},
		},
		{
			"quorums", "engine example_quorum execution_time_ms min_size quorum_intersection total_quorums",
			map[string]any{"min_size": 3.0, "total_quorums": 4.0, "quorum_intersection": true},
		},
		{
			"history-critical", "critical_sets engine execution_time_ms findings min_size quorum total_sets",
			map[string]any{"critical_sets": []any{names()}, "min_size": 0.0, "total_sets": 1.0},
		},
		{
			"data-quality", "engine execution_time_ms findings summary",
			map[string]any{},
		},
		{
			"full", "blocking_sets data_quality engine history_critical quorums splitting_sets top_tier total_execution_time_ms",
			map[string]any{},
		},
		{
			"network", "country engine execution_time_ms hasQuorumIntersection hasSymmetricTopTier isp node organization",
			map[string]any{
				"hasQuorumIntersection": true, "hasSymmetricTopTier": true,
				"node":         level(4, 2, 2, 2),
				"organization": level(3, 1, 1, 1),
				"country":      level(4, 2, 2, 2),
			},
		},
	} {
		t.Run(c.path, func(t *testing.T) {
			status, answer := post(t, newHandler(), "/analyze/"+c.path, []byte(threeOfFour))
			if status != http.StatusOK {
				t.Fatalf("got %d %v", status, answer)
			}
			if got := strings.Join(slices.Sorted(maps.Keys(answer)), " "); got != c.fields {
				t.Errorf("fields are %s, want %s", got, c.fields)
			}
			for name, want := range c.want {
				if !reflect.DeepEqual(answer[name], want) {
					t.Errorf("%s is %v, want %v", name, answer[name], want)
				}
			}
			if e := answer["engine"].(map[string]any); e["version"] != "1.2.3" || e["algorithm"] == "" || e["solver_calls"] == nil {
				t.Errorf("engine is %v", e)
			}
		})
	}
}

func names(n ...any) []any { return append([]any{}, n...) }

func level(topTier, blocking, filtered, splitting float64) map[string]any {
	return map[string]any{
		"topTierSize": topTier, "blockingSetsMinSize": blocking,
		"blockingSetsFilteredMinSize": filtered, "splittingSetsMinSize": splitting,
	}
}

func TestAnalyze_FullHoldsTheAnswersAsTheyStandAlone(t *testing.T) {
	_, full := post(t, newHandler(), "/analyze/full", []byte(threeOfFour))
	for part, path := range map[string]string{
		"top_tier": "top-tier", "blocking_sets": "blocking-sets", "splitting_sets": "splitting-sets", "quorums": "quorums",
		"history_critical": "history-critical", "data_quality": "data-quality",
	} {
		_, alone := post(t, newHandler(), "/analyze/"+path, []byte(threeOfFour))
		inFull := full[part].(map[string]any)
		delete(inFull, "execution_time_ms")
		delete(alone, "execution_time_ms")
		delete(inFull, "engine") // what one part has found the next need not search
		delete(alone, "engine")
		if !reflect.DeepEqual(inFull, alone) {
			t.Errorf("%s is %v, alone %v", part, inFull, alone)
		}
	}
}

func TestAnalyze_MergedExampleComesWithItsMembers(t *testing.T) {
	_, answer := post(t, newHandler(), "/analyze/blocking-sets", with(t, []byte(threeOfFour), map[string]any{"merge_by": "organization"}))
	if !reflect.DeepEqual(answer["example_set"], names("One")) || !reflect.DeepEqual(answer["example_members"], names("a", "b")) {
		t.Errorf("example is %v, members %v", answer["example_set"], answer["example_members"])
	}
}

func TestAnalyze_ListsSetsWhenAsked(t *testing.T) {
	for _, path := range []string{"blocking-sets", "splitting-sets", "quorums"} {
		_, answer := post(t, newHandler(), "/analyze/"+path, with(t, []byte(threeOfFour), map[string]any{"include_sets": true}))
		total := answer["total_sets"]
		if path == "quorums" {
			total = answer["total_quorums"]
		}
		if sets, ok := answer["sets"].([]any); !ok || float64(len(sets)) != total {
			t.Errorf("%s: sets are %v, total %v", path, answer["sets"], total)
		}
		_, answer = post(t, newHandler(), "/analyze/"+path, with(t, []byte(threeOfFour), map[string]any{"include_sets": true, "max_sets": 1}))
		if sets, ok := answer["sets"].([]any); !ok || len(sets) != 1 {
			t.Errorf("%s: sets are %v, want one", path, answer["sets"])
		}
	}
}

func TestAnalyze_FaultyNodesCountForBlockingSetsAndTheNetwork(t *testing.T) {
	faulty := with(t, []byte(threeOfFour), map[string]any{"faulty_nodes": []string{"a", "a", "nobody"}})
	_, blocking := post(t, newHandler(), "/analyze/blocking-sets", faulty)
	if blocking["min_size"] != 1.0 || blocking["total_sets"] != 3.0 {
		t.Errorf("blocking sets are %v", blocking)
	}
	_, network := post(t, newHandler(), "/analyze/network", faulty)
	if want := level(4, 2, 1, 2); !reflect.DeepEqual(network["node"], want) {
		t.Errorf("node is %v, want %v", network["node"], want)
	}
	_, full := post(t, newHandler(), "/analyze/full", faulty)
	if part := full["blocking_sets"].(map[string]any); part["min_size"] != 2.0 {
		t.Errorf("blocking sets in full are %v, want those of the whole network", part)
	}
}

func TestAnalyze_DisjointQuorumsAreShown(t *testing.T) {
	network := read(t, "testdata/networks/edge_two_disjoint.json")
	_, quorums := post(t, newHandler(), "/analyze/quorums", network)
	if pair, ok := quorums["disjoint_quorums"].([]any); !ok || len(pair) != 2 || quorums["quorum_intersection"] != false {
		t.Errorf("got %v", quorums)
	}
	_, splitting := post(t, newHandler(), "/analyze/splitting-sets", network)
	if splitting["has_split"] != true || splitting["min_size"] != 0.0 || splitting["total_sets"] != 1.0 {
		t.Errorf("got %v", splitting)
	}
}

func TestAnalyze_EmptyNetworkHasNoNullArray(t *testing.T) {
	for _, a := range api.Analyses {
		status, answer := post(t, newHandler(), "/analyze/"+string(a), []byte(`{"nodes":[],"include_sets":true}`))
		text := string(encode(t, answer))
		if status != http.StatusOK || strings.Contains(strings.Replace(text, `"symmetric_top_tier":null`, "", 1), "null") {
			t.Errorf("%s: %d %s", a, status, text)
		}
	}
}

func TestAnalyze_RawSemanticsKeepsNodesThatAreQuorumsAlone(t *testing.T) {
	alone := []byte(`{"nodes":[{"publicKey":"a","quorumSet":{"threshold":1,"validators":["a"]}}]}`)
	for semantics, want := range map[any]float64{"rust": 0, "raw": 1, nil: 0} {
		_, answer := post(t, newHandler(), "/analyze/quorums", with(t, alone, map[string]any{"semantics": semantics}))
		if answer["total_quorums"] != want {
			t.Errorf("%v: got %v", semantics, answer)
		}
	}
}

func TestQuestion_EncodesToTheBytesOfTheWire(t *testing.T) {
	q, err := api.DecodeQuestion(engine.TopTier, []byte(threeOfFour), api.Config{})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := q.Answer(context.Background(), "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	body, err := api.Encode(answer)
	if err != nil {
		t.Fatal(err)
	}
	var direct map[string]any
	if err := json.Unmarshal(body, &direct); err != nil {
		t.Fatal(err)
	}
	_, wire := post(t, newHandler(), "/analyze/top-tier", []byte(threeOfFour))
	delete(direct, "execution_time_ms")
	delete(wire, "execution_time_ms")
	if !reflect.DeepEqual(direct, wire) {
		t.Errorf("direct %v, over the wire %v", direct, wire)
	}
}

func TestQuestion_IntersectionHasAnAnswerWithoutAPath(t *testing.T) {
	q, err := api.DecodeQuestion(engine.Intersection, []byte(threeOfFour), api.Config{})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := q.Answer(context.Background(), "")
	if i, ok := answer.(api.Intersection); err != nil || !ok || !i.HasQuorum || !i.QuorumIntersection {
		t.Errorf("got %+v, %v", answer, err)
	}
	if status, _ := post(t, newHandler(), "/analyze/intersection", []byte(threeOfFour)); status != http.StatusNotFound {
		t.Errorf("got %d", status)
	}
}
