package quality_test

import (
	"reflect"
	"testing"

	"understudy/engine/fbas"
	"understudy/engine/quality"
)

// FuzzFind looks for input that a reader takes and on which findings are of
// nodes that nobody knows, differ from run to run, or survive cleaning.
func FuzzFind(f *testing.F) {
	for _, seed := range []string{
		`{"nodes": []}`,
		`{"nodes": [{"publicKey": "a"}, {"publicKey": "a", "quorumSet": {"threshold": 0, "validators": ["b", "b"]}}]}`,
		`{"nodes": [{"publicKey": "a", "quorumSet": {"threshold": 2, "validators": ["a", "x"], "innerQuorumSets": [{"threshold": 3, "validators": ["a", "b"]}]}},
			{"publicKey": "b", "historyUrl": "https://b", "historyArchiveHasError": true, "quorumSet": {"threshold": 1, "validators": ["a"]}}],
			"organizations": [{"id": "O", "validators": ["a", "b", "z"]}]}`,
		`[{"publicKey": "a", "organizationId": "o", "quorumSet": {"threshold": 1, "validators": [""]}}, {"publicKey": "", "historyArchiveHasError": false}]`,
		`{"validators": [{"id": "a", "qset": "q"}], "qsets": {"q": {"threshold": 1, "members": ["a", "r"]}, "r": {"threshold": 9, "members": ["c"]}}}`,
	} {
		f.Add([]byte(seed))
	}
	limits := fbas.Limits{Bytes: 1 << 16, Nodes: 200, Depth: 32}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := fbas.Read(data, limits)
		if err != nil {
			return
		}
		findings := quality.Find(n)
		checkFindings(t, n, findings)
		if again := quality.Find(n); !reflect.DeepEqual(findings, again) {
			t.Errorf("found %v and then %v", findings, again)
		}
		cleaned, changes := quality.Clean(n)
		if _, again := quality.Clean(n); !reflect.DeepEqual(changes, again) {
			t.Errorf("changed %v and then %v", changes, again)
		}
		left := quality.Summarize(quality.Find(cleaned)).ByCode
		for _, code := range []string{quality.MissingQuorumSet, quality.UnknownValidator, quality.ThresholdZero, quality.ThresholdAboveMembers} {
			if left[code] > 0 {
				t.Errorf("%s is left after cleaning", code)
			}
		}
		if _, more := quality.Clean(cleaned); len(more) > 0 {
			t.Errorf("cleaning again changes %v", more)
		}
	})
}

// checkFindings holds findings to what the documentation of Finding says.
func checkFindings(t *testing.T, n *fbas.Network, findings []quality.Finding) {
	t.Helper()
	codes := map[string]quality.Code{}
	for _, code := range quality.Codes {
		codes[code.Name] = code
	}
	is := map[string]bool{}
	for _, node := range n.Nodes {
		is[node.PublicKey] = true
	}
	named := naming(n)
	type about struct{ code, node string }
	seen := map[about]bool{}
	for _, f := range findings {
		code := codes[f.Code]
		if f.Severity == "" || f.Severity != code.Severity && f.Severity != code.Milder {
			t.Errorf("%v: not a severity of %q", f, code.Name)
		}
		switch key := (about{f.Code, f.Node}); {
		case code.Network:
			if f.Node != "" {
				t.Errorf("%v: is about a group and has a node", f)
			}
		case seen[key]:
			t.Errorf("%v: found twice", f)
		case is[f.Node] == (f.Code == quality.UnknownValidator):
			t.Errorf("%v: node known %v", f, is[f.Node])
		default:
			seen[key] = true
		}
		for i, key := range f.Related {
			if !is[key] && named[key] == nil {
				t.Errorf("%v: nobody knows %q", f, key)
			}
			if i > 0 && f.Related[i-1] >= key {
				t.Errorf("%v: related keys are not in order", f)
			}
		}
		if code.Related == "" && len(f.Related) > 0 {
			t.Errorf("%v: has related keys, which its code does not tell of", f)
		}
		if f.Detail == "" || len(f.Detail) > quality.MaxDetail {
			t.Errorf("%v: %d bytes of detail", f, len(f.Detail))
		}
	}
}
