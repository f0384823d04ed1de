package flags

import (
	"encoding/json"
	"fmt"
)

// keyEdition is a flag the source adds to what it hands to flagd: the count of good versions so
// far. It makes each one an event, lets an evaluation see that all its flags came from one version,
// and says where that came from. No source can set it: it is not among the allowed keys.
const keyEdition = "understudy.generation"

// edition is one version of the flags. Its variant is its origin.
type edition struct {
	generation int64
	origin     string
	looks      looks
}

// withEdition adds the edition to checked flags.
func withEdition(data []byte, e edition) string {
	var top, flags map[string]json.RawMessage
	if err := json.Unmarshal(data, &top); err != nil {
		panic("flags passed their check and are no object: " + err.Error())
	}
	if err := json.Unmarshal(top["flags"], &flags); err != nil {
		panic("flags passed their check and their flags are no object: " + err.Error())
	}
	if e.origin == "" {
		e.origin = SourceDefault
	}
	flags[keyEdition] = json.RawMessage(fmt.Sprintf(
		`{"state":"ENABLED","variants":{%q:%d},"defaultVariant":%[1]q,"metadata":{%[3]q:%d}}`, e.origin, e.generation, metadataLooks, e.looks))
	top["flags"], _ = json.Marshal(flags) // raw messages that were just read
	whole, _ := json.Marshal(top)
	return string(whole)
}
