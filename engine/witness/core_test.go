package witness_test

import (
	"strconv"
	"strings"
	"testing"

	"understudy/engine/fbas"
	"understudy/engine/witness"
)

// same returns nodes named by letters that all have the set q.
func same(letters string, q *fbas.QuorumSet) []fbas.Node {
	var nodes []fbas.Node
	for _, key := range split(letters) {
		nodes = append(nodes, fbas.Node{PublicKey: key, QuorumSet: q})
	}
	return nodes
}

func network(nodes ...[]fbas.Node) *fbas.Network {
	n := &fbas.Network{}
	for _, more := range nodes {
		n.Nodes = append(n.Nodes, more...)
	}
	return n
}

func reduce(t *testing.T, n *fbas.Network) *witness.Core {
	t.Helper()
	core, err := witness.Reduce(n)
	if err != nil {
		t.Fatal(err)
	}
	return core
}

func TestReduce_KeepsTheCore(t *testing.T) {
	threeOfFour := of(3, split("abcd"))
	for _, tc := range []struct {
		name, why string
		network   *fbas.Network
		want      string
	}{
		{"empty", "no node at all", network(), ""},
		{"triangle", "everything is core", network(same("abc", of(2, split("abc")))), "abc"},
		{"chain", "nobody closes the circle", network(same("a", of(1, split("b"))), same("b", of(1, split("c")))), ""},
		{
			"one-node quorum", "d accepts itself alone and counts as absent; the threshold stays",
			network(same("abc", threeOfFour), same("d", of(1, split("abcd")))), "abc",
		},
		{
			"starved", "without d the others cannot reach 4 of 4",
			network(same("abc", of(4, split("abcd"))), same("d", of(0, split("abc")))), "",
		},
		{"leaf", "z listens and is not heard", network(same("abcd", threeOfFour), same("z", of(1, split("a")))), "abcd"},
		{"absent set", "d is never satisfied", network(same("abc", of(2, split("abcd"))), same("d", nil)), "abc"},
		{
			"through an unsatisfiable node", "the circle a, x, z closes over x, which itself goes",
			network(same("a", of(3, split("abcdx"))), same("bcd", threeOfFour), same("x", of(5, split("z"))), same("z", of(1, split("a")))), "abcdz",
		},
		{"two components", "both hold a quorum", network(same("ab", of(2, split("ab"))), same("cd", of(2, split("cd")))), "abcd"},
		{
			"last duplicate", "the second z is a one-node quorum, so references to z vanish and the first z goes",
			network(same("abc", of(2, split("abc"))), same("z", of(2, split("az"))), same("z", of(0, nil))), "abc",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := strings.Join(reduce(t, tc.network).Keys(), ""); got != tc.want {
				t.Errorf("core is %q, want %q: %s", got, tc.want, tc.why)
			}
		})
	}
}

func TestReduce_TwoNodesOfOneKeyThatSurviveAreAnError(t *testing.T) {
	_, err := witness.Reduce(network(same("abca", of(2, split("abc")))))
	if err == nil || !strings.Contains(err.Error(), `"a"`) {
		t.Errorf("error is %v, want one about a", err)
	}
	if _, err := witness.Raw(network(same("aa", of(0, nil)))); err == nil {
		t.Error("raw accepts two nodes of one key")
	}
}

func TestRaw_KeepsOneNodeQuorumsAndLeaves(t *testing.T) {
	core, err := witness.Raw(network(same("abc", of(2, split("abc"))), same("d", of(0, nil)), same("e", of(1, split("a")))))
	if err != nil {
		t.Fatal(err)
	}
	if err := core.CheckMinimalQuorum([]string{"d"}); err != nil {
		t.Error(err)
	}
	if err := core.CheckDisjoint([]string{"d"}, split("ab")); err != nil {
		t.Error(err)
	}
	if got := len(core.Keys()); got != 5 {
		t.Errorf("core has %d nodes, want 5", got)
	}
}

func TestChecks_SayWhatFails(t *testing.T) {
	core := reduce(t, network(same("abcd", of(3, split("abcd")))))
	none := reduce(t, network())
	for _, tc := range []struct {
		name string
		err  error
		want string // "": the claim holds
	}{
		{"quorum", core.CheckQuorum(split("abcd")), ""},
		{"too small", core.CheckQuorum(split("ab")), "a is not satisfied inside {a, b}"},
		{"empty quorum", core.CheckQuorum(nil), "the empty set is not a quorum"},
		{"minimal quorum", core.CheckMinimalQuorum(split("abc")), ""},
		{"quorum not minimal", core.CheckMinimalQuorum(split("abcd")), "contains a quorum without a: {b, c, d}"},
		{"unknown key", core.CheckQuorum(split("abx")), `"x" is not in the core`},
		{"key twice", core.CheckQuorum(split("aab")), `"a" is named twice`},
		{"blocking", core.CheckBlocking(split("abc"), nil), ""},
		{"minimal blocking", core.CheckMinimalBlocking(split("ab"), nil), ""},
		{"blocking not minimal", core.CheckMinimalBlocking(split("abc"), nil), "{a, b, c} blocks without a"},
		{"not blocking", core.CheckMinimalBlocking(split("a"), nil), "{a} does not block: {b, c, d} remains a quorum"},
		{"blocking with faulty", core.CheckMinimalBlocking(split("a"), []string{"b", "b", "nobody"}), ""},
		{"faulty block already", core.CheckMinimalBlocking(nil, split("ab")), ""},
		{"faulty member", core.CheckMinimalBlocking(split("ab"), split("b")), "blocks without b"},
		{"no quorum to block", none.CheckMinimalBlocking(nil, nil), "nothing blocks where there is no quorum"},
		{"splitting", core.CheckSplitting(split("ab"), split("c"), split("d")), ""},
		{"not splitting", core.CheckSplitting(split("a"), split("b"), split("cd")), "b is not satisfied inside {b}"},
		{"shared member", core.CheckSplitting(split("a"), split("bc"), split("cd")), "c is in both quorums"},
		{"deleted member", core.CheckSplitting(split("ab"), split("ac"), split("d")), "a is in a quorum and among the deleted nodes"},
		{"one quorum only", core.CheckSplitting(split("ab"), split("c"), nil), "the empty set is not a quorum"},
		{"not disjoint", core.CheckDisjoint(split("abc"), split("bcd")), "b is in both quorums"},
	} {
		t.Run(tc.name, func(t *testing.T) { holds(t, tc.err, tc.want, "") })
	}
}

func TestCheckSplitting_LowersTheThresholdOfTheListThatNamedTheDeleted(t *testing.T) {
	// Each list loses what was in it: without a the inner set 2{a,b} asks for b
	// alone, while the outer threshold stays at 2.
	q := of(2, split("c"), *of(2, split("ab")), *of(1, split("d")))
	core := reduce(t, network(same("abcd", q)))
	if err := core.CheckSplitting(split("a"), split("bc"), split("d")); err == nil {
		t.Error("d alone meets one of two members, and passes")
	}
	if err := core.CheckSplitting(split("c"), split("ab"), split("d")); err != nil {
		t.Errorf("without c the outer list asks for one member: %v", err)
	}
}

func TestReduce_AHundredThousandNodesInARingTakeNoTime(t *testing.T) {
	const size = 100_000
	n := &fbas.Network{Nodes: make([]fbas.Node, size)}
	key := func(i int) string { return strconv.Itoa(i % size) }
	for i := range n.Nodes {
		n.Nodes[i] = fbas.Node{PublicKey: key(i), QuorumSet: of(1, []string{key(i + 1)})}
	}
	core := reduce(t, n)
	if got := len(core.Keys()); got != size {
		t.Fatalf("core has %d nodes, want %d", got, size)
	}
	if err := core.CheckQuorum(core.Keys()); err != nil {
		t.Error(err)
	}
	if err := core.CheckMinimalBlocking([]string{key(7)}, nil); err != nil {
		t.Error(err)
	}
	if err := core.CheckMinimalQuorum(core.Keys()); err == nil || !strings.Contains(err.Error(), witness.ErrTooLarge.Error()) {
		t.Errorf("dropping each of 100,000 members in turn: %v, want too large", err)
	}
}
