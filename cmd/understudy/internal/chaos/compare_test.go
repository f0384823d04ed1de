package chaos

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

const ring = `{"nodes":[
	{"publicKey":"a","quorumSet":{"threshold":2,"validators":["a","b","c"]}},
	{"publicKey":"b","quorumSet":{"threshold":2,"validators":["a","b","c"]}},
	{"publicKey":"c","quorumSet":{"threshold":2,"validators":["a","b","c"]}}]}`

const (
	rightBlocking = `{"min_size":2,"total_sets":3,"example_set":["a","b"],"execution_time_ms":1}`
	otherBlocking = `{"min_size":2,"total_sets":3,"example_set":["b","c"],"execution_time_ms":9}`
	wrongBlocking = `{"min_size":1,"total_sets":3,"example_set":["a"],"execution_time_ms":1}`
)

func answered(status int, by, body string) Answer {
	a := Answer{Status: status, End: Whole, Body: []byte(body), Header: http.Header{"Content-Type": {"application/json"}}}
	if by != "" {
		a.Header.Set(headerServedBy, by)
	}
	return a
}

func TestDiffers_AllowsWhatTheRowSaysAndNothingElse(t *testing.T) {
	question := Question{Method: http.MethodPost, Path: "/analyze/blocking-sets", Body: []byte(ring)}
	none := Answer{End: None, Err: errors.New("refused")}
	own := answered(502, "primary", `{}`)
	own.Header.Set("Content-Type", "application/problem+json")
	candidate, rescue := Allowance{Candidate: true}, Allowance{Rescue: true}
	for name, test := range map[string]struct {
		direct, got Answer
		may         Allowance
		want        string // in the reason; "": no difference
	}{
		"the same":                              {answered(200, "", rightBlocking), answered(200, "primary", rightBlocking), Allowance{}, ""},
		"an agreeing candidate in shadow":       {answered(200, "", rightBlocking), answered(200, "candidate", otherBlocking), Allowance{}, "nothing allows"},
		"an agreeing candidate in full":         {answered(200, "", rightBlocking), answered(200, "candidate", otherBlocking), candidate, ""},
		"a wrong candidate in full":             {answered(200, "", rightBlocking), answered(200, "candidate", wrongBlocking), candidate, "candidate_wrong"},
		"beside a primary that is proven wrong": {answered(200, "", wrongBlocking), answered(200, "candidate", otherBlocking), candidate, ""},
		"another answer as the primary's":       {answered(200, "", rightBlocking), answered(200, "primary", otherBlocking), candidate, "other bytes"},
		"no JSON of the candidate":              {answered(200, "", rightBlocking), answered(200, "candidate", "<html>"), candidate, "verdict is"},
		"an error of the candidate":             {answered(200, "", rightBlocking), answered(500, "candidate", rightBlocking), candidate, "not with a whole 200"},
		"a rescue without the right to it":      {answered(500, "", "{}"), answered(200, "candidate; reason=rescue", otherBlocking), Allowance{}, "nothing allows"},
		"a right rescue":                        {answered(500, "", "{}"), answered(200, "candidate; reason=rescue", otherBlocking), rescue, ""},
		"a wrong rescue":                        {answered(500, "", "{}"), answered(200, "candidate; reason=rescue", wrongBlocking), rescue, "candidate_wrong"},
		"a rescue of what did not fail":         {answered(200, "", rightBlocking), answered(200, "candidate; reason=rescue", otherBlocking), rescue, "nothing allows"},
		"its failure all the same":              {answered(500, "", "{}"), answered(500, "primary", "{}"), rescue, ""},
		"a rescue of one that refuses":          {none, answered(200, "candidate; reason=rescue", otherBlocking), rescue, ""},
		"our 502 for one that refuses":          {none, own, Allowance{}, ""},
		"our 502 for one that answers":          {answered(200, "", rightBlocking), own, Allowance{}, "the status is 502"},
		"a 200 for one that refuses":            {none, answered(200, "primary", rightBlocking), Allowance{}, "not the 502"},
		"no answer":                             {answered(200, "", rightBlocking), none, candidate, "no answer came"},
		"no answer where that may be":           {answered(200, "", rightBlocking), none, Allowance{Refusal: true}, ""},
	} {
		expected := Expected{Direct: test.direct, Right: []byte(rightBlocking)}
		got := expected.Differs(question, test.got, test.may)
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestDiffers_OfACutBodyOnlyTheBytesThatCameCount(t *testing.T) {
	cut := func(body string) Answer {
		a := answered(200, "", body)
		a.End = Cut
		return a
	}
	expected := Expected{Direct: cut("abcd")}
	for body, same := range map[string]bool{"abcd": true, "ab": true, "": true, "abcdef": true, "ax": false} {
		if got := expected.Differs(Question{}, cut(body), Allowance{}); (got == "") != same {
			t.Errorf("%q: %q", body, got)
		}
	}
	if expected.Differs(Question{}, answered(200, "", "abcd"), Allowance{}) == "" {
		t.Error("a body that broke off may look whole")
	}
}
