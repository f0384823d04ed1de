package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"

	"github.com/goccy/go-yaml"

	"understudy/rollout"
)

// policyFile is a flag that names a file of rollout numbers, YAML or JSON: the
// fields of rollout.Policy, all of them optional, lengths of time as 36h or 90s.
//
//	soak_shadow: 72h
//	approvals: [canary_10, full]
type policyFile string

// mostPolicy bounds the file; there is no room for more in what it says.
const mostPolicy = 64 << 10

// read gives the policy of the file over the one of the design.
func (f policyFile) read() (rollout.Policy, error) {
	policy := rollout.DefaultPolicy()
	if f == "" {
		return policy, nil
	}
	file, err := os.Open(string(f))
	if err != nil {
		return policy, fmt.Errorf("--policy: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, mostPolicy+1))
	switch {
	case err != nil:
		return policy, fmt.Errorf("--policy: %w", err)
	case len(data) > mostPolicy:
		return policy, fmt.Errorf("--policy %s: longer than %d bytes", f, mostPolicy)
	}
	policy, err = readPolicy(data)
	if err != nil {
		return policy, fmt.Errorf("--policy %s: %w", f, err)
	}
	return policy, nil
}

// readPolicy refuses fields it does not know, those given twice, and values out
// of range.
func readPolicy(data []byte) (policy rollout.Policy, err error) {
	policy = rollout.DefaultPolicy()
	defer func() { // the reader of YAML panics on some documents that are none
		if fault := recover(); fault != nil {
			policy, err = rollout.DefaultPolicy(), fmt.Errorf("not YAML: %v", fault)
		}
	}()
	var fields map[string]any
	if err := yaml.Unmarshal(data, &fields); err != nil && !errors.Is(err, io.EOF) {
		return policy, errors.New(yaml.FormatError(err, false, false))
	}
	if len(fields) == 0 { // an empty document would set all fields to zero
		return policy, nil
	}
	if err := yaml.UnmarshalWithOptions(data, &policy, yaml.Strict()); err != nil {
		return rollout.DefaultPolicy(), errors.New(byField(yaml.FormatError(err, false, false)))
	}
	if err := policy.Validate(); err != nil {
		return rollout.DefaultPolicy(), err
	}
	return policy, nil
}

// What the reader of YAML calls a field.
var policyField = regexp.MustCompile(`Go struct field Policy\.(\w+)`)

// byField gives a field the name it has in the file.
func byField(text string) string {
	return policyField.ReplaceAllStringFunc(text, func(match string) string {
		name := policyField.FindStringSubmatch(match)[1]
		if field, ok := reflect.TypeFor[rollout.Policy]().FieldByName(name); ok {
			name = field.Tag.Get("yaml")
		}
		return "field " + name
	})
}
