package quality_test

import (
	"slices"
	"strings"
	"testing"

	"understudy/engine/fbas"
	"understudy/engine/quality"
)

const orgs = "2{2{a1,a2,a3},1{b},1{c}}"

// shows has, for each code, networks that show it, with the nodes it is found of
// ("" for a finding without one) and the severity, and networks near to them that
// do not.
var shows = map[string][]struct {
	why      string
	network  *fbas.Network
	severity quality.Severity // "" where it is not found
	nodes    string
}{
	quality.AbsentArchive: {
		{"b has none, a has", says(parse("a b = 2{a,b}"), "historyUrl", `"https://a"`, "a"), quality.Info, "b"},
		{"null and empty are none", says(says(says(parse("a b c = 2{a,b,c}"), "historyUrl", `"https://a"`, "a"), "historyUrl", "null", "b"), "historyUrl", `""`, "c"), quality.Info, "b c"},
		{"nobody has: the source leaves it out", parse("a b = 2{a,b}"), "", ""},
		{"a watcher needs none", says(parse("a b = 2{a,b}; w = -"), "historyUrl", `"https://a"`, "a", "b"), "", ""},
	},
	quality.AsymmetricCore: {
		{"d asks for all", parse("a b c = 3{a,b,c,d}; d = 4{a,b,c,d}"), quality.Warning, ""},
		{"sets that omit their owners are one set", parse("a = 1{b,c}; b = 1{a,c}; c = 2{a,b,c}"), "", ""},
		{"a leaf is not in the core", parse("a b c = 2{a,b,c}; d = 1{a}"), "", ""},
		{"no core", parse("a = -"), "", ""},
	},
	quality.DuplicateNode: {
		{"a twice", parse("a a b = 2{a,b}"), quality.Error, "a"},
		{"each once", parse("a b = 2{a,b}"), "", ""},
	},
	quality.DuplicateValidator: {
		{"in one list", parse("a b = 2{a,a,b}"), quality.Warning, "a b"},
		{"across levels", parse("a = 2{a,1{a,b}}; b = 2{a,b}"), quality.Warning, "a"},
		{"across inner sets", parse("a b c = 2{1{a,b},1{b,c}}"), quality.Warning, "a b c"},
		{"an unknown one", parse("a = 2{a,x,1{x}}"), quality.Warning, "a"},
		{"each once", parse("a b c = 2{a,1{b,c}}"), "", ""},
	},
	quality.MissingQuorumSet: {
		{"a member without a set", parse("a b = 2{a,b,c}; c = -"), quality.Warning, "c"},
		{"a watcher", parse("a b = 2{a,b}; w = -"), quality.Info, "w"},
		{"an empty set is a set", parse("a b = 2{a,b}; c = 1{}"), "", ""},
	},
	quality.NoHistoryData: {
		{"nobody says", parse("a b = 2{a,b}"), quality.Warning, ""},
		{"one does not say", says(parse("a b = 2{a,b}"), "historyArchiveHasError", "false", "a"), quality.Warning, ""},
		{"all validators say", says(parse("a b = 2{a,b}; w = -"), "historyArchiveHasError", "false", "a", "b"), "", ""},
		{"no validators", parse("w = -"), "", ""},
	},
	quality.OneNodeQuorum: {
		{"1 of a set with itself", parse("a = 1{a,b}; b = 2{a,b}"), quality.Error, "a"},
		{"through an inner set", parse("a b = 2{a,b}; d = 1{1{d},2{a,b}}"), quality.Error, "d"},
		{"counted twice", parse("a b = 2{a,a,b}"), quality.Error, "a"},
		{"twice at two depths", parse("a b = 3{a,1{a,b},1{1{a},b}}"), quality.Error, "a"},
		{"beside a set that is met by nobody's agreeing", parse("a = 2{a,b,0{b}}; b = 2{a,b}"), quality.Error, "a"},
		{"threshold 0", parse("a = 0{}"), quality.Error, "a"},
		{"1 of others", parse("a = 1{b}; b = 1{a}"), "", ""},
	},
	quality.OrganizationMixedSets: {
		{"a1 asks for more", parse("a2 a3 b c = " + orgs + "; a1 = 3{2{a1,a2,a3},1{b},1{c}}"), quality.Warning, ""},
		{"an organization of the request whose members no inner set lists", organized(parse("a b c = 3{a,b,c,d}; d = 4{a,b,c,d}"), "O", "c", "d"), quality.Info, ""},
		{"an inner set of leaves", parse("a b c = 2{a,b,c}; x = 1{1{x,y},a}; y = 1{y,x,a}"), quality.Info, ""},
		{"a difference only in what is not there", parse("a2 a3 b c = " + orgs + "; a1 = 2{2{a1,a2,a3},1{b},1{c},1{ghost}}"), quality.Info, ""},
		{"organizations differ, members do not", parse("a1 a2 a3 = 3{2{a1,a2,a3},1{b},1{c}}; b c = " + orgs), "", ""},
		{"sets that omit their owners are one set", parse("a = 2{b,1{c,d}}; b = 2{a,1{c,d}}; c = 2{a,b,d}; d = 2{a,b,c}"), "", ""},
		{"one set that names none of them", organized(parse("a b c = 2{a,b,c}; x y = 2{a,b}"), "O", "x", "y"), "", ""},
		{"a member without a set", organized(parse("a b = 2{a,b}; c = -"), "O", "a", "c"), "", ""},
	},
	quality.OutsideCore: {
		{"a leaf", parse("a b c = 2{a,b,c}; d = 1{a}"), quality.Info, "d"},
		{"tied in through an unsatisfiable node", parse("a = 3{a,b,c,d,x}; b c d = 3{a,b,c,d}; x = 5{z}; z = 1{a}"), "", ""},
	},
	quality.OwnerMissing: {
		{"c omits itself", parse("a b = 2{a,b,c}; c = 1{a,b}"), quality.Info, "c"},
		{"named in an inner set", parse("a b c = 2{a,1{b,1{c}}}"), "", ""},
		{"a set that can't be one", parse("a = 0{}; b = 3{a}"), "", ""},
	},
	quality.StaleArchive: {
		{"true", says(parse("a b = 2{a,b}"), "historyArchiveHasError", "true", "a"), quality.Warning, "a"},
		{"of a member without a set", says(parse("a b = 2{a,b,c}; c = -"), "historyArchiveHasError", "true", "c"), quality.Warning, "c"},
		{"false and null", says(says(parse("a b = 2{a,b}"), "historyArchiveHasError", "false", "a"), "historyArchiveHasError", "null", "b"), "", ""},
		{"of a watcher", says(parse("a b = 2{a,b}; w = -"), "historyArchiveHasError", "true", "w"), "", ""},
	},
	quality.ThresholdAboveMembers: {
		{"5 of 4", parse("a b c = 3{a,b,c,d}; d = 5{a,b,c,d}"), quality.Error, "d"},
		{"of nothing", parse("a = 1{}"), quality.Error, "a"},
		{"in the depth", parse("a = 1{a,1{a,1{a,2{b}}}}; b = 1{a}"), quality.Error, "a"},
		{"only because one is unknown", parse("a b = 3{a,b,x}"), quality.Warning, "a b"},
		{"in an inner set, only because one is unknown", parse("a b = 2{a,b,2{a,x}}"), quality.Warning, "a b"},
		{"both", parse("a b = 2{a,b,2{a},1{x}}"), quality.Error, "a b"},
		{"an unknown one to spare", parse("a b = 2{a,b,x}"), "", ""},
	},
	quality.ThresholdZero: {
		{"0 of nothing", parse("a = 0{}"), quality.Error, "a"},
		{"in the depth", parse("a b = 2{a,b,2{a,1{b,0{a}}}}"), quality.Error, "a b"},
		{"in both sets of a repeated key, told once", parse("a = 0{}; a = 0{b}; b = 2{a,b}"), quality.Error, "a"},
		{"below zero", parse("a = -1{a}"), quality.Error, "a"},
		{"one", parse("a = 1{a}"), "", ""},
	},
	quality.UnknownValidator: {
		{"in a list", parse("a b = 2{a,b,x}"), quality.Warning, "x"},
		{"in the depth", parse("a = 1{a,1{1{y},x}}"), quality.Warning, "x y"},
		{"named by an earlier node of a repeated key", parse("a = 1{a,x}; a = 1{a}"), quality.Warning, "x"},
		{"an organization's member is no reference of a quorum set", organized(parse("a b = 2{a,b}"), "O", "x"), "", ""},
	},
	quality.UnsatisfiableNode: {
		{"needs an unknown one", parse("a b = 3{a,b,x}"), quality.Warning, "a b"},
		{"needs one without a set", parse("a b = 3{a,b,c}; c = -"), quality.Warning, "a b"},
		{"needs one that is a quorum alone", parse("a b = 3{a,b,c}; c = 1{c}"), quality.Warning, "a b"},
		{"needs an unsatisfiable one", parse("a b = 2{a,b}; c = 3{a,b}; d = 1{c}"), quality.Warning, "c d"},
		{"a node without a set has the graver finding", parse("a b = 2{a,b,c}; c = -"), "", ""},
	},
}

func TestFind_ShowsEachCodeWhereItIsAndOnlyThere(t *testing.T) {
	for _, code := range quality.Codes {
		found, notFound := 0, 0
		for _, c := range shows[code.Name] {
			t.Run(code.Name+": "+c.why, func(t *testing.T) {
				got := of(quality.Find(c.network), code.Name)
				if c.severity == "" {
					notFound++
					if len(got) > 0 {
						t.Fatalf("found: %v", got)
					}
					return
				}
				found++
				if len(got) == 0 || nodes(got) != c.nodes {
					t.Fatalf("found %v, want it of %q", got, c.nodes)
				}
				for _, f := range got {
					if f.Severity != c.severity {
						t.Errorf("severity %s, want %s: %s", f.Severity, c.severity, f.Detail)
					}
				}
			})
		}
		if found == 0 || notFound == 0 {
			t.Errorf("%s: %d networks show it, %d do not; at least one of each is needed", code.Name, found, notFound)
		}
	}
	if len(shows) != len(quality.Codes) {
		t.Errorf("networks for %d codes, and there are %d", len(shows), len(quality.Codes))
	}
}

func TestCodes_AreSortedAndSayWhatTheyMean(t *testing.T) {
	byName := func(a, b quality.Code) int { return strings.Compare(a.Name, b.Name) }
	if !slices.IsSortedFunc(quality.Codes, byName) {
		t.Error("not sorted by name")
	}
	for _, code := range quality.Codes {
		if code.Name == "" || strings.Trim(code.Name, "abcdefghijklmnopqrstuvwxyz-") != "" {
			t.Errorf("%q is not in kebab case", code.Name)
		}
		if !strings.HasSuffix(code.Meaning, ".") || strings.Count(code.Meaning, ". ") > 0 {
			t.Errorf("%s: %q is not one sentence", code.Name, code.Meaning)
		}
	}
}

func TestFind_NamesThoseConcerned(t *testing.T) {
	cases := []struct{ why, network, code, node, detail, related string }{
		{"who names an unknown one", "a c = 2{a,c,x}; b = 1{1{x}}; d = 1{a}", quality.UnknownValidator, "x", "x is not among the nodes, so it never agrees; the quorum sets of 3 nodes name it: a, b and c.", "a b c"},
		{"one alone", "a = 2{a,x}", quality.UnknownValidator, "x", "x is not among the nodes, so it never agrees; the quorum set of a names it.", "a"},
		{"who names one without a set", "a b = 2{a,b,c}; c = -", quality.MissingQuorumSet, "c", "c published no quorum set, so it never agrees; the quorum sets of 2 nodes name it: a and b.", "a b"},
		{"what is lacking, what has itself to blame first", "a = 3{a,b,x}; b = 4{a,b,x,c}; c = 0{}", quality.UnsatisfiableNode, "b", "b can't be satisfied: its quorum set needs more than can agree; these can't: c (a quorum alone), x (unknown) and a (unsatisfiable too).", "a b c x"},
		{"what the last node of a repeated key lacks", "a = 3{a}; a = 2{a,x}", quality.UnsatisfiableNode, "a", "a can't be satisfied: its quorum set needs more than can agree; these can't: x (unknown).", "a x"},
		{"its own threshold", "a b = 2{a,b}; c = 3{a,b}", quality.UnsatisfiableNode, "c", "c can't be satisfied: a part of its quorum set asks for more than it lists.", ""},
		{"which part", "a b = 2{a,b,3{b,a}}", quality.ThresholdAboveMembers, "a", "The quorum set of a can't be met in a part: the inner set of a and b asks for 3 and has 2 entries.", ""},
		{"several parts", "a b = 2{a,b,1{},1{},2{a}}", quality.ThresholdAboveMembers, "a", "The quorum set of a can't be met in a part: an inner set asks for 1 and has 0 entries (2 times); the inner set of a asks for 2 and has 1 entry.", ""},
		{"whom it lacks", "a b = 2{a,b,2{a,x}}", quality.ThresholdAboveMembers, "a", "The quorum set of a can't be met in a part, only because x is unknown: the inner set of a and x asks for 2 and has 2 entries, of which 1 unknown.", "x"},
		{"whose sets differ", "a2 a3 b c = " + orgs + "; a1 = 3{2{a1,a2,a3},1{b},1{c}}", quality.OrganizationMixedSets, "", "The 3 validators of one inner set (a1, a2 and a3) have 2 different quorum sets of their own; the Rust scanner takes them as interchangeable and may lose quorums.", "a1 a2 a3"},
		{"who is different", "a b c = 3{a,b,c,d}; d = 4{a,b,c,d}", quality.AsymmetricCore, "", "The 4 core nodes have 2 different quorum sets; the commonest is shared by 3 and not by d.", "d"},
	}
	for _, c := range cases {
		t.Run(c.why, func(t *testing.T) {
			got := of(quality.Find(parse(c.network)), c.code)
			at := slices.IndexFunc(got, func(f quality.Finding) bool { return f.Node == c.node })
			if at < 0 {
				t.Fatalf("not found: %v", got)
			}
			if got[at].Detail != c.detail {
				t.Errorf("says %q\nwant %q", got[at].Detail, c.detail)
			}
			if related := strings.Join(got[at].Related, " "); related != c.related {
				t.Errorf("related %q, want %q", related, c.related)
			}
		})
	}
}
