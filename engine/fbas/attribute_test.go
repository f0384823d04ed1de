package fbas

import (
	"encoding/json"
	"testing"
)

func TestHistory_IsReadAsPythonDoes(t *testing.T) {
	cases := []struct {
		value        string // empty: the key is absent
		known, error bool
	}{
		{"", false, true},
		{"null", true, false},
		{"true", true, true},
		{"false", true, false},
		{"0", true, false},
		{"-0.0e5", true, false},
		{"1e-999", true, false},
		{"1", true, true},
		{"-0.5", true, true},
		{"1e999", true, true},
		{`""`, true, false},
		{`"false"`, true, true},
		{"[]", true, false},
		{"[ ]", true, false},
		{"[0]", true, true},
		{"{ }", true, false},
		{`{"a":null}`, true, true},
	}
	for _, c := range cases {
		field := ""
		if c.value != "" {
			field = `,"historyArchiveHasError": ` + c.value + " "
		}
		for form, node := range inEachForm(t, field) {
			if node.HistoryKnown() != c.known || node.HistoryError() != c.error {
				t.Errorf("%q, %s: known %t error %t, want %t %t", c.value, form, node.HistoryKnown(), node.HistoryError(), c.known, c.error)
			}
		}
	}
}

// inEachForm reads one node with further fields, a comma before each.
func inEachForm(t *testing.T, fields string) map[string]*Node {
	t.Helper()
	forms := map[string]string{
		"request": `{"nodes":[{"publicKey":"key"` + fields + `}]}`,
		"array":   `[{"publicKey":"key"` + fields + `}]`,
		"python":  `{"validators":[{"id":"key","attrs":{"x":1` + fields + `}}],"qsets":{}}`,
	}
	nodes := map[string]*Node{}
	for form, text := range forms {
		network, err := Read([]byte(text), DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		nodes[form] = &network.Nodes[0]
	}
	return nodes
}

func TestAttribute_ReachesEveryFieldAsSent(t *testing.T) {
	const fields = `, "name": "Al\u00e9", "isp": "Acme, Inc.", "organizationId": "o", "homeDomain": "x.org",
		"isValidating": false , "index": 0.30, "ledgerVersion" : 22 ,"lag":null,"alias":"","geoData":{"countryName":"Finland"},"list":[1]`
	cases := []struct{ name, value string }{ // empty: no value
		{"publicKey", "key"},
		{"name", "Alé"},
		{"isp", "Acme, Inc."},
		{"organizationId", "o"},
		{"homeDomain", "x.org"},
		{"isValidating", "false"},
		{"index", "0.30"},
		{"ledgerVersion", "22"},
		{"lag", ""},
		{"alias", ""},
		{"geoData", ""},
		{"list", ""},
		{"absent", ""},
		{"homedomain", ""}, // names are exact
		{"quorumSet", ""},
		{"", ""},
	}
	for form, node := range inEachForm(t, fields) {
		for _, c := range cases {
			if value, ok := node.Attribute(c.name); value != c.value || ok != (c.value != "") {
				t.Errorf("%s of the %s form: %q %t, want %q", c.name, form, value, ok, c.value)
			}
		}
	}
}

func TestAttribute_OfANodeOfWhichNothingWasSentIsNone(t *testing.T) {
	var node Node
	if value, ok := node.Attribute("name"); ok {
		t.Errorf("name %q", value)
	}
	if value, ok := node.Attribute("publicKey"); ok {
		t.Errorf("key %q", value)
	}
	if node.HistoryKnown() || !node.HistoryError() {
		t.Error("history of an absent node counts as faulty")
	}
	node.Attributes = map[string]json.RawMessage{"empty": {}}
	if value, ok := node.Attribute("empty"); ok {
		t.Errorf("empty value %q", value)
	}
}
