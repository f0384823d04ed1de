package witness_test

import (
	"strings"
	"testing"

	"understudy/engine/fbas"
	"understudy/engine/witness"
)

func org(name, validators string) fbas.Organization {
	return fbas.Organization{ID: "id-" + name, Name: name, Validators: split(validators)}
}

func merged(t *testing.T, mergeBy string, n *fbas.Network) *witness.Groups {
	t.Helper()
	groups, err := reduce(t, n).Groups(mergeBy)
	if err != nil {
		t.Fatal(err)
	}
	return groups
}

func TestGroups_ReportNodesUnderTheirGroup(t *testing.T) {
	for _, tc := range []struct {
		name, why string
		orgs      []fbas.Organization
		keys      string
		want      string
	}{
		{"one group", "both stand for P once", []fbas.Organization{org("P", "ab")}, "abc", "P c"},
		{"absent members", "x is not in the core", []fbas.Organization{org("P", "xa")}, "ab", "P b"},
		{"all absent", "the group has no effect", []fbas.Organization{org("P", "xy")}, "ab", "a b"},
		{"tail overlap", "b is second in both, so the later one wins", []fbas.Organization{org("P", "ab"), org("R", "cb")}, "b", "R"},
		{"head overlap", "b leads R, so it stays with P", []fbas.Organization{org("P", "ab"), org("R", "bc")}, "ab", "P"},
		{"head overlap, follower", "c is mapped to b, which R named last", []fbas.Organization{org("P", "ab"), org("R", "bc")}, "c", "R"},
		{"same head", "a leads both and shows the later name", []fbas.Organization{org("P", "ab"), org("R", "ac")}, "abc", "R"},
		{"same name", "identity is by representative", []fbas.Organization{org("S", "ab"), org("S", "cd")}, "abcd", "S S"},
		{"named like a key", "the group is still not that node", []fbas.Organization{org("c", "ab")}, "abc", "c c"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			n := network(same("abcd", of(3, split("abcd"))))
			n.Organizations = tc.orgs
			image, err := merged(t, witness.MergeOrganization, n).Image(split(tc.keys))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(image, " "); got != tc.want {
				t.Errorf("%s is reported as %q, want %q: %s", tc.keys, got, tc.want, tc.why)
			}
		})
	}
}

func TestGroups_CleanNamesOfISPsAndCountries(t *testing.T) {
	named := func(name string) *string { return &name }
	n := network(same("abcdefg", of(5, split("abcdefg"))))
	for i, name := range []*string{named("Foo, Inc."), named("Foo Inc"), named("Foo Inc.."), named(""), named("."), nil, named("foo Inc")} {
		n.Nodes[i].ISP, n.Nodes[i].Country = name, name
	}
	for _, tc := range []struct{ mergeBy, want string }{
		{witness.MergeISP, "|Foo Inc|Foo Inc.|f|foo Inc"},
		{witness.MergeCountry, "|Foo Inc|Foo Inc.|d|f|foo Inc"}, // an empty country is none, an empty ISP a group
		{witness.MergeNone, "a|b|c|d|e|f|g"},
	} {
		image, err := merged(t, tc.mergeBy, n).Image(split("abcdefg"))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(image, "|"); got != tc.want {
			t.Errorf("merged by %s: %q, want %q", tc.mergeBy, got, tc.want)
		}
	}
	if _, err := reduce(t, n).Groups("planet"); err == nil {
		t.Error("merges by planet")
	}
}

func TestGroups_ClaimsAreAboutTheUnionOfTheNamedGroups(t *testing.T) {
	n := network(same("abcdef", of(4, split("abcdef"))))
	n.Organizations = []fbas.Organization{org("P", "abc"), org("S", "d"), org("S", "ef")}
	g := merged(t, witness.MergeOrganization, n)
	for _, tc := range []struct {
		name string
		err  error
		want string
	}{
		{"blocking", g.CheckMinimalBlocking([]string{"P"}, nil), ""},
		{"blocking needs both S", g.CheckMinimalBlocking([]string{"S", "S"}, nil), ""},
		{"one S is enough with a faulty node", g.CheckMinimalBlocking([]string{"S"}, split("a")), ""},
		{"no S is enough", g.CheckMinimalBlocking([]string{"S"}, nil), "does not block"},
		{"three S", g.CheckMinimalBlocking([]string{"S", "S", "S"}, nil), `"S" is named more than 2 times`},
		{"not minimal", g.CheckMinimalBlocking([]string{"P", "S"}, nil), "{P, S} blocks without S"},
		{"member instead of group", g.CheckMinimalBlocking([]string{"a"}, nil), `"a" is not in the core`},
		{"quorum", g.CheckMinimalQuorum([]string{"P", "S"}), ""},
		{"no quorum", g.CheckMinimalQuorum([]string{"S", "S"}), "contains no quorum"},
		{"top tier", g.CheckTopTier([]string{"P", "S", "S"}, [][]string{split("abcd"), split("abef")}), ""},
		{"top tier with a member too many", g.CheckTopTier([]string{"P", "S", "S"}, [][]string{split("abcd")}), "is reported as {P, S}"},
		{"top tier by a quorum that is not minimal", g.CheckTopTier([]string{"P"}, [][]string{split("abcde")}), "without a"},
		{"image", g.CheckImage([]string{"S", "P"}, split("abe")), ""},
		{"wrong image", g.CheckImage([]string{"S"}, split("abe")), "is reported as {P, S}, not as {S}"},
	} {
		t.Run(tc.name, func(t *testing.T) { holds(t, tc.err, tc.want, "") })
	}
}
