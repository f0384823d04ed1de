package flags

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	schemas "github.com/open-feature/flagd-schemas/json"
	"github.com/open-feature/flagd/core/pkg/evaluator"
	"github.com/open-feature/flagd/core/pkg/logger"
	"github.com/open-feature/flagd/core/pkg/store"
	"github.com/open-feature/flagd/core/pkg/sync"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.uber.org/zap"
)

const (
	maxFileBytes     = 1 << 20
	maxExpandedBytes = 4 << 20 // what the $refs of a file may grow it by
	maxDepth         = 64
)

// document is a flag file as far as this package reads it; field names match as flagd's do.
type document struct {
	Flags      map[string]flagEntry       `json:"flags"`
	Evaluators map[string]json.RawMessage `json:"$evaluators"`
}

type flagEntry struct {
	State          string          `json:"state"`
	DefaultVariant *string         `json:"defaultVariant"`
	Variants       map[string]any  `json:"variants"`
	Targeting      json.RawMessage `json:"targeting"`
}

// checker says whether a flag file is good. flagd itself takes files that its schema refuses, and
// evaluates to an error what names a variant that is not there; so a file is read here first, held
// against flagd's schema, and rehearsed in an evaluator of its own. Not for concurrent use.
type checker struct {
	schema   *jsonschema.Schema
	rehearse *evaluator.JSON
}

func newChecker() (*checker, error) {
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
	silent := logger.NewLogger(zap.NewNop(), false)
	flags, err := store.NewStore(silent, []string{sourceName})
	if err != nil {
		return nil, fmt.Errorf("make flag store: %w", err)
	}
	return &checker{schema: schema, rehearse: evaluator.NewJSON(silent, flags)}, nil
}

// check returns nil for a file that may replace good values, else everything that is wrong with it.
func (c *checker) check(data []byte) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return errors.New("the file is empty")
	}
	if err := checkShape(data); err != nil {
		return err
	}
	var doc document
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&doc); err != nil {
		return fmt.Errorf("read flags: %w", err)
	}
	if err := doc.check(); err != nil {
		return err
	}
	if err := c.checkSchema(data); err != nil {
		return err
	}
	return c.rehearsal(data, doc)
}

// checkShape refuses what encoding/json would quietly settle: a key given twice (it takes the
// last), keys that differ in case only (it takes either), text after the document.
func checkShape(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := checkKeys(decoder, "", 0); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("not JSON: text after the end of the document")
	}
	return nil
}

func checkKeys(decoder *json.Decoder, path string, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("nested deeper than %d levels", maxDepth)
	}
	token, err := decoder.Token()
	if err != nil {
		return fmt.Errorf("not JSON: %w", err)
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	seen := map[string]bool{}
	for decoder.More() {
		at := path
		if delim == '{' {
			token, err := decoder.Token()
			if err != nil {
				return fmt.Errorf("not JSON: %w", err)
			}
			key := token.(string) // the decoder allows nothing else here
			at = strings.TrimPrefix(path+"/"+key, "/")
			folded := strings.ToLower(key)
			if seen[folded] {
				return fmt.Errorf("%s is given twice", short(at, 120))
			}
			seen[folded] = true
		}
		if err := checkKeys(decoder, at, depth+1); err != nil {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return fmt.Errorf("not JSON: %w", err)
	}
	return nil
}

// check holds each flag against its definition, and each variant that is named against those there
// are.
func (d document) check() error {
	problems := d.checkReferences()
	for _, key := range slices.Sorted(maps.Keys(d.Flags)) {
		entry := d.Flags[key]
		def, ours := definitionOf(key)
		if !ours && strings.HasPrefix(key, keyPrefix) {
			problems = append(problems, fmt.Errorf("%s is unknown, allowed are %s", key, allowedKeys()))
			continue
		}
		for _, err := range slices.Concat(entry.checkVariants(def, ours), entry.checkRule(d.Evaluators)) {
			problems = append(problems, fmt.Errorf("%s: %w", key, err))
		}
	}
	return errors.Join(problems...)
}

func (e flagEntry) checkVariants(def definition, ours bool) []error {
	var problems []error
	if e.State != "ENABLED" && e.State != "DISABLED" {
		problems = append(problems, fmt.Errorf("state is %q, allowed are ENABLED, DISABLED", short(e.State, 40)))
	}
	switch {
	case e.DefaultVariant != nil:
		if err := e.exists(*e.DefaultVariant); err != nil {
			problems = append(problems, fmt.Errorf("defaultVariant: %w", err))
		}
	case ours:
		problems = append(problems, fmt.Errorf("defaultVariant is missing, name one of %s", e.names()))
	}
	if !ours {
		return problems
	}
	for _, name := range slices.Sorted(maps.Keys(e.Variants)) {
		if _, err := def.readFile(e.Variants[name]); err != nil {
			problems = append(problems, fmt.Errorf("variant %q: %w", short(name, 40), err))
		}
	}
	return problems
}

func (e flagEntry) exists(variant string) error {
	if _, ok := e.Variants[variant]; !ok {
		return fmt.Errorf("variant %q does not exist, there are %s", short(variant, 40), e.names())
	}
	return nil
}

func (e flagEntry) names() string {
	return short(strings.Join(slices.Sorted(maps.Keys(e.Variants)), ", "), 200)
}

func (c *checker) checkSchema(data []byte) error {
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("not JSON: %w", err)
	}
	if err := c.schema.Validate(instance); err != nil {
		return fmt.Errorf("not a flagd file: %s", short(strings.Join(strings.Fields(err.Error()), " "), 400))
	}
	return nil
}

// rehearsal loads the file into flagd's evaluator and asks each flag once without a scan and once
// per analysis: what fails here would fail for every scan.
func (c *checker) rehearsal(data []byte, doc document) (err error) {
	defer func() { // the evaluator runs foreign rules, and panics on some that its schema allows
		if r := recover(); r != nil {
			err = fmt.Errorf("flagd cannot evaluate the file: %v", r)
		}
	}()
	if err := c.rehearse.SetState(sync.DataSync{FlagData: string(data), Source: sourceName}); err != nil {
		return fmt.Errorf("flagd refuses the file: %w", err)
	}
	for _, def := range definitions {
		if _, there := doc.Flags[def.key]; !there {
			continue
		}
		for _, question := range rehearsals() {
			attributes := question.attributes()
			attributes["targetingKey"] = question.ScanKey
			answer := c.rehearse.ResolveAsAnyValue(context.Background(), "", def.key, attributes)
			if answer.Error != nil {
				return fmt.Errorf("%s: its rule fails for %v: %w", def.key, attributes, answer.Error)
			}
		}
	}
	return nil
}

func rehearsals() []Context {
	questions := []Context{{}}
	for _, analysis := range []string{"top-tier", "symmetric-top-tier", "quorums", "blocking-sets", "splitting-sets"} {
		questions = append(questions, Context{
			ScanKey: "rehearsal", Analysis: analysis, MergeBy: "none", Client: "rehearsal", NodeCount: 100,
		})
	}
	return questions
}
