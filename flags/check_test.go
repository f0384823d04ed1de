package flags

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/open-feature/flagd/core/pkg/sync"
)

func TestCheck_TakesTheSampleFile(t *testing.T) {
	data, err := os.ReadFile("../examples/flags/understudy.flagd.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := Check(data); err != nil {
		t.Error(err)
	}
}

func TestCheck_RefusesAndSaysWhy(t *testing.T) {
	flag := func(key, body string) string { return `{"flags":{"` + key + `":{` + body + `}}}` }
	const on = `"state":"ENABLED","variants":{"on":true,"off":false}`
	for _, c := range []struct{ name, file, says string }{
		{"nothing", " \n", "empty"},
		{"not JSON", `{"flags"`, "not JSON"},
		{"two documents", `{"flags":{}} {}`, "after the end"},
		{"not an object", `[1]`, "read flags"},
		{"no flags", `{}`, "flagd"},
		{"flags as a list", `{"flags":[]}`, "read flags"},
		{"a flag twice: which of them is the kill switch?", `{"flags":{"understudy.enabled":{` + on + `,"defaultVariant":"on"},"understudy.enabled":{` + on + `,"defaultVariant":"off"}}}`, "understudy.enabled is given twice"},
		{"keys that differ in case", flag(KeyEnabled, on+`,"defaultVariant":"on","DefaultVariant":"off"`), "given twice"},
		{"nested too deep", strings.Repeat(`[`, maxDepth+2), "nested deeper"},
		{"unknown flag", flag("understudy.kill", on+`,"defaultVariant":"on"`), "understudy.kill: unknown, allowed are understudy.mode"},
		{"the generation is not a flag for files", flag(keyEdition, `"state":"ENABLED","variants":{"n":1},"defaultVariant":"n"`), "unknown"},
		{"state", flag(KeyEnabled, `"state":"ON","variants":{"on":true},"defaultVariant":"on"`), "ENABLED, DISABLED"},
		{"default variant missing", flag(KeyEnabled, on), "defaultVariant is missing, name one of off, on"},
		{"default variant unknown", flag(KeyEnabled, on+`,"defaultVariant":"yes"`), `variant "yes" does not exist, there are off, on`},
		{"type of a switch", flag(KeyEnabled, `"state":"ENABLED","variants":{"on":"true"},"defaultVariant":"on"`), "true or false"},
		{"type of a percentage", flag(KeyMirrorPercent, `"state":"ENABLED","variants":{"v":"50"},"defaultVariant":"v"`), "0 to 100"},
		{"range", flag(KeyMirrorPercent, `"state":"ENABLED","variants":{"v":100.5,"w":1},"defaultVariant":"w"`), "0 to 100"},
		{"range, below", flag(KeyServeCeilingPercent, `"state":"ENABLED","variants":{"v":-1},"defaultVariant":"v"`), "0 to 100"},
		{"mode", flag(KeyMode, `"state":"ENABLED","variants":{"a":"automatic"},"defaultVariant":"a"`), "auto, hold, dry_run, off"},
		{"variant in a fraction", flag(KeyEnabled, on+`,"defaultVariant":"on","targeting":{"fractional":[["on",1],["of",99]]}`), `variant "of" does not exist`},
		{"variant in a branch", flag(KeyEnabled, on+`,"defaultVariant":"on","targeting":{"if":[{"==":[1,2]},"on",{"if":[true,"off","no"]}]}`), `variant "no" does not exist`},
		{"variant in a shared rule", `{"$evaluators":{"r":{"if":[true,"maybe"]}},` + flag(KeyEnabled, on+`,"defaultVariant":"on","targeting":{"if":[true,{"$ref":"r"}]}`)[1:], `variant "maybe" does not exist`},
		{"shared rule missing", flag(KeyEnabled, on+`,"defaultVariant":"on","targeting":{"if":[true,{"$ref":"r"}]}`), "not among $evaluators"},
		{"shared rule in a shared rule", `{"$evaluators":{"r":{"if":[true,{"$ref":"s"}]},"s":{"if":[true,"on"]}},"flags":{}}`, "does not resolve those reliably"},
		{"rule that always fails", flag(KeyEnabled, on+`,"defaultVariant":"on","targeting":{"cat":["o","x"]}`), "its rule fails"},
		{"rule with an unknown operator", flag(KeyEnabled, on+`,"defaultVariant":"on","targeting":{"perhaps":["on"]}`), "not as flagd's schema has it: /targeting"},
		{"a set without a name", `{"metadata":{"flagSetId":""},"flags":{}}`, "flagSetId is empty"},
		{"a flag of the wrong shape", `{"flags":{"understudy.mode":5}}`, "understudy.mode: is a JSON number, want an object"},
		{"a field of the wrong shape", flag(KeyEnabled, on+`,"defaultVariant":1`), "understudy.enabled: defaultVariant is a JSON number, want a text"},
		{"variant of another flag", flag("other.flag", on+`,"defaultVariant":"perhaps"`), "other.flag"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := Check([]byte(c.file)); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error is %v, want one with %q", err, c.says)
			}
		})
	}
}

func TestCheck_RefusesReferencesThatWouldFillTheMemory(t *testing.T) {
	long := `{"cat":["` + strings.Repeat("x", 100_000) + `"]}`
	rule := `{"or":[` + strings.Repeat(`{"$ref":"r"},`, 100) + `"on"]}`
	text := `{"$evaluators":{"r":` + long + `},"flags":{"understudy.enabled":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on","targeting":` + rule + `}}}`
	if err := Check([]byte(text)); err == nil || !strings.Contains(err.Error(), "together") {
		t.Errorf("error is %v", err)
	}
}

func TestCheck_TellsEverythingThatIsWrongAtOnce(t *testing.T) {
	err := Check([]byte(`{"flags":{"understudy.x":{},"understudy.mode":{"state":"ENABLED","variants":{"a":1},"defaultVariant":"b"},
		"understudy.enabled":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on","targeting":{"perhaps":["on"]}},
		"understudy.rescue_enabled":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on","targeting":{"cat":["o","x"]}}}}`))
	for _, part := range []string{
		"understudy.x: unknown", `understudy.mode: defaultVariant: variant "b" does not exist, there are a`, `variant "a": 1 is not one of auto`,
		"understudy.enabled: not as flagd's schema has it: /targeting", "understudy.rescue_enabled: its rule fails for",
	} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%v does not say %q", err, part)
		}
	}
}

// FuzzCheck: whatever is in a file, the check ends without a panic; and what it lets through,
// flagd takes too, with the generation beside it.
func FuzzCheck(f *testing.F) {
	sample, err := os.ReadFile("../examples/flags/understudy.flagd.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		string(sample), file("auto", true, "1", "2"), ceilingOnly("1e1"), `{"flags":{}}`, ``, `null`, `{"flags":null}`,
		`{"$evaluators":{"r":{}},"flags":{}}`, `{"metadata":{"flagSetId":""},` + ceilingOnly("3")[1:],
		`{"flags":{"understudy.enabled":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on","targeting":{"if":[{"reduce":[1,2,3]},"on"]}}}}`,
	} {
		f.Add([]byte(seed))
	}
	check, err := newChecker()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := check.check(data)
		if err != nil {
			return
		}
		payload := withEdition(data, edition{7, SourceServer, doc.looks()})
		if !json.Valid([]byte(payload)) {
			t.Fatalf("not JSON: %s", payload)
		}
		if err := check.rehearse.SetState(sync.DataSync{FlagData: payload, Source: sourceName}); err != nil {
			t.Fatalf("flagd refuses what the check let through: %v", err)
		}
		n, origin, _, _, err := check.rehearse.ResolveIntValue(t.Context(), "", keyEdition, nil)
		if err != nil || n != 7 || origin != SourceServer {
			t.Fatalf("generation is %d of %s, error %v", n, origin, err)
		}
	})
}
