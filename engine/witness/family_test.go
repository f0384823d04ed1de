package witness_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"understudy/engine/fbas"
	"understudy/engine/witness"
)

func words(sets string) [][]string {
	out := [][]string{}
	for _, set := range strings.Fields(sets) {
		out = append(out, split(strings.Trim(set, "-")))
	}
	return out
}

func TestCheckFamily_SaysWhichSetIsNoneOfIt(t *testing.T) {
	n := network(same("abcd", of(3, split("abcd"))))
	none := merged(t, witness.MergeNone, n)
	blocking := func(set []string) error { return none.CheckMinimalBlocking(set, nil) }
	n.Organizations = []fbas.Organization{org("S", "a"), org("S", "b"), org("S", "c")}
	twins := merged(t, witness.MergeOrganization, n)
	for _, tc := range []struct {
		name string
		err  error
		want string
	}{
		{"quorums", none.CheckFamily(words("abc abd acd bcd"), none.CheckMinimalQuorum), ""},
		{"one is not minimal", none.CheckFamily(words("abc abcd"), none.CheckMinimalQuorum), "set 2 of 2: {a, b, c, d} contains a quorum without a"},
		{"blocking sets", none.CheckFamily(words("ab ac ad bc bd cd"), blocking), ""},
		{"one twice", none.CheckFamily(words("ab ac ba"), blocking), "{a, b} is listed twice, as set 1 and set 3"},
		{"splitting sets", none.CheckFamily(words("ab ac"), none.CheckKnown), ""},
		{"one in another", none.CheckFamily(words("ab cad cd"), none.CheckKnown), "{a, c, d} holds {c, d} and is not minimal"},
		{"the empty set among others", none.CheckFamily(words("- ab"), none.CheckKnown), "the empty set is one of 2"},
		{"the empty set alone", none.CheckFamily(words("-"), none.CheckKnown), ""},
		{"no set", none.CheckFamily(nil, none.CheckKnown), ""},
		{"twins", twins.CheckFamily([][]string{{"S", "S"}, {"S", "S"}}, func(s []string) error { return twins.CheckMinimalBlocking(s, nil) }), ""},
	} {
		t.Run(tc.name, func(t *testing.T) { holds(t, tc.err, tc.want, "") })
	}
}

func TestGroups_CheckSplittingTakesTheNodesBehindTheNames(t *testing.T) {
	n := network(same("abcd", of(3, split("abcd"))))
	n.Organizations = []fbas.Organization{org("P", "ab")}
	g := merged(t, witness.MergeOrganization, n)
	holds(t, g.CheckSplitting([]string{"P"}, split("ab"), split("c"), split("d")), "", "")
	holds(t, g.CheckSplitting([]string{"a", "b"}, split("ab"), split("c"), split("d")), "is reported as {P}", "")
}

// ring is a network of one quorum that holds all its nodes.
func ring(size int) (*fbas.Network, []string) {
	n, keys := &fbas.Network{}, make([]string, size)
	for i := range keys {
		keys[i] = strconv.Itoa(i)
		n.Nodes = append(n.Nodes, fbas.Node{PublicKey: keys[i], QuorumSet: of(1, []string{strconv.Itoa((i + 1) % size)})})
	}
	return n, keys
}

func TestChecks_AClaimTooLargeToCheckWholeIsCheckedInPart(t *testing.T) {
	n, keys := ring(5_000)
	for _, key := range keys {
		n.Organizations = append(n.Organizations, fbas.Organization{Name: "S", Validators: []string{key}})
	}
	core := reduce(t, n)
	none, twins := merged(t, witness.MergeNone, n), merged(t, witness.MergeOrganization, n)
	blocking := func(set []string) error { return none.CheckMinimalBlocking(set, nil) }
	sets := make([][]string, len(keys))
	for i, key := range keys {
		sets[i] = []string{key}
	}
	twice := append(slices.Clone(sets), sets[9])
	for _, tc := range []struct {
		name string
		err  error
		want string
	}{
		{"some members are dropped", core.CheckMinimalQuorum(keys), "too large to check whole: dropped"},
		{"the quorum is checked", core.CheckMinimalQuorum(keys[1:]), "is not satisfied"},
		{"one reading is tried", twins.CheckMinimalQuorum(slices.Repeat([]string{"S"}, len(keys))), "too large to check whole: dropped"},
		{"others are not", twins.CheckMinimalQuorum(slices.Repeat([]string{"S"}, len(keys)-1)), "ways to read the names"},
		{"some sets are checked", none.CheckFamily(sets, blocking), "too large to check whole: checked"},
		{"all are compared", none.CheckFamily(twice, blocking), "listed twice"},
		{"some quorums are dropped from", none.CheckTopTier(keys, [][]string{keys}), "too large to check whole: dropped"},
	} {
		t.Run(tc.name, func(t *testing.T) { holds(t, tc.err, tc.want, "") })
	}
}

func TestGroups_MergeByAFieldAsSent(t *testing.T) {
	n := network(same("abcdefghij", of(7, split("abcdefghij"))))
	for i, value := range []string{`"x.org"`, `"x.org"`, `"X.org."`, `""`, `null`, `{"x":1}`, `["x"]`, `3`, `true`, ""} {
		if value != "" {
			n.Nodes[i].Attributes = map[string]json.RawMessage{"homeDomain": json.RawMessage(value)}
		}
	}
	for _, tc := range []struct{ mergeBy, want string }{
		{"field:homeDomain", "3 X.org. d e f g j true x.org"},
		{"field:publicKey", "a b c d e f g h i j"},
		{"field:absent", "a b c d e f g h i j"},
	} {
		image, err := merged(t, tc.mergeBy, n).Image(split("abcdefghij"))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(image, " "); got != tc.want {
			t.Errorf("merged by %s: %q, want %q", tc.mergeBy, got, tc.want)
		}
	}
	if _, err := reduce(t, n).Groups(witness.MergeField); err == nil {
		t.Error("merges by a field without a name")
	}
}

func TestGroups_ANodeThatDoesNotCountNamesNoGroup(t *testing.T) {
	n := network(same("abc", of(2, split("abc"))), same("a", of(0, nil)))
	n.Nodes = append(n.Nodes[3:], n.Nodes[:3]...) // the one-node quorum comes first and goes
	first, second := "First", "Second"
	n.Nodes[0].ISP, n.Nodes[1].ISP = &second, &first
	image, err := merged(t, witness.MergeISP, n).Image(split("a"))
	if err != nil || strings.Join(image, " ") != "First" {
		t.Errorf("a is reported as %v (%v), want First", image, err)
	}
}

func TestCheckSymmetricTopTier_TakesTheOneSetInAnyOrder(t *testing.T) {
	core := reduce(t, network(same("abc", of(2, nil, *of(1, split("ab")), *of(1, split("c"))))))
	leaf, err := witness.Raw(network(same("abc", of(2, split("abc"))), same("d", nil)))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		err  error
		want string
	}{
		{"as it is", core.CheckSymmetricTopTier(of(2, nil, *of(1, split("ab")), *of(1, split("c")))), ""},
		{"other order", core.CheckSymmetricTopTier(of(2, nil, *of(1, split("c")), *of(1, split("ba")))), ""},
		{"none", core.CheckSymmetricTopTier(nil), "another set"},
		{"another", core.CheckSymmetricTopTier(of(2, split("abc"))), "another set"},
		{"a member that is not there", core.CheckSymmetricTopTier(of(2, split("x"), *of(1, split("ab")), *of(1, split("c")))), "another set"},
		{"a node without a set has none to share", leaf.CheckSymmetricTopTier(of(2, split("abc"))), ""},
		{"there is none", reduce(t, network()).CheckSymmetricTopTier(of(2, split("abc"))), "no set is the one"},
	} {
		t.Run(tc.name, func(t *testing.T) { holds(t, tc.err, tc.want, "") })
	}
}

func TestCheckTopTier_EndsSoonHoweverManyQuorumsAreShown(t *testing.T) {
	keys := make([]string, 600)
	for i := range keys {
		keys[i] = strconv.Itoa(i)
	}
	n := &fbas.Network{}
	for _, key := range keys {
		n.Nodes = append(n.Nodes, fbas.Node{PublicKey: key, QuorumSet: of(401, keys)})
	}
	quorums := make([][]string, 20_000)
	for i := range quorums {
		quorums[i] = keys[i%200 : i%200+401]
	}
	g := merged(t, witness.MergeNone, n)
	before := time.Now()
	holds(t, g.CheckTopTier(keys, quorums), "too large to check whole", "")
	if took := time.Since(before); took > 6*time.Second {
		t.Errorf("took %v", took)
	}
}
