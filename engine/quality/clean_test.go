package quality_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"understudy/engine/fbas"
	"understudy/engine/quality"
)

func write(n *fbas.Network) string {
	var set func(s *fbas.QuorumSet) string
	set = func(s *fbas.QuorumSet) string {
		entries := slices.Clone(s.Validators)
		for i := range s.InnerQuorumSets {
			entries = append(entries, set(&s.InnerQuorumSets[i]))
		}
		return fmt.Sprintf("%d{%s}", s.Threshold, strings.Join(entries, ","))
	}
	var clauses []string
	for _, node := range n.Nodes {
		clauses = append(clauses, node.PublicKey+" = "+set(node.QuorumSet))
	}
	for _, org := range n.Organizations {
		clauses = append(clauses, fmt.Sprint(org.Name, " lists ", org.Validators))
	}
	return strings.Join(clauses, "; ")
}

func TestClean_DoesWhatTheRulesSayAndTells(t *testing.T) {
	cases := []struct {
		why     string
		network *fbas.Network
		want    string
		changes []string
	}{
		{"nothing to do", parse("a b = 2{a,b}"), "a = 2{a,b}; b = 2{a,b}", nil},
		{
			"a node without a set goes, and with it the references; thresholds stay",
			parse("a b = 2{a,b,c}; c = -"), "a = 2{a,b}; b = 2{a,b}",
			[]string{
				"drop-node c [] c is dropped: it published no quorum set.",
				"drop-reference a [c] The quorum set of a no longer names c; its thresholds stay.",
				"drop-reference b [c] The quorum set of b no longer names c; its thresholds stay.",
			},
		},
		{
			"thresholds of zero, below and above",
			parse("a b = 2{a,b}; c = 0{a}; d = -1{a}; e = 2{a}; f = 1{a,0{b}}"), "a = 2{a,b}; b = 2{a,b}",
			[]string{
				"drop-node c [] c is dropped: its quorum set has a threshold of 0; at least 1 is valid.",
				"drop-node d [] d is dropped: its quorum set has a threshold of -1; at least 1 is valid.",
				"drop-node e [] e is dropped: its quorum set asks for 2 and has 1 entry.",
				"drop-node f [] f is dropped: the inner set of b has a threshold of 0; at least 1 is valid.",
			},
		},
		{
			"a node that can't be met any more goes, and then who needs it, each told for what it lacks",
			parse("a b = 2{a,b,c}; c = 2{c,d}; d = 2{d,x}"), "a = 2{a,b}; b = 2{a,b}",
			[]string{
				"drop-node c [d] c is dropped: its quorum set asks for 2, and without d only 1 of its 2 entries can be met.",
				"drop-node d [x] d is dropped: its quorum set asks for 2, and without x only 1 of its 2 entries can be met.",
				"drop-reference a [c] The quorum set of a no longer names c; its thresholds stay.",
				"drop-reference b [c] The quorum set of b no longer names c; its thresholds stay.",
			},
		},
		{
			"an organization that was not crawled takes its inner set with it and no more",
			organized(organized(parse("a b = 2{a,b,2{a,x,y}}"), "O", "a", "x"), "P", "y"), "a = 2{a,b}; b = 2{a,b}; O lists [a]; P lists []",
			[]string{
				"drop-reference a [x y] The quorum set of a no longer names x and y; its thresholds stay.",
				"drop-reference b [x y] The quorum set of b no longer names x and y; its thresholds stay.",
				"drop-inner-set a [a] The quorum set of a no longer has the inner set of a, x and y, which asks for 2 and of which 1 can still be met.",
				"drop-inner-set b [a] The quorum set of b no longer has the inner set of a, x and y, which asks for 2 and of which 1 can still be met.",
				"drop-organization-member  [x] Organization O no longer lists x.",
				"drop-organization-member  [y] Organization P no longer lists y.",
			},
		},
		{
			"a key stays while one node has it",
			parse("a b = 2{a,b}; a = -"), "a = 2{a,b}; b = 2{a,b}",
			[]string{"drop-node a [] a is dropped: it published no quorum set."},
		},
		{"repeated entries count each time", parse("a = 3{a,a,b}; b = 1{a}"), "a = 3{a,a,b}; b = 1{a}", nil},
	}
	for _, c := range cases {
		t.Run(c.why, func(t *testing.T) {
			before := fmt.Sprint(quality.Find(c.network))
			cleaned, changes := quality.Clean(c.network)
			if got := write(cleaned); got != c.want {
				t.Errorf("left %s\nwant %s", got, c.want)
			}
			var told []string
			for _, ch := range changes {
				told = append(told, fmt.Sprint(ch.Action, " ", ch.Node, " ", ch.Related, " ", ch.Detail))
			}
			if !slices.Equal(told, c.changes) {
				t.Errorf("told %q\nwant %q", told, c.changes)
			}
			if fmt.Sprint(quality.Find(c.network)) != before {
				t.Error("the input was changed")
			}
		})
	}
}

func TestClean_KeepsSharedSetsShared(t *testing.T) {
	n := parse("a b = 2{a,b,x}; c d = 2{c,d}")
	cleaned, _ := quality.Clean(n)
	if cleaned.Nodes[0].QuorumSet != cleaned.Nodes[1].QuorumSet {
		t.Error("a set that two nodes shared was written twice")
	}
	if cleaned.Nodes[2].QuorumSet != n.Nodes[2].QuorumSet {
		t.Error("a set without a change was copied")
	}
}
