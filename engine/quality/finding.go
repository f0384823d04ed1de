package quality

import (
	"cmp"
	"slices"
	"strings"
)

// Severity says how much a finding matters; see the package comment.
type Severity string

// The severities, gravest first.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// rank orders severities, gravest first.
func (s Severity) rank() int { return slices.Index([]Severity{Error, Warning, Info}, s) }

// Finding is one remark about a network.
type Finding struct {
	// Code is the Name of one of Codes.
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	// Node is the public key of the node concerned, for UnknownValidator the key
	// that no node has. It is "" for codes whose Network is true.
	Node string `json:"node"`
	// Detail is a sentence of at most MaxDetail bytes. It names the first of the
	// keys concerned and counts the others.
	Detail string `json:"detail"`
	// Related are all other keys concerned, sorted, each once; Codes says which.
	// Findings may share the list: it must not be changed.
	Related []string `json:"related,omitempty"`
}

// MaxDetail is the greatest length of a Detail, in bytes.
const MaxDetail = 2000

// Summary counts findings.
type Summary struct {
	Total      int              `json:"total"`
	BySeverity map[Severity]int `json:"by_severity"`
	// ByCode has only codes that were found.
	ByCode map[string]int `json:"by_code"`
}

// Summarize counts findings. All three severities are keys of BySeverity.
func Summarize(findings []Finding) Summary {
	s := Summary{
		Total:      len(findings),
		BySeverity: map[Severity]int{Error: 0, Warning: 0, Info: 0},
		ByCode:     map[string]int{},
	}
	for _, f := range findings {
		s.BySeverity[f.Severity]++
		s.ByCode[f.Code]++
	}
	return s
}

// arrange sorts findings by severity, code, node and detail, and keeps one of
// several that say the same code of the same node, as nodes with one key may.
func arrange(findings []Finding) []Finding {
	slices.SortFunc(findings, func(a, b Finding) int {
		if order := cmp.Or(
			cmp.Compare(a.Severity.rank(), b.Severity.rank()),
			strings.Compare(a.Code, b.Code),
			strings.Compare(a.Node, b.Node),
			strings.Compare(a.Detail, b.Detail),
		); order != 0 {
			return order
		}
		return slices.Compare(a.Related, b.Related) // long lists, so only where it matters
	})
	type about struct{ code, node string }
	seen := make(map[about]bool, len(findings))
	return slices.DeleteFunc(findings, func(f Finding) bool {
		key := about{f.Code, f.Node}
		again := seen[key] && !perNetwork[f.Code]
		seen[key] = true
		return again
	})
}
