package flags

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	schemas "github.com/open-feature/flagd-schemas/json"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func compileSchema() (*jsonschema.Schema, error) {
	compiler := jsonschema.NewCompiler()
	for url, text := range map[string]string{"flags.json": schemas.FlagSchema, "targeting.json": schemas.TargetingSchema} {
		schema, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			return nil, fmt.Errorf("read flagd schema %s: %w", url, err)
		}
		if err := compiler.AddResource("https://flagd.dev/schema/v0/"+url, schema); err != nil {
			return nil, fmt.Errorf("add flagd schema %s: %w", url, err)
		}
	}
	schema, err := compiler.Compile("https://flagd.dev/schema/v0/flags.json")
	if err != nil {
		return nil, fmt.Errorf("compile flagd schema: %w", err)
	}
	return schema, nil
}

// checkSchema tells one thing that flagd's schema minds of each flag. The schema fits a flag to one
// type after the other, so most of what it minds is noise: what it says of the rule is the truth,
// and else what lies deepest.
func (c *checker) checkSchema(data []byte, found *problems) error {
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("not JSON: %w", err)
	}
	var invalid *jsonschema.ValidationError
	if err := c.schema.Validate(instance); !errors.As(err, &invalid) {
		return err
	}
	told := map[string]*jsonschema.ValidationError{}
	for _, leaf := range leaves(invalid) {
		flag := ""
		if at := leaf.InstanceLocation; len(at) > 1 && at[0] == "flags" {
			flag = at[1]
		}
		was, there := told[flag]
		if !there || telling(leaf) > telling(was) || telling(leaf) == telling(was) && leaf.Error() < was.Error() {
			told[flag] = leaf
		}
	}
	for _, flag := range slices.Sorted(maps.Keys(told)) {
		if found.flags[flag] {
			continue
		}
		at := told[flag].InstanceLocation
		if flag != "" {
			at = at[2:]
		}
		text := strings.Join(strings.Fields(told[flag].BasicOutput().Error.String()), " ")
		found.add(flag, fmt.Errorf("not as flagd's schema has it: /%s: %s", short(strings.Join(at, "/"), 120), short(text, 200)))
	}
	return nil
}

func telling(leaf *jsonschema.ValidationError) int {
	at := leaf.InstanceLocation
	if len(at) > 2 && at[2] == "targeting" {
		return 1000 + len(at)
	}
	return len(at)
}

func leaves(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	var all []*jsonschema.ValidationError
	for _, cause := range e.Causes {
		all = append(all, leaves(cause)...)
	}
	return all
}
