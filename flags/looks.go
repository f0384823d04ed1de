package flags

import (
	"encoding/json"
	"strings"
)

// looks says which attributes the rules of an edition look at, so that an answer can be given again
// to a question that differs in nothing a rule would see.
type looks uint8

const (
	looksAtScan looks = 1 << iota
	looksAtAnalysis
	looksAtMergeBy
	looksAtClient
	looksAtNodes
	looksAtSize
	looksAtTime // or at something else that may change between two evaluations
)

const looksAtAll = looksAtScan | looksAtAnalysis | looksAtMergeBy | looksAtClient | looksAtNodes | looksAtSize

// metadataLooks is where an edition carries its looks.
const metadataLooks = "looks"

var attributes = map[string]looks{
	"targetingKey": looksAtScan, "analysis": looksAtAnalysis, "merge_by": looksAtMergeBy, "client": looksAtClient,
	"node_count": looksAtNodes, "size_class": looksAtSize,
	"$flagd": looksAtTime, "$flagd.timestamp": looksAtTime,
}

// looks reads all rules. It may say too much, never too little.
func (d document) looks() looks {
	var seen looks
	read := func(rule json.RawMessage) {
		var x any
		if json.Unmarshal(rule, &x) == nil {
			seen |= looksOf(x)
		}
	}
	for _, entry := range d.Flags {
		read(entry.Targeting)
	}
	for _, rule := range d.Evaluators {
		read(rule)
	}
	return seen
}

// looksOf takes every text that is the name of an attribute for a look at it, wherever it stands.
func looksOf(rule any) looks {
	var seen looks
	switch rule := rule.(type) {
	case string:
		seen = attributes[rule]
		if name, _, dotted := strings.Cut(rule, "."); dotted && seen == 0 && name != "$flagd" {
			seen = attributes[name]
		}
	case []any:
		for _, x := range rule {
			seen |= looksOf(x)
		}
	case map[string]any:
		for operator, argument := range rule {
			seen |= looksOf(argument) | looksOfOperator(operator, argument)
		}
	}
	return seen
}

func looksOfOperator(operator string, argument any) looks {
	switch operator {
	case "fractional":
		return looksAtScan // the default of what it divides by
	case "missing", "missing_some": // an empty text counts as missing
		return looksAtAll
	case "var":
		if list, ok := argument.([]any); ok && len(list) > 0 {
			argument = list[0] // the rest is a default
		}
		if name, ok := argument.(string); !ok || name == "" { // computed, or everything there is
			return looksAtAll | looksAtTime
		}
	}
	return 0
}

// masked is c as the rules see it.
func (l looks) masked(c Context) Context {
	var m Context
	if l&looksAtScan != 0 {
		m.ScanKey = c.ScanKey
	}
	if l&looksAtAnalysis != 0 {
		m.Analysis = c.Analysis
	}
	if l&looksAtMergeBy != 0 {
		m.MergeBy = c.MergeBy
	}
	if l&looksAtClient != 0 {
		m.Client = c.Client
	}
	switch {
	case l&looksAtNodes != 0:
		m.NodeCount = c.NodeCount
	case l&looksAtSize != 0 && c.NodeCount > 0:
		m.NodeCount = 1 + sizes[sizeIndex(c.NodeCount)].floor
	}
	return m
}
