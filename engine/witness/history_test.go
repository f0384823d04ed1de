package witness_test

import (
	"encoding/json"
	"strings"
	"testing"

	"understudy/engine/fbas"
	"understudy/engine/witness"
)

// archives is 3 of 4 with the history flag of each node as sent; "-" is absent.
func archives(flags string) *fbas.Network {
	n := network(same("abcd", of(3, split("abcd"))))
	for i, flag := range strings.Fields(flags) {
		if flag != "-" {
			n.Nodes[i].Attributes = map[string]json.RawMessage{"historyArchiveHasError": json.RawMessage(flag)}
		}
	}
	return n
}

func TestCheckHistoryCritical_FollowsTheFlagAsPythonFbasReadsIt(t *testing.T) {
	for _, tc := range []struct {
		name, flags, quorum string
		critical            string
	}{
		{"absent everywhere is an error everywhere", "- - - -", "abc", ""},
		{"false everywhere", "false false false false", "abc", "abc"},
		{"one error", "true false false false", "abc", "bc"},
		{"two errors", "true true false false", "abc", "c"},
		{"three errors", "true true true false", "abc", ""},
		{"null is no error", "null false false false", "abc", "abc"},
		{"empty is no error", `0 "" [] {}`, "abc", "abc"},
		{"anything else is one", `1 "false" [0] {"a":0}`, "abc", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			core := reduce(t, archives(tc.flags))
			groups, err := core.Groups(witness.MergeNone)
			if err != nil {
				t.Fatal(err)
			}
			holds(t, core.CheckHistoryCritical(split(tc.critical), split(tc.quorum)), "", "")
			holds(t, core.CheckMinimalHistoryCritical(split(tc.critical)), "", "")
			holds(t, groups.CheckMinimalHistoryCritical(split(tc.critical)), "", "")
			holds(t, core.CheckMinimalHistoryCritical(split(tc.critical+"d")), "contains a quorum without", "d is not needed")
		})
	}
}

func TestCheckHistoryCritical_SaysWhatFails(t *testing.T) {
	n := archives("true false false false")
	n.Organizations = []fbas.Organization{org("P", "ab"), org("R", "cd")}
	core := reduce(t, n)
	groups, err := core.Groups(witness.MergeOrganization)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		err  error
		want string
	}{
		{"no quorum", core.CheckHistoryCritical(split("b"), split("ab")), "a is not satisfied"},
		{"a member too few", core.CheckHistoryCritical(split("b"), split("abc")), "are {b, c}, not {b}"},
		{"a member with an error", core.CheckMinimalHistoryCritical(split("abc")), "without a"},
		{"too small", core.CheckMinimalHistoryCritical(split("b")), "{b} with the nodes that have a history error contains no quorum"},
		{"groups", groups.CheckHistoryCritical([]string{"P", "R"}, split("abc")), ""},
		{"one group of a quorum", groups.CheckHistoryCritical([]string{"R"}, split("acd")), ""},
		{"wrong group", groups.CheckHistoryCritical([]string{"P"}, split("acd")), "is reported as {R}"},
		{"minimal groups", groups.CheckMinimalHistoryCritical([]string{"R"}), ""},
		{"group not needed", groups.CheckMinimalHistoryCritical([]string{"P", "R"}), "without P"},
		{"group not enough", groups.CheckMinimalHistoryCritical([]string{"P"}), "contains no quorum"},
	} {
		t.Run(tc.name, func(t *testing.T) { holds(t, tc.err, tc.want, "") })
	}
}
