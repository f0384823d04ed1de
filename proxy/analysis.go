package proxy

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

const analyzePrefix = "/analyze/"

// quorums is the analysis that ends a scan of the adapter client.
const quorums = "quorums"

// otherAnalysis is the label of every request that is no known analysis.
const otherAnalysis = "other"

// captured are the analyses that both sides answer. What the primary does not
// have (history-critical, data-quality) passes through and is compared with
// nothing.
var captured = []string{"top-tier", "symmetric-top-tier", "blocking-sets", "splitting-sets", quorums, "full", "network"}

// analyses are the values of the label analysis.
var analyses = append(slices.Clone(captured), "history-critical", "data-quality", otherAnalysis)

// analysisOf folds a request to its label and says whether it is captured.
func analysisOf(r *http.Request) (label string, capture bool) {
	name, found := strings.CutPrefix(r.URL.EscapedPath(), analyzePrefix)
	if !found || r.Method != http.MethodPost || !slices.Contains(analyses, name) || name == otherAnalysis {
		return otherAnalysis, false
	}
	return name, slices.Contains(captured, name)
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
