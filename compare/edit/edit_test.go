package edit_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"understudy/compare/edit"
	"understudy/engine/fbas"
)

const organized = `{
  "semantics": "rust", "timeout_ms": 4.5e4, "unheard": {"of": [1.50]},
  "nodes": [
    {"publicKey": "a", "quorumSet": {"threshold": 3, "validators": ["b"], "hashKey": "x", "innerQuorumSets": [
      {"threshold": 2, "validators": ["a", "c", "d"]}, {"threshold": 1, "validators": ["d"]}]}, "name": "<A>"},
    {"publicKey": "b", "quorumSet": null},
    {"publicKey": "c", "number": 1e2},
    {"publicKey": "d", "quorumSet": {"threshold": 7, "validators": ["ghost"], "innerQuorumSets": null}}],
  "organizations": [{"validators": ["a", "c"], "id": "o"}, {"name": "P", "validators": ["d"]}],
  "faulty_nodes": ["d", "nobody"]}`

func read(t *testing.T, body string) *edit.Network {
	t.Helper()
	n, err := edit.Read([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// same says whether two JSON texts mean the same, numbers letter by letter.
func same(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y any
	for _, one := range []struct {
		text []byte
		into *any
	}{{a, &x}, {b, &y}} {
		d := json.NewDecoder(strings.NewReader(string(one.text)))
		d.UseNumber()
		if err := d.Decode(one.into); err != nil {
			t.Fatalf("%v in %s", err, one.text)
		}
	}
	return reflect.DeepEqual(x, y)
}

func TestRead_WhatIsReadAndWrittenMeansTheSameAndKeepsUnknownFieldsAndNumbers(t *testing.T) {
	got := read(t, organized).Bytes()
	// The one thing that is written anew: an absent list of inner sets is an empty one.
	want := strings.NewReplacer(`["a", "c", "d"]}`, `["a", "c", "d"], "innerQuorumSets": []}`, `["d"]}]}, "name"`, `["d"], "innerQuorumSets": []}]}, "name"`).Replace(organized)
	if !same(t, got, []byte(want)) {
		t.Errorf("got %s", got)
	}
	if again := read(t, string(got)).Bytes(); string(again) != string(got) {
		t.Errorf("written twice: %s", again)
	}
}

func TestRead_TheExamplesComeBackAsTheyAre(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "examples", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, string(body)).Bytes(); !same(t, got, body) {
			t.Errorf("%s changed: %s", file, got)
		}
	}
}

func TestRead_OrganizationsAndFaultyNodesThatNobodyCanReadStayAsSent(t *testing.T) {
	body := `{"nodes": [], "organizations": [{"id": 7}], "faulty_nodes": null}`
	if got := read(t, body).Bytes(); !same(t, got, []byte(body)) {
		t.Errorf("got %s", got)
	}
}

func TestRead_WhatTheEngineCannotReadIsAnErrorThatNamesTheField(t *testing.T) {
	for body, want := range map[string]string{
		`{`: "not JSON", `null`: "request: must be an object, got null", `{}`: "nodes: is missing",
		`{"nodes": [{"publicKey": "a", "quorumSet": {"threshold": -1, "validators": []}}]}`: "nodes[0].quorumSet.threshold",
	} {
		if _, err := edit.Read([]byte(body)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", body, err, want)
		}
	}
}

func TestRemove_TheReferencesGoAlongAndEachLossTreatsTheThresholdsItsWay(t *testing.T) {
	for _, test := range []struct {
		loss edit.Loss
		want string
	}{
		{edit.Keep, `{"threshold": 3, "validators": ["b"], "hashKey": "x", "innerQuorumSets": [{"threshold": 2, "validators": ["a", "c"], "innerQuorumSets": []}]}`},
		{edit.Lower, `{"threshold": 2, "validators": ["b"], "hashKey": "x", "innerQuorumSets": [{"threshold": 1, "validators": ["a", "c"], "innerQuorumSets": []}]}`},
		{edit.Scale, `{"threshold": 2, "validators": ["b"], "hashKey": "x", "innerQuorumSets": [{"threshold": 2, "validators": ["a", "c"], "innerQuorumSets": []}]}`},
		{edit.Fit, `{"threshold": 2, "validators": ["b"], "hashKey": "x", "innerQuorumSets": [{"threshold": 2, "validators": ["a", "c"], "innerQuorumSets": []}]}`},
	} {
		n := read(t, organized)
		n.Remove(test.loss, 3)
		var got struct {
			Nodes         []struct{ QuorumSet json.RawMessage }
			Organizations []any
			Faulty        []string `json:"faulty_nodes"`
		}
		if err := json.Unmarshal(n.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if !same(t, got.Nodes[0].QuorumSet, []byte(test.want)) {
			t.Errorf("loss %d: %s", test.loss, got.Nodes[0].QuorumSet)
		}
		if len(got.Nodes) != 3 || len(got.Organizations) != 1 || len(got.Faulty) != 1 {
			t.Errorf("loss %d: %+v, want three nodes, one organization, one faulty key", test.loss, got)
		}
	}
}

func TestRemove_AKeyThatAnotherNodeCarriesIsNotForgotten(t *testing.T) {
	n := read(t, `{"nodes": [{"publicKey": "a", "quorumSet": {"threshold": 1, "validators": ["a"]}}, {"publicKey": "a"}]}`)
	n.Remove(edit.Keep, 1)
	if got := n.Nodes[0].Set.Validators; len(n.Nodes) != 1 || len(got) != 1 {
		t.Errorf("%d nodes, validators %v; want the reference kept", len(n.Nodes), got)
	}
}

func TestClone_ChangingTheCopyLeavesTheOriginalAlone(t *testing.T) {
	n := read(t, organized)
	before := string(n.Bytes())
	c := n.Clone()
	c.Rename(map[string]string{"a": "z", "d": "y"})
	c.Nodes[0].Set.RemoveMember(edit.Lower, 2)
	c.Nodes[0].Set.Inner[0].RemoveMember(edit.Lower, 0)
	c.Remove(edit.Lower, 0, 1)
	delete(c.Fields, "semantics")
	if got := string(n.Bytes()); got != before {
		t.Errorf("the original became %s", got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(organized))
	f.Add([]byte(`{"nodes": [{"publicKey": "a", "quorumSet": {"threshold": 1.0, "validators": ["a", "a"]}}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		n, err := edit.Read(body)
		original, fields, readErr := fbas.ReadRequest(body, fbas.DefaultLimits())
		if (err == nil) != (readErr == nil) {
			t.Fatalf("read: %v, the engine: %v", err, readErr)
		}
		if err != nil {
			return
		}
		written := n.Bytes()
		again, moreFields, err := fbas.ReadRequest(written, fbas.DefaultLimits())
		if err != nil {
			t.Fatalf("%v in %s", err, written)
		}
		if len(again.Nodes) != len(original.Nodes) || len(fields) != len(moreFields) {
			t.Fatalf("%d nodes became %d, %d fields %d", len(original.Nodes), len(again.Nodes), len(fields), len(moreFields))
		}
		for i := range again.Nodes {
			if a, b := original.Nodes[i], again.Nodes[i]; a.PublicKey != b.PublicKey || !reflect.DeepEqual(a.QuorumSet, b.QuorumSet) {
				t.Fatalf("node %d: %+v became %+v", i, a, b)
			}
		}
	})
}
