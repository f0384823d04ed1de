package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"understudy/engine"
	"understudy/engine/fbas"
)

// Question is one analysis of one network.
type Question struct {
	Analysis  engine.Analysis
	Network   *fbas.Network
	Semantics engine.Semantics
	// Options are those of the engine; MaxSets 0 leaves sets out of the
	// answer.
	Options engine.Options
	// Timeout is how long the analysis may take; 0 is no limit of its own.
	Timeout time.Duration
	// Clean says to clean the network first, as quality.Clean does.
	Clean bool
}

// MaxSets are the sets an answer may list at most, and defaultMaxSets those
// it lists when a request includes sets and names no number.
const (
	MaxSets        = 100_000
	defaultMaxSets = 10_000
)

// DecodeQuestion reads a request of the scanner API. Unknown fields are
// ignored; an optional field that is null is like one that is absent. Errors
// are those of fbas.Read, with *fbas.FieldError for fields of the request too.
func DecodeQuestion(analysis engine.Analysis, body []byte, c Config) (*Question, error) {
	c = c.withDefaults()
	network, fields, err := fbas.ReadRequest(body, c.Limits)
	if err != nil {
		return nil, err
	}
	q := &Question{Analysis: analysis, Network: network}
	if q.Semantics, err = nameField(fields, "semantics", engine.ParseSemantics, engine.AllSemantics); err != nil {
		return nil, err
	}
	if q.Clean, err = field(fields, "clean", false, "true or false"); err != nil {
		return nil, err
	}
	if q.Options, err = options(fields); err != nil {
		return nil, err
	}
	longest := int(c.Deadline.Milliseconds())
	timeout, err := rangeField(fields, "timeout_ms", longest, longest)
	if err != nil {
		return nil, err
	}
	q.Timeout = time.Duration(timeout) * time.Millisecond
	return q, nil
}

func options(fields map[string]json.RawMessage) (o engine.Options, err error) {
	levels := slices.Concat(engine.MergeLevels, []engine.MergeBy{engine.MergeField("NAME")})
	if o.MergeBy, err = nameField(fields, "merge_by", engine.ParseMergeBy, levels); err != nil {
		return o, err
	}
	if o.Faulty, err = field[[]string](fields, "faulty_nodes", nil, "an array of public keys"); err != nil {
		return o, err
	}
	if o.MaxSets, err = maxSets(fields); err != nil {
		return o, err
	}
	if o.Minimum, err = field(fields, "minimum", false, "true or false"); err != nil {
		return o, err
	}
	if o.Minimum && o.MaxSets > 0 {
		return o, &fbas.FieldError{Field: "minimum", Problem: "must be false where include_sets is true: it leaves the sets out"}
	}
	o.Method, err = nameField(fields, "engine", engine.ParseMethod, engine.Methods)
	return o, err
}

// maxSets is how many sets to list: none unless the request includes them.
func maxSets(fields map[string]json.RawMessage) (int, error) {
	include, err := field(fields, "include_sets", false, "true or false")
	if err != nil {
		return 0, err
	}
	most, err := rangeField(fields, "max_sets", defaultMaxSets, MaxSets)
	if err != nil || !include {
		return 0, err
	}
	return most, nil
}

// field reads an optional field of type T.
func field[T any](fields map[string]json.RawMessage, name string, absent T, allowed string) (T, error) {
	raw, ok := fields[name]
	if !ok || string(raw) == "null" {
		return absent, nil
	}
	var value T
	if err := json.Unmarshal(raw, &value); err != nil {
		return absent, &fbas.FieldError{Field: name, Problem: "must be " + allowed}
	}
	return value, nil
}

// rangeField reads an optional whole number from 1 to most.
func rangeField(fields map[string]json.RawMessage, name string, absent, most int) (int, error) {
	allowed := fmt.Sprintf("a whole number from 1 to %d", most)
	value, err := field(fields, name, absent, allowed)
	if err == nil && (value < 1 || value > most) {
		err = &fbas.FieldError{Field: name, Problem: "must be " + allowed}
	}
	return value, err
}

// nameField reads an optional name out of a short list.
func nameField[T ~string](fields map[string]json.RawMessage, name string, parse func(string) (T, error), known []T) (T, error) {
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = string(k)
	}
	allowed := "one of " + strings.Join(names, ", ")
	text, err := field(fields, name, "", allowed)
	if err != nil {
		return "", err
	}
	value, err := parse(text)
	if err != nil {
		return "", &fbas.FieldError{Field: name, Problem: "must be " + allowed}
	}
	return value, nil
}
