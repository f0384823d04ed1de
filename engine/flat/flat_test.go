package flat_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"understudy/engine/bitset"
	"understudy/engine/class"
	"understudy/engine/fbas"
	"understudy/engine/flat"
)

// set is a quorum set in short form.
func set(threshold int, validators string, inner ...fbas.QuorumSet) fbas.QuorumSet {
	return fbas.QuorumSet{Threshold: threshold, Validators: strings.Fields(validators), InnerQuorumSets: inner}
}

// network gives all of the keys the same set.
func network(keys string, own fbas.QuorumSet) *fbas.Network {
	n := &fbas.Network{}
	for _, key := range strings.Fields(keys) {
		n.Nodes = append(n.Nodes, fbas.Node{PublicKey: key, QuorumSet: &own})
	}
	return n
}

// with gives more keys another set; no threshold means none.
func with(n *fbas.Network, keys string, own fbas.QuorumSet) *fbas.Network {
	n.Nodes = append(n.Nodes, network(keys, own).Nodes...)
	return n
}

func form(n *fbas.Network) (*class.Quotient, *flat.Form, bool) {
	q := class.New(fbas.Compile(n))
	f, ok := flat.Of(q)
	return q, f, ok
}

func numbered(n int) string {
	var keys []string
	for i := range n {
		keys = append(keys, fmt.Sprint("n", i))
	}
	return strings.Join(keys, " ")
}

func TestOf_SaysWhatIsFlatAndWhatIsNot(t *testing.T) {
	ab, cd := set(1, "a b"), set(2, "c d")
	cases := []struct {
		name  string
		n     *fbas.Network
		flat  bool
		items int
	}{
		{"one list", network("a b c", set(2, "a b c")), true, 3},
		{"two lists that overlap", with(network("a b", set(2, "a b c")), "c d", set(2, "b c d")), true, 4},
		{"organizations", network("a b c d", set(2, "", ab, cd)), true, 2},
		{"an organization and a validator", network("a b c", set(2, "c", ab)), true, 2},
		{"members of one organization with sets of their own", with(with(network("a", set(2, "", ab, cd)), "b", set(1, "", ab, cd)), "c d", set(2, "", ab, cd)), true, 2},
		{"leaves", with(network("a b c", set(2, "a b c")), "x y", set(1, "a")), true, 3},
		{"a leaf and nothing else", network("x", set(1, "stranger")), true, 0},
		{"nobody", &fbas.Network{}, true, 0},
		{"as many validators as a set of bits holds", network(numbered(bitset.Max), set(bitset.Max, numbered(bitset.Max))), true, bitset.Max},
		{"one more", network(numbered(bitset.Max+1), set(bitset.Max, numbered(bitset.Max+1))), false, 0},
		{"an organization of more than a set of bits holds", network(numbered(300), set(1, "", set(200, numbered(300)))), true, 1},
		{"a validator listed twice", network("a b", set(2, "a a b")), false, 0},
		{"an organization listed twice", network("a b c d", set(2, "", ab, ab, cd)), false, 0},
		{"a validator in an organization and beside it", network("a b c", set(2, "a c", ab)), false, 0},
		{"organizations that overlap", network("a b c", set(2, "", ab, set(1, "b c"))), false, 0},
		{"one organization with two thresholds", with(network("a b", set(1, "", set(1, "a b c"))), "c", set(1, "", set(2, "a b c"))), false, 0},
		{"an organization inside an organization", network("a b c d", set(1, "", set(1, "", ab, cd))), false, 0},
		{"an organization of an organization and a validator", network("a b c", set(1, "", set(1, "c", ab))), false, 0},
		{"an organization that is the set of somebody too", with(network("a b", ab), "c", set(1, "c", ab)), false, 0},
		{"an organization that nobody meets, which counts for nothing", network("a b c", set(1, "c", set(3, "a b"))), true, 1},
		{"an organization that everybody meets", network("a b c", set(1, "c", set(0, "a b"))), false, 0},
		{"an organization of strangers, which nobody meets", network("c", set(1, "c", set(1, "x y"))), true, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, f, ok := form(c.n)
			if ok != c.flat || ok && len(f.Items) != c.items {
				t.Errorf("flat %t, want %t with %d items: %+v", ok, c.flat, c.items, f)
			}
		})
	}
}

func TestOf_KeepsWhoIsWhereAndWhatTheyAsk(t *testing.T) {
	org := set(2, "a b c")
	n := with(network("a b d", set(2, "d", org)), "c x", set(1, "d", org))
	n.Nodes = append(n.Nodes, fbas.Node{PublicKey: "lost"})
	q, f, ok := form(n)
	if !ok || len(f.Items) != 2 || len(f.Sets) != 2 || len(f.Leaves) != 2 {
		t.Fatalf("%+v", f)
	}
	members := func(parts []flat.Part) (keys []string) {
		for _, p := range parts {
			for _, node := range q.Members[p.Class] {
				key := fmt.Sprint(n.Nodes[node].PublicKey, " never")
				if p.HasSet() {
					key = fmt.Sprint(n.Nodes[node].PublicKey, " asks for ", f.Sets[p.Set].Threshold, ", may miss ", f.Sets[p.Set].Slack())
				}
				if p.Never() == p.HasSet() {
					t.Errorf("%s: never %t", key, p.Never())
				}
				keys = append(keys, key)
			}
		}
		return keys
	}
	got := [][]string{members(f.Leaves)}
	for _, item := range f.Items {
		got = append(got, append([]string{fmt.Sprint(item.Threshold, " of ", item.Size)}, members(item.Parts)...))
	}
	text, _ := json.Marshal(got)
	want := `[["x asks for 1, may miss 1","lost never"],["2 of 3","a asks for 2, may miss 0","b asks for 2, may miss 0","c asks for 1, may miss 1"],["1 of 1","d asks for 2, may miss 0"]]`
	if string(text) != want {
		t.Errorf("%s, want %s", text, want)
	}
}
