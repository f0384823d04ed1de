package flags

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/open-feature/flagd/core/pkg/model"
	"github.com/open-feature/flagd/core/pkg/sync"
)

// Rehearse says what the text of a flag file would make of each of the contexts, without the
// environment and without putting it into force. The error is Check's, or names the flag whose rule
// fails for one of the contexts.
func Rehearse(data []byte, contexts []Context) ([]Values, error) {
	c, err := newChecker()
	if err != nil {
		return nil, err
	}
	doc, err := c.check(data)
	if err != nil {
		return nil, err
	}
	if err := c.load(data); err != nil {
		return nil, err
	}
	all := make([]Values, len(contexts))
	for i, question := range contexts {
		all[i] = Defaults()
		for _, d := range definitions {
			if _, there := doc.Flags[d.key]; !there {
				continue
			}
			value, err := c.ask(d, question)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", d.key, err)
			}
			d.set(&all[i], value)
		}
	}
	return all, nil
}

// rehearsal loads the flags into flagd's evaluator and asks each that is good so far without a scan
// and once per analysis: what fails here would fail for every scan.
func (c *checker) rehearsal(data []byte, doc document, found *problems) {
	if found.general {
		return
	}
	if err := c.load(withoutFlags(data, found.flags)); err != nil {
		found.add("", err)
		return
	}
	for _, def := range definitions {
		if _, there := doc.Flags[def.key]; !there || found.flags[def.key] {
			continue
		}
		for _, question := range rehearsals() {
			if _, err := c.ask(def, question); err != nil {
				found.add(def.key, err)
				break
			}
		}
	}
}

// load gives the flags to flagd's evaluator.
func (c *checker) load(data []byte) (err error) {
	defer recovered(&err)
	if err := c.rehearse.SetState(sync.DataSync{FlagData: string(data), Source: sourceName}); err != nil {
		return fmt.Errorf("flagd refuses the file: %w", err)
	}
	return nil
}

// ask evaluates a flag of what was loaded: its default when it is disabled, or leaves the matter to
// the code. One that is in the file and that flagd does not find (an empty flagSetId will do) fails.
func (c *checker) ask(def definition, question Context) (value any, err error) {
	defer recovered(&err)
	attributes := question.attributes()
	attributes["targetingKey"] = question.ScanKey
	answer := c.rehearse.ResolveAsAnyValue(context.Background(), "", def.key, attributes)
	switch {
	case answer.Error != nil && answer.Error.Error() == model.GeneralErrorCode:
		return nil, fmt.Errorf("its rule fails for %s: it comes to no variant that there is", question)
	case answer.Error != nil:
		return nil, fmt.Errorf("its rule fails for %s: %w", question, answer.Error)
	case answer.Reason == model.DisabledReason || answer.Reason == model.FallbackReason:
		return def.get(Defaults()), nil
	}
	return answer.Value, nil
}

// recovered is for flagd's evaluator, which runs foreign rules and panics on some that its schema
// allows.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("flagd cannot evaluate it: %v", r)
	}
}

// withoutFlags leaves flags out.
func withoutFlags(data []byte, keys map[string]bool) []byte {
	if len(keys) == 0 {
		return data
	}
	var top, flags map[string]json.RawMessage
	if json.Unmarshal(data, &top) != nil || json.Unmarshal(top["flags"], &flags) != nil {
		return data // flagd will say what is wrong with it
	}
	maps.DeleteFunc(flags, func(key string, _ json.RawMessage) bool { return keys[key] })
	top["flags"], _ = json.Marshal(flags) // raw messages that were just read
	rest, _ := json.Marshal(top)
	return rest
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

// String shows what a Context says to a person.
func (c Context) String() string {
	var known []string
	for _, part := range []struct{ name, value string }{
		{"scan", c.ScanKey}, {"analysis", c.Analysis}, {"merge_by", c.MergeBy}, {"client", c.Client},
	} {
		if part.value != "" {
			known = append(known, fmt.Sprintf("%s %q", part.name, short(part.value, 60)))
		}
	}
	if c.NodeCount > 0 {
		known = append(known, fmt.Sprintf("node_count %d", c.NodeCount))
	}
	if len(known) == 0 {
		return "a question of which nothing is known"
	}
	return strings.Join(known, ", ")
}
