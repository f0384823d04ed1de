package flags

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// checkReferences bounds what $ref may do. flagd replaces references as text, evaluator by
// evaluator in no fixed order: one inside another would be resolved or not by chance, and many of
// a long one would fill the memory.
func (d document) checkReferences() []error {
	var problems []error
	longest, references := 0, 0
	for _, name := range slices.Sorted(maps.Keys(d.Evaluators)) {
		if countReferences(d.Evaluators[name]) > 0 {
			problems = append(problems, fmt.Errorf("$evaluators: %q holds a $ref, flagd does not resolve those reliably", short(name, 40)))
		}
		longest = max(longest, len(d.Evaluators[name]))
	}
	for _, entry := range d.Flags {
		references += countReferences(entry.Targeting)
	}
	if references*longest > maxExpandedBytes {
		problems = append(problems, fmt.Errorf("$evaluators: %d references to rules of up to %d bytes are more than %d bytes together", references, longest, maxExpandedBytes))
	}
	return problems
}

// countReferences counts $ref in a rule, however its JSON is escaped.
func countReferences(rule json.RawMessage) int {
	var x any
	if err := json.Unmarshal(rule, &x); err != nil {
		return 0 // an absent rule; a broken one is reported where it is read
	}
	text, err := json.Marshal(x)
	if err != nil {
		return 0
	}
	return strings.Count(string(text), `"$ref"`)
}

// checkRule looks for variants that the flag's rule names and the flag does not have. flagd finds
// that out at evaluation, for one scan in so many.
func (e flagEntry) checkRule(evaluators map[string]json.RawMessage) []error {
	if len(e.Targeting) == 0 {
		return nil
	}
	var rule any
	if err := json.Unmarshal(e.Targeting, &rule); err != nil {
		return []error{fmt.Errorf("targeting: %w", err)}
	}
	reader := ruleReader{evaluators: evaluators}
	reader.result(rule, 0)
	problems := reader.problems
	for _, variant := range reader.named {
		if err := e.exists(variant); err != nil {
			problems = append(problems, fmt.Errorf("targeting: %w", err))
		}
	}
	return problems
}

// ruleReader collects the variants a rule can come to, as far as they stand in it as literals. A
// name that a rule computes (cat, var) is left to the rehearsal and to evaluation.
type ruleReader struct {
	evaluators map[string]json.RawMessage
	named      []string
	problems   []error
}

// result reads an expression whose value is the name of a variant.
func (r *ruleReader) result(rule any, depth int) {
	if depth > maxDepth {
		r.problems = append(r.problems, fmt.Errorf("targeting: nested deeper than %d levels", maxDepth))
		return
	}
	switch rule := rule.(type) {
	case string:
		r.named = append(r.named, rule)
	case bool, float64: // flagd compares the JSON text with the variants' names
		r.named = append(r.named, shown(rule))
	case map[string]any:
		for operator, argument := range rule {
			r.operation(operator, argument, depth+1)
		}
	}
}

func (r *ruleReader) operation(operator string, argument any, depth int) {
	switch operator {
	case "if", "?:":
		r.branches(argument, depth)
	case "fractional":
		r.buckets(argument, depth)
	case "$ref":
		r.reference(argument, depth)
	}
}

// branches reads [condition, result, condition, result, ..., otherwise].
func (r *ruleReader) branches(argument any, depth int) {
	list, _ := argument.([]any)
	for i, x := range list {
		if isResult := i%2 == 1 || i == len(list)-1; isResult {
			r.result(x, depth)
		}
	}
}

// buckets reads [bucketBy?, [variant, weight], ...].
func (r *ruleReader) buckets(argument any, depth int) {
	list, _ := argument.([]any)
	for _, x := range list {
		if bucket, ok := x.([]any); ok && len(bucket) > 0 {
			r.result(bucket[0], depth)
		}
	}
}

func (r *ruleReader) reference(argument any, depth int) {
	name, _ := argument.(string)
	text, ok := r.evaluators[name]
	if !ok {
		r.problems = append(r.problems, fmt.Errorf("targeting: $ref %q is not among $evaluators", short(name, 40)))
		return
	}
	var rule any
	if err := json.Unmarshal(text, &rule); err == nil {
		r.result(rule, depth)
	}
}
