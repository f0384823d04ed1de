package fbas

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

var fuzzLimits = Limits{Bytes: 1 << 16, Nodes: 50, Depth: 8}

// seeds are texts in the three forms, with what readers get wrong.
var seeds = []string{
	`{"nodes":[{"publicKey":"a","quorumSet":{"threshold":2,"validators":["a","b"],"innerQuorumSets":[{"threshold":0,"validators":[]}]}}],"organizations":[{"id":"x","validators":["a"]}]}`,
	`[{"publicKey":"a","organizationId":"o","geoData":{"countryName":"x"}}]`,
	`{"validators":[{"id":"a","qset":"q"}],"qsets":{"q":{"threshold":1,"members":["a","q"]}}}`,
	`{"nodes":[{"publicKey":"\ud800"},{"publicKey":"\ud801","quorumSet":{"threshold":1e2,"validators":[]}}]}`,
	`{"nodes":[{"publicKey":"a","quorumSet":{"threshold":2,"validators":["a","a","z"],"innerQuorumSets":[{"threshold":1,"validators":["b","b"]},{"threshold":1,"validators":["b"]}]},"historyArchiveHasError":null},{"publicKey":"a"},{"publicKey":"b","quorumSet":null}],"merge_by":"field:homeDomain"}`,
	`{"nodes":[],"organizations":null,"faulty_nodes":["a"],"timeout_ms":1}`,
	`{"validators":[{"id":"a","qset":"q","attrs":{"isp":"","historyArchiveHasError":0}},{"id":"a","qset":null}],"qsets":{"q":{"threshold":2,"members":["a","r","r"]},"r":{"threshold":0,"members":["absent"]}}}`,
	"\xef\xbb\xbf [ ]",
}

func FuzzRead(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		network, err := Read(data, fuzzLimits)
		checkReading(t, network, err)
	})
}

func FuzzReadRequest(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		network, rest, err := ReadRequest(data, fuzzLimits)
		checkReading(t, network, err)
		for _, own := range []string{"nodes", "organizations"} {
			if _, left := rest[own]; left {
				t.Fatalf("%s is among the other fields", own)
			}
		}
		if err != nil {
			return
		}
		again, err := Read(data, fuzzLimits)
		if err == nil && rest["validators"] == nil && show(again) != show(network) {
			t.Fatalf("Read gives %s, ReadRequest %s", show(again), show(network))
		}
	})
}

// FuzzReadPython has the two parts of the python-fbas form apart, so that it
// stays in this form.
func FuzzReadPython(f *testing.F) {
	f.Add(`[{"id":"a","qset":"q"}]`, `{"q":{"threshold":1,"members":["a","r","r"]},"r":{"threshold":2,"members":["a","b"]}}`)
	f.Add(`[{"id":"a","qset":"q"},{"id":"q"}]`, `{"q":{"threshold":1,"members":["q"]}}`)
	f.Add(`[{"id":"a","attrs":{"organizationId":"o","publicKey":"b"}}]`, `{"":{"threshold":0,"members":[]}}`)
	f.Add(`[{"id":"a","qset":""}]`, `{"":{"threshold":3.0,"members":["","a"]}}`)
	f.Fuzz(func(t *testing.T, validators, qsets string) {
		network, err := Read([]byte(`{"validators":`+validators+`,"qsets":`+qsets+`}`), fuzzLimits)
		checkReading(t, network, err)
	})
}

// checkReading checks that a reader gave a network or one of its errors, and
// what is made of the network.
func checkReading(t *testing.T, network *Network, err error) {
	t.Helper()
	if err != nil {
		var wrong *FieldError
		if network != nil || !errors.As(err, &wrong) && !errors.Is(err, ErrNotJSON) && !errors.Is(err, ErrTooLarge) {
			t.Fatalf("%v and a network %v", err, network)
		}
		return
	}
	for i := range network.Nodes {
		for name := range network.Nodes[i].Attributes {
			if value, ok := network.Nodes[i].Attribute(name); ok == (value == "") {
				t.Fatalf("attribute %q is %q, %t", name, value, ok)
			}
		}
		if !network.Nodes[i].HistoryKnown() && !network.Nodes[i].HistoryError() {
			t.Fatal("no word of an archive is an intact archive")
		}
	}
	core, err := Compile(network).Reduce()
	if err != nil {
		return
	}
	if !slices.IsSorted(core.Keys) {
		t.Fatalf("core is not sorted: %q", core.Keys)
	}
	if got := core.GreatestQuorum(core.All()); got.Len() != core.Len() {
		t.Fatalf("core %q holds unsatisfied nodes: %v", core.Keys, got)
	}
}

func FuzzCompilePython(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		network, err := Read(data, fuzzLimits)
		if err != nil {
			return
		}
		s := CompilePython(network)
		if err := wellFormed(s, network); err != nil {
			t.Fatalf("%v: %s of %s", err, short(s), show(network))
		}
		if err := wellFormed(s.Standard(), network); err != nil {
			t.Fatalf("standard form: %v: %s of %s", err, short(s.Standard()), show(network))
		}
		greatest := s.GreatestQuorum(s.All())
		if !greatest.Empty() && !s.IsQuorum(greatest) {
			t.Fatalf("the greatest quorum %v is none", greatest)
		}
		cluster, count := s.FirstCluster()
		if inside := s.GreatestQuorum(s.SetOf(cluster...)); (count > 0) == inside.Empty() || count > 0 && greatest.Empty() {
			t.Fatalf("cluster %v of %d holds %v", cluster, count, inside)
		}
	})
}

// wellFormed says what is wrong with a system as CompilePython gives it.
func wellFormed(s *System, n *Network) error {
	for node, key := range s.Keys {
		if node > 0 && s.Keys[node-1] >= key {
			return fmt.Errorf("key %q is not behind %q", key, s.Keys[node-1])
		}
		if source := s.Source[node]; source >= 0 && n.Nodes[source].PublicKey != key {
			return fmt.Errorf("source of %q is node %d", key, source)
		}
		if own := s.Own[node]; own != Free && (own < 0 || own >= len(s.Vertices) || s.Source[node] < 0) {
			return fmt.Errorf("%q has own set %d", key, own)
		}
	}
	for id, v := range s.Vertices {
		if v.Threshold < 0 || v.Threshold > v.Size() {
			return fmt.Errorf("set %d has threshold %d of %d", id, v.Threshold, v.Size())
		}
		if !ascending(v.Nodes, s.Len()) || !ascending(v.Inner, id) {
			return fmt.Errorf("set %d has entries %v %v", id, v.Nodes, v.Inner)
		}
	}
	return nil
}

// ascending says whether all numbers are below limit and none repeats.
func ascending(list []int, limit int) bool {
	for i, x := range list {
		if x < 0 || x >= limit || i > 0 && list[i-1] >= x {
			return false
		}
	}
	return true
}
