package fbas

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestReadRequest_ReadsAllItKnowsAndKeepsTheRest(t *testing.T) {
	network, rest, err := ReadRequest([]byte(`{
		"nodes": [{"publicKey": "a", "name": "Alpha", "isp": "Acme", "geoData": {"countryName": "Finland", "x": 1},
			"isValidating": false, "homeDomain": "alpha.example",
			"quorumSet": {"threshold": 2, "validators": ["a", "b"], "innerQuorumSets": [{"threshold": 1, "validators": ["c"]}]}},
			{"publicKey": "b", "quorumSet": null, "geoData": null, "isp": null}],
		"organizations": [{"id": "o", "name": null, "validators": ["a"]}, {"id": "p", "name": "Org P", "validators": []}],
		"merge_by": "isp"}`), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	a, b := network.Nodes[0], network.Nodes[1]
	if a.PublicKey != "a" || a.Name != "Alpha" || *a.ISP != "Acme" || *a.Country != "Finland" || *a.IsValidating ||
		string(a.Attributes["homeDomain"]) != `"alpha.example"` {
		t.Errorf("node a: %+v", a)
	}
	if got := fmt.Sprint(*a.QuorumSet); got != "{2 [a b] [{1 [c] []}]}" {
		t.Errorf("quorum set: %v", got)
	}
	if b.QuorumSet != nil || b.Country != nil || b.ISP != nil || b.IsValidating != nil {
		t.Errorf("node b: %+v", b)
	}
	if got := fmt.Sprint(network.Organizations); got != "[{o o [a]} {p Org P []}]" {
		t.Errorf("organizations: %v", got)
	}
	if string(rest["merge_by"]) != `"isp"` || len(rest) != 1 {
		t.Errorf("other fields: %s", rest)
	}
}

func TestRead_TellsTheThreeFormsApart(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"scanner request", `{"nodes":[{"publicKey":"a","quorumSet":{"threshold":1,"validators":["b"]}},{"publicKey":"b"}],"organizations":[{"id":"o","validators":["a"]}]}`, "a:{1 [b] []} b:none o=[a]"},
		{"array of explorer nodes", ` [{"publicKey":"a","organizationId":"o","quorumSet":{"threshold":1,"validators":["b"]}},{"publicKey":"b","organizationId":null}]`, "a:{1 [b] []} b:none o=[a]"},
		{"python-fbas", `{"validators":[{"id":"a","qset":"q1","attrs":{"organizationId":"o"}},{"id":"b","qset":null}],"qsets":{"q1":{"threshold":1,"members":["b"]}}}`, "a:{1 [b] []} b:none o=[a]"},
		{"python-fbas, nested", `{"validators":[{"id":"a","qset":"q1"}],"qsets":{"q1":{"threshold":2,"members":["a","q2"]},"q2":{"threshold":1,"members":["b"]}}}`, "a:{2 [a] [{1 [b] []}]}"},
		{"no nodes", `[]`, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			network, err := Read([]byte(c.text), DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			if got := show(network); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func show(n *Network) string {
	var parts []string
	for _, node := range n.Nodes {
		set := "none"
		if node.QuorumSet != nil {
			set = fmt.Sprint(*node.QuorumSet)
		}
		parts = append(parts, node.PublicKey+":"+set)
	}
	for _, org := range n.Organizations {
		parts = append(parts, fmt.Sprintf("%s=%v", org.Name, org.Validators))
	}
	return strings.Join(parts, " ")
}

func TestRead_NamesTheFieldThatIsWrong(t *testing.T) {
	node := func(fields string) string { return `{"nodes":[{"publicKey":"a",` + fields + `}]}` }
	set := func(fields string) string { return node(`"quorumSet":{` + fields + `}`) }
	cases := []struct{ text, field string }{
		{`7`, "input"},
		{`{}`, "nodes"},
		{`{"nodes":{}}`, "nodes"},
		{`{"nodes":[1]}`, "nodes[0]"},
		{`{"nodes":[{}]}`, "nodes[0].publicKey"},
		{`{"nodes":[{"publickey":"a"}]}`, "nodes[0].publicKey"},
		{`{"nodes":[{"publicKey":7}]}`, "nodes[0].publicKey"},
		{node(`"quorumSet":"x"`), "nodes[0].quorumSet"},
		{set(`"validators":[]`), "nodes[0].quorumSet.threshold"},
		{set(`"threshold":1`), "nodes[0].quorumSet.validators"},
		{set(`"threshold":-1,"validators":[]`), "nodes[0].quorumSet.threshold"},
		{set(`"threshold":2.5,"validators":[]`), "nodes[0].quorumSet.threshold"},
		{set(`"threshold":"2","validators":[]`), "nodes[0].quorumSet.threshold"},
		{set(`"threshold":null,"validators":[]`), "nodes[0].quorumSet.threshold"},
		{set(`"threshold":1e20,"validators":[]`), "nodes[0].quorumSet.threshold"},
		{set(`"threshold":-1.0,"validators":[]`), "nodes[0].quorumSet.threshold"},
		{set(`"threshold":18446744073709551616,"validators":[]`), "nodes[0].quorumSet.threshold"},
		{set(`"threshold":1,"validators":null`), "nodes[0].quorumSet.validators"},
		{set(`"threshold":1,"validators":[null]`), "nodes[0].quorumSet.validators[0]"},
		{set(`"threshold":1,"validators":[],"innerQuorumSets":{}`), "nodes[0].quorumSet.innerQuorumSets"},
		{set(`"threshold":1,"validators":[],"innerQuorumSets":[{"threshold":1}]`), "nodes[0].quorumSet.innerQuorumSets[0].validators"},
		{node(`"isp":5`), "nodes[0].isp"},
		{node(`"geoData":5`), "nodes[0].geoData"},
		{node(`"geoData":{"countryName":5}`), "nodes[0].geoData.countryName"},
		{`{"validators":5,"qsets":{}}`, "validators"},
		{`{"validators":[]}`, "qsets"},
		{`{"validators":[{"id":5}],"qsets":{}}`, "validators[0].id"},
		{`{"validators":[{"id":"a","qset":"q"}],"qsets":{}}`, "validators[0].qset"},
		{`{"validators":[{"id":"a","qset":"q"}],"qsets":{"q":{"threshold":1,"members":["r"]},"r":{"threshold":1,"members":["q"]}}}`, "qsets.q"},
		{`{"validators":[{"id":"a","qset":"q"}],"qsets":{"q":{"threshold":1}}}`, "qsets.q.members"},
	}
	for _, c := range cases {
		_, err := Read([]byte(c.text), DefaultLimits())
		var wrong *FieldError
		if !errors.As(err, &wrong) || wrong.Field != c.field || wrong.Problem == "" {
			t.Errorf("%s: %v, want an error about %s", c.text, err, c.field)
		}
	}
}

func TestRead_HoldsOrganizationErrorsBackForWhoGroupsByOrganization(t *testing.T) {
	cases := []struct{ organizations, field string }{
		{`5`, "organizations"},
		{`[5]`, "organizations[0]"},
		{`[{"id":"o"}]`, "organizations[0].validators"},
		{`[{"id":"o","validators":null}]`, "organizations[0].validators"},
		{`[{"id":5,"validators":[]}]`, "organizations[0].id"},
		{`[{"id":"o","name":5,"validators":[]}]`, "organizations[0].name"},
		{`[{"validators":[]}]`, "organizations[0].id"},
	}
	for _, c := range cases {
		network, err := Read([]byte(`{"nodes":[],"organizations":`+c.organizations+`}`), DefaultLimits())
		if err != nil {
			t.Errorf("%s: %v", c.organizations, err)
			continue
		}
		var wrong *FieldError
		if !errors.As(network.OrganizationsError, &wrong) || wrong.Field != c.field {
			t.Errorf("%s: %v, want an error about %s", c.organizations, network.OrganizationsError, c.field)
		}
	}
}

func TestRead_RefusesWhatIsNoJSONOrTooLarge(t *testing.T) {
	deep := strings.Repeat(`{"threshold":1,"validators":[],"innerQuorumSets":[`, 40) + strings.Repeat(`]}`, 40)
	cases := []struct {
		name, text string
		limits     Limits
		want       error
	}{
		{"empty", ``, Limits{}, ErrNotJSON},
		{"cut", `{"nodes":[`, Limits{}, ErrNotJSON},
		{"two values", `{"nodes":[]} 1`, Limits{}, ErrNotJSON},
		{"not UTF-8", "{\"nodes\":[{\"publicKey\":\"\xff\"}]}", Limits{}, ErrNotJSON},
		{"bytes", `{"nodes":[]}`, Limits{Bytes: 5}, ErrTooLarge},
		{"nodes", `[{"publicKey":"a"},{"publicKey":"b"}]`, Limits{Nodes: 1}, ErrTooLarge},
		{"depth", `[{"publicKey":"a","quorumSet":` + deep + `}]`, Limits{}, nil},
	}
	for _, c := range cases {
		_, err := Read([]byte(c.text), c.limits)
		var wrong *FieldError
		switch {
		case c.want != nil && !errors.Is(err, c.want):
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		case c.want == nil && !errors.As(err, &wrong):
			t.Errorf("%s: %v, want a field error", c.name, err)
		}
	}
}

func TestRead_BoundsWhatSharedSetsOfThePythonFormExpandTo(t *testing.T) {
	var sets []string // each level names the next ten times: 10^20 entries
	for level := range 20 {
		next := fmt.Sprintf(`"q%d"`, level+1)
		sets = append(sets, fmt.Sprintf(`"q%d":{"threshold":1,"members":[%s]}`, level, strings.Join(slices.Repeat([]string{next}, 10), ",")))
	}
	sets = append(sets, `"q20":{"threshold":1,"members":["a"]}`)
	_, err := Read([]byte(`{"validators":[{"id":"a","qset":"q0"}],"qsets":{`+strings.Join(sets, ",")+`}}`), DefaultLimits())
	if !errors.Is(err, ErrTooLarge) {
		t.Fatalf("%v, want too large", err)
	}
}

func TestRead_TakesWholeNumbersInAnyNotation(t *testing.T) {
	for text, want := range map[string]int{"0": 0, "-0": 0, "3": 3, "3.0": 3, "30e-1": 3, "3E0": 3, "1e3": 1000, "1e19": MaxThreshold} {
		network, err := Read([]byte("\xef\xbb\xbf"+`[{"publicKey":"a","quorumSet":{"threshold":`+text+`,"validators":["a"]}}]`), DefaultLimits())
		if err != nil || network.Nodes[0].QuorumSet.Threshold != want {
			t.Errorf("%s: %+v (%v), want %d", text, network, err, want)
		}
	}
}

func TestRead_ClampsThresholdsNothingCanReach(t *testing.T) {
	network, err := Read([]byte(`[{"publicKey":"a","quorumSet":{"threshold":18446744073709551615,"validators":["a"]}}]`), DefaultLimits())
	if err != nil || network.Nodes[0].QuorumSet.Threshold != MaxThreshold {
		t.Fatalf("%+v (%v)", network, err)
	}
}
