package flags

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/open-feature/flagd/core/pkg/evaluator"
	"github.com/open-feature/flagd/core/pkg/logger"
	"github.com/open-feature/flagd/core/pkg/store"
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
	Flags      map[string]flagEntry
	Evaluators map[string]json.RawMessage
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
	schema, err := compileSchema()
	if err != nil {
		return nil, err
	}
	silent := logger.NewLogger(zap.NewNop(), false)
	flags, err := store.NewStore(silent, []string{sourceName})
	if err != nil {
		return nil, fmt.Errorf("make flag store: %w", err)
	}
	return &checker{schema: schema, rehearse: evaluator.NewJSON(silent, flags)}, nil
}

// Check returns nil for the text of a flag file that may replace good values, else everything that
// is wrong with it: one error, joined of one for each problem, that names flag, variant and what is
// allowed.
func Check(data []byte) error {
	c, err := newChecker()
	if err != nil {
		return err
	}
	_, err = c.check(data)
	return err
}

// check is Check; it gives the document too.
func (c *checker) check(data []byte) (document, error) {
	var doc document
	if len(bytes.TrimSpace(data)) == 0 {
		return doc, errors.New("the file is empty")
	}
	if len(data) > maxFileBytes {
		return doc, fmt.Errorf("larger than %d bytes", maxFileBytes)
	}
	if err := checkShape(data); err != nil {
		return doc, err
	}
	found := &problems{flags: map[string]bool{}}
	if err := doc.read(data, found); err != nil {
		return doc, fmt.Errorf("read flags: %w", err)
	}
	doc.check(found)
	if err := c.checkSchema(data, found); err != nil {
		return doc, err
	}
	c.rehearsal(data, doc, found)
	return doc, errors.Join(found.list...)
}

// problems are what is wrong with a file, and which flags it is about. Each of the three looks at a
// file leaves out the flags that the one before found wrong, so that nothing is told twice.
type problems struct {
	list    []error
	flags   map[string]bool
	general bool // there is one about the file as a whole
}

func (p *problems) add(flag string, err error) {
	if flag == "" {
		p.list, p.general = append(p.list, err), true
		return
	}
	p.list, p.flags[flag] = append(p.list, fmt.Errorf("%s: %w", flag, err)), true
}

// read decodes flag by flag, so that one of the wrong shape is named.
func (d *document) read(data []byte, found *problems) error {
	var raw struct {
		Flags      map[string]json.RawMessage `json:"flags"`
		Evaluators map[string]json.RawMessage `json:"$evaluators"`
		Metadata   map[string]any             `json:"metadata"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return mismatch(err)
	}
	if set, there := raw.Metadata["flagSetId"]; there && set == "" {
		found.add("", errors.New("metadata: flagSetId is empty, flagd keeps no flag of such a set: name it or leave it out"))
	}
	d.Flags, d.Evaluators = map[string]flagEntry{}, raw.Evaluators
	for _, key := range slices.Sorted(maps.Keys(raw.Flags)) {
		decoder := json.NewDecoder(bytes.NewReader(raw.Flags[key]))
		decoder.UseNumber()
		var entry flagEntry
		if err := decoder.Decode(&entry); err != nil {
			found.add(key, mismatch(err))
			continue
		}
		d.Flags[key] = entry
	}
	return nil
}

// mismatch says in words of JSON what encoding/json says in words of Go.
func mismatch(err error) error {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return err
	}
	want := map[reflect.Kind]string{reflect.String: "a text"}[wrong.Type.Kind()]
	if want == "" {
		want = "an object"
	}
	if wrong.Field == "" {
		return fmt.Errorf("is a JSON %s, want %s", wrong.Value, want)
	}
	return fmt.Errorf("%s is a JSON %s, want %s", wrong.Field, wrong.Value, want)
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
func (d document) check(found *problems) {
	for _, err := range d.checkReferences() {
		found.add("", err)
	}
	for _, key := range slices.Sorted(maps.Keys(d.Flags)) {
		entry := d.Flags[key]
		def, ours := definitionOf(key)
		if !ours && strings.HasPrefix(key, keyPrefix) {
			found.add(key, fmt.Errorf("unknown, allowed are %s", allowedKeys()))
			continue
		}
		for _, err := range slices.Concat(entry.checkVariants(def, ours), entry.checkRule(d.Evaluators)) {
			found.add(key, err)
		}
	}
}

// hasOurs reports whether one of Understudy's flags is there.
func (d document) hasOurs() bool {
	return slices.ContainsFunc(definitions, func(def definition) bool {
		_, there := d.Flags[def.key]
		return there
	})
}

func (e flagEntry) checkVariants(def definition, ours bool) []error {
	var problems []error
	if e.State != "ENABLED" && e.State != "DISABLED" {
		problems = append(problems, fmt.Errorf("state is %q, allowed are ENABLED, DISABLED", short(e.State, 40)))
	}
	switch {
	case len(e.Variants) == 0:
		return append(problems, errors.New("variants are missing"))
	case e.DefaultVariant != nil && *e.DefaultVariant == "" && !ours: // how a flagd server says: none
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
