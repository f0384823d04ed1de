package main

import (
	"net/http"
	"slices"
	"testing"

	"understudy/compare"
)

func TestRequestBody_KeepsWhatARequestSaysBesideItsNetwork(t *testing.T) {
	data := []byte("\ufeff" + `{"nodes": [{"publicKey": "a", "colour": "red"}], "organizations": [], "merge_by": "isp", "faulty_nodes": ["a"], "semantics": "raw", "other": {"b": 1}}`)
	for _, tc := range []struct {
		name, mergeBy string
		faulty        []string
		want          string
	}{
		{"nothing replaced", "", nil, `{"faulty_nodes":["a"],"merge_by":"isp","nodes":[{"publicKey":"a","colour":"red"}],"organizations":[],"other":{"b":1},"semantics":"raw"}`},
		{"both replaced", "country", []string{"b"}, `{"faulty_nodes":["b"],"merge_by":"country","nodes":[{"publicKey":"a","colour":"red"}],"organizations":[],"other":{"b":1},"semantics":"raw"}`},
	} {
		body, err := requestBody(data, tc.mergeBy, tc.faulty)
		if err != nil {
			t.Fatal(err)
		}
		if string(body) != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, body, tc.want)
		}
	}
}

// One network in each of the three forms is one question: its case is the same.
func TestRequestBody_EveryFormOfANetworkIsOneQuestion(t *testing.T) {
	forms := []string{
		`{"nodes": [{"publicKey": "a", "isp": "I", "quorumSet": {"threshold": 2, "validators": ["a"], "innerQuorumSets": [{"threshold": 1, "validators": ["b"]}]}},
			{"publicKey": "b", "quorumSet": {"threshold": 2, "validators": ["a", "b"]}}, {"publicKey": "c", "quorumSet": null}],
			"organizations": [{"id": "o", "name": "o", "validators": ["a", "b"]}]}`,
		`[{"publicKey": "a", "isp": "I", "organizationId": "o", "quorumSet": {"threshold": 2, "validators": ["a"], "innerQuorumSets": [{"threshold": 1, "validators": ["b"]}]}},
			{"publicKey": "b", "organizationId": "o", "quorumSet": {"threshold": 2, "validators": ["a", "b"]}}, {"publicKey": "c"}]`,
		`{"validators": [{"id": "a", "qset": "x", "attrs": {"isp": "I", "organizationId": "o"}}, {"id": "b", "qset": "z", "attrs": {"organizationId": "o"}}, {"id": "c", "qset": null}],
			"qsets": {"x": {"threshold": 2, "members": ["a", "y"]}, "y": {"threshold": 1, "members": ["b"]}, "z": {"threshold": 2, "members": ["a", "b"]}}}`,
	}
	for _, mergeBy := range []string{"none", "organization", "isp"} {
		var cases []string
		for _, form := range forms {
			body, err := requestBody([]byte(form), mergeBy, nil)
			if err != nil {
				t.Fatal(err)
			}
			reply := compare.Reply{Status: http.StatusOK, Body: []byte(topTierAnswer)}
			r := compare.Compare(compare.Question{Analysis: "top-tier", Body: body}, reply, reply, compare.KindRust)
			if r.Nodes != 3 {
				t.Fatalf("%d nodes in %s: %s", r.Nodes, body, r.Reason)
			}
			cases = append(cases, r.Case)
		}
		if len(slices.Compact(cases)) != 1 {
			t.Errorf("merged by %s the forms are different cases: %v", mergeBy, cases)
		}
	}
}

func TestWithSets_AsksForSetsWhateverTheRequestSaid(t *testing.T) {
	body, err := withSets([]byte(`{"nodes": [], "include_sets": false, "max_sets": 3}`), 500)
	if err != nil || string(body) != `{"include_sets":true,"max_sets":500,"nodes":[]}` {
		t.Errorf("%s, %v", body, err)
	}
}

func TestMergeLevel_TakesNamesInAnyCaseAndFieldsAsTheyAre(t *testing.T) {
	for name, want := range map[string]string{"": "", "ORGANIZATION": "organization", "None": "none", "isp": "isp", "field:homeDomain": "field:homeDomain"} {
		if got, err := mergeLevel(name); err != nil || got != want {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
	for _, name := range []string{"planet", "field:", "FIELD:x"} {
		if got, err := mergeLevel(name); err == nil {
			t.Errorf("%q: %q, want an error", name, got)
		}
	}
}
