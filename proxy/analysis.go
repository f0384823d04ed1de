package proxy

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"understudy/compare"
)

const analyzePrefix = "/analyze/"

// quorums is the analysis that ends a scan of the adapter client.
const quorums = "quorums"

// networkAnalysis is the one of the scanner API that not every primary has.
const networkAnalysis = "network"

// otherAnalysis is the label of every request that is no known analysis.
const otherAnalysis = "other"

// captured are the analyses that both sides answer.
var captured = []string{"top-tier", "symmetric-top-tier", "blocking-sets", "splitting-sets", quorums, "full", networkAnalysis}

// ofTheEngine are the analyses that no primary has.
var ofTheEngine = []string{"history-critical", "data-quality"}

// analyses are the values of the label analysis.
var analyses = slices.Concat(captured, ofTheEngine, []string{otherAnalysis})

// handling is how a request is treated.
type handling int

const (
	passed   handling = iota // to the primary, as it came
	compared                 // both sides can answer it
	lacked                   // by the primary: the candidate may answer alone
)

// analysisOf folds a request to its label and says how it is treated.
func analysisOf(r *http.Request, primary compare.PrimaryKind) (label string, how handling) {
	name, found := strings.CutPrefix(r.URL.EscapedPath(), analyzePrefix)
	switch {
	case !found || r.Method != http.MethodPost || !slices.Contains(analyses, name) || name == otherAnalysis:
		return otherAnalysis, passed
	case slices.Contains(ofTheEngine, name), name == networkAnalysis && primary == compare.KindPython:
		return name, lacked
	}
	return name, compared
}

// underAnalyze reports whether the two response headers belong on the answer.
func underAnalyze(r *http.Request) bool {
	return strings.HasPrefix(r.URL.EscapedPath(), analyzePrefix)
}

// glance reads of a request body what flags may ask about. A body that can't be
// read gives nothing: judging it is the scanner's work.
func glance(body []byte) (mergeBy string, nodes int) {
	var request struct {
		MergeBy string     `json:"merge_by"`
		Nodes   []struct{} `json:"nodes"` // counted, not kept
	}
	if json.Unmarshal(body, &request) != nil {
		return "", 0
	}
	return request.MergeBy, len(request.Nodes)
}

// gaveUp reports whether an answer says of itself that it is not complete.
func gaveUp(body []byte) bool {
	var answer struct {
		Complete *bool `json:"complete"`
	}
	return json.Unmarshal(body, &answer) == nil && answer.Complete != nil && !*answer.Complete
}
