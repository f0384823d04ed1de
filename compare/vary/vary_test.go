package vary_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"understudy/compare"
	"understudy/compare/edit"
	"understudy/compare/vary"
	"understudy/engine/fbas"
)

const mixed = `{
  "nodes": [
    {"publicKey": "a1", "name": "Alpha 1", "x": 1.50, "quorumSet": {"threshold": 2, "hashKey": "h", "validators": ["c"], "innerQuorumSets": [{"threshold": 2, "validators": ["a1", "a2", "a3"]}]}},
    {"publicKey": "a2", "quorumSet": {"threshold": 2, "validators": ["c"], "innerQuorumSets": [{"threshold": 2, "validators": ["a1", "a2", "a3"]}]}},
    {"publicKey": "a3", "quorumSet": {"threshold": 2, "validators": ["c"], "innerQuorumSets": [{"threshold": 2, "validators": ["a1", "a2", "a3"]}]}},
    {"publicKey": "c", "quorumSet": {"threshold": 1, "validators": ["a1", "c"]}}],
  "organizations": [{"id": "A", "name": "Alpha", "url": "u", "validators": ["a1", "a2", "a3"]}, {"id": "A (2)", "validators": ["c"]}],
  "timeout_ms": 4.5e4}`

// kinds gives, for each kind of variation, one of them.
func kinds(t *testing.T, body string) map[string]*edit.Network {
	t.Helper()
	out := make(map[string]*edit.Network)
	for seed := range uint64(200) {
		varied, what, err := vary.Request([]byte(body), seed)
		if err != nil {
			t.Fatal(err)
		}
		n, err := edit.Read(varied)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		for _, kind := range []string{"gone", "one up", "one down", "split in two"} {
			if strings.Contains(what, kind) {
				out[kind] = n
			}
		}
	}
	return out
}

func TestRequest_EachKindComesUpAndDoesWhatItSays(t *testing.T) {
	n := kinds(t, mixed)
	if len(n) != 4 {
		t.Fatalf("%d kinds, want 4", len(n))
	}
	if got := len(n["gone"].Nodes); got != 3 {
		t.Errorf("gone: %d nodes", got)
	}
	sum := func(n *edit.Network) (sum int) {
		n.Lists(func(s *edit.Set) { sum += s.Threshold })
		return sum
	}
	if up, down := sum(n["one up"]), sum(n["one down"]); up <= 13 || down >= 13 {
		t.Errorf("thresholds sum to %d and %d, want more and less than 13", up, down)
	}
	split := n["split in two"]
	if len(split.Organizations) != 3 {
		t.Fatalf("split: %d organizations", len(split.Organizations))
	}
	for i, want := range []string{"Alpha", "Alpha (2)"} {
		if got := edit.Text(split.Organizations[i].Fields, "name"); got != want {
			t.Errorf("organization %d is %q", i, got)
		}
	}
	if id := edit.Text(split.Organizations[1].Fields, "id"); id != "A (3)" { // A (2) is another one
		t.Errorf("the second half has id %q", id)
	}
	for i := range 3 {
		if set := split.Nodes[i].Set; len(set.Inner) != 2 || set.Threshold != 3 {
			t.Errorf("node %d asks for %s", i, set)
		}
	}
}

func TestRequest_OneSeedMakesOneVariationAndUnknownFieldsAndNumbersStay(t *testing.T) {
	for seed := range uint64(50) {
		a, what, err := vary.Request([]byte(mixed), seed)
		b, again, _ := vary.Request([]byte(mixed), seed)
		if err != nil || string(a) != string(b) || what != again {
			t.Fatalf("seed %d: %v, %s, %s", seed, err, what, again)
		}
		if text := string(a); !strings.Contains(text, `4.5e4`) || !strings.Contains(text, `"url": "u"`) ||
			!strings.Contains(what, "Alpha 1 (\"a1\") gone") && !strings.Contains(what, "Alpha 1 (a1) gone") && (!strings.Contains(text, `1.50`) || !strings.Contains(text, `"hashKey": "h"`)) {
			t.Errorf("%s lost something: %s", what, text)
		}
	}
}

func TestRequest_DescriptionsNameWhoIsMeant(t *testing.T) {
	var all []string
	for seed := range uint64(100) {
		_, what, err := vary.Request([]byte(mixed), seed)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, what)
	}
	for _, want := range []string{
		`validator Alpha 1 (a1) gone`,
		`validator "c" gone`,
		`threshold one up in the quorum set of "c": 2 of {Alpha 1 (a1), "c"}, was 1`,
		`threshold one down in the quorum set of "a2" and wherever the same list stands (3 times): 1 of {Alpha 1 (a1), "a2", "a3"}, was 2`,
		`organization "Alpha" split in two, in 3 quorum sets: {"a3", Alpha 1 (a1)} | {"a2"}`,
	} {
		if !slices.Contains(all, want) {
			t.Errorf("none of 100 says %s, such as %s", want, strings.Join(all[:12], "\n"))
		}
	}
}

func TestRequest_ANetworkWithoutOrganizationsHasItsInnerSetsForThem(t *testing.T) {
	at := strings.Index(mixed, `"organizations"`)
	body := mixed[:at] + `"organizations": [], "timeout_ms": 1}`
	split := kinds(t, body)["split in two"]
	if split == nil || len(split.Organizations) != 0 || len(split.Nodes[0].Set.Inner) != 2 {
		t.Errorf("got %+v", split)
	}
}

func TestRequest_AVariationIsANewCase(t *testing.T) {
	body, err := os.ReadFile(filepath.Join("..", "..", "examples", "sample-network.json"))
	if err != nil {
		t.Fatal(err)
	}
	ofCase := func(body []byte) string {
		return compare.Compare(compare.Question{Analysis: "quorums", Body: body}, compare.Reply{}, compare.Reply{}, compare.KindRust).Case
	}
	original := ofCase(body)
	cases := make(map[string]bool)
	for seed := range uint64(20) {
		varied, what, err := vary.Request(body, seed)
		if err != nil {
			t.Fatal(err)
		}
		its := ofCase(varied)
		if its == original {
			t.Errorf("%s is the case of the original", what)
		}
		cases[its] = true
	}
	if len(cases) < 15 {
		t.Errorf("20 seeds made %d cases", len(cases))
	}
}

func TestRequest_WhereNothingCanBeVariedItSaysSo(t *testing.T) {
	for _, body := range []string{`{"nodes": []}`, `{"nodes": [{"publicKey": "a", "quorumSet": {"threshold": 1, "validators": ["a"]}}]}`} {
		if _, _, err := vary.Request([]byte(body), 1); !errors.Is(err, vary.ErrNothing) {
			t.Errorf("%s: %v", body, err)
		}
	}
	if _, _, err := vary.Request([]byte(`{}`), 1); err == nil || errors.Is(err, vary.ErrNothing) {
		t.Errorf("got %v, want the reader's error", err)
	}
}

// odd counts what is not sane about a network.
func odd(n *edit.Network) (count int) {
	n.Lists(func(s *edit.Set) {
		if s.Threshold < 1 || s.Threshold > s.Members() {
			count++
		}
	})
	for _, o := range n.Organizations {
		if len(o.Validators) == 0 {
			count++
		}
	}
	return count
}

// strangers are the references to nobody.
func strangers(n *edit.Network) map[string]bool {
	out, here := make(map[string]bool), make(map[string]bool)
	for _, key := range n.Keys() {
		here[key] = true
	}
	n.Lists(func(s *edit.Set) {
		for _, key := range s.Validators {
			if !here[key] {
				out[key] = true
			}
		}
	})
	return out
}

func TestRequest_NoExampleBecomesOdderByAnyVariation(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "examples", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		before, err := edit.Read(body)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(10) {
			varied, what, err := vary.Request(body, seed)
			if err != nil {
				t.Fatal(err)
			}
			n, err := edit.Read(varied)
			if err != nil {
				t.Fatal(err)
			}
			if odd(n) > odd(before) || len(strangers(n)) > len(strangers(before)) {
				t.Errorf("%s, %s: %d odd lists, references to nobody: %v", filepath.Base(file), what, odd(n), strangers(n))
			}
		}
	}
}

func FuzzRequest(f *testing.F) {
	f.Add([]byte(mixed), uint64(1))
	f.Add([]byte(`{"nodes": [{"publicKey": "a", "quorumSet": {"threshold": 9, "validators": ["a", "a", "b"], "innerQuorumSets": [{"threshold": 0, "validators": []}]}}, {"publicKey": "b", "quorumSet": null}]}`), uint64(2))
	f.Fuzz(func(t *testing.T, body []byte, seed uint64) {
		before, readErr := edit.Read(body)
		varied, what, err := vary.Request(body, seed)
		if readErr != nil {
			if err == nil {
				t.Fatalf("varied what can't be read: %s", varied)
			}
			return
		}
		if err != nil {
			if !errors.Is(err, vary.ErrNothing) {
				t.Fatal(err)
			}
			return
		}
		if _, _, err := fbas.ReadRequest(varied, fbas.DefaultLimits()); err != nil || !json.Valid(varied) {
			t.Fatalf("%s: %v in %s", what, err, varied)
		}
		after, err := edit.Read(varied)
		if err != nil {
			t.Fatal(err)
		}
		if string(before.Bytes()) == string(varied) {
			t.Fatalf("%s changes nothing", what)
		}
		if odd(after) > odd(before) || len(strangers(after)) > len(strangers(before)) {
			t.Fatalf("%s: %d odd lists, references to nobody: %v in %s", what, odd(after), strangers(after), varied)
		}
	})
}
