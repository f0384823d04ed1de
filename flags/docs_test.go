package flags

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

func readText(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestSample_HoldsAllFlagsAtTheirDefaults(t *testing.T) {
	text := readText(t, "../examples/flags/understudy.flagd.json")
	values, err := Rehearse([]byte(text), []Context{{}, {Analysis: "splitting-sets"}})
	if err != nil {
		t.Fatal(err)
	}
	if values[0] != Defaults() || values[1].ServeCeilingPercent != 10 {
		t.Errorf("values are %+v", values)
	}
	for _, flag := range Defaults().All() {
		if !strings.Contains(text, `"`+flag.Key+`"`) {
			t.Errorf("%s is not in the sample", flag.Key)
		}
	}
}

func TestDocs_NameEachFlagWithItsVariableAndDefault(t *testing.T) {
	docs, readme := readText(t, "../docs/flags.md"), readText(t, "../examples/flags/README.md")
	for _, flag := range Defaults().All() {
		row := regexp.MustCompile("(?m)^\\| `" + regexp.QuoteMeta(flag.Key) + "` \\| `" + flag.Variable + "` \\| `?" + fmt.Sprint(flag.Value) + "`? \\|")
		if !row.MatchString(docs) {
			t.Errorf("docs/flags.md has no row of %s with %s and %v", flag.Key, flag.Variable, flag.Value)
		}
		if !regexp.MustCompile("(?m)^\\| `" + regexp.QuoteMeta(flag.Key) + "` \\|.*\\| `?" + fmt.Sprint(flag.Value) + "`? \\|$").MatchString(readme) {
			t.Errorf("examples/flags/README.md has no row of %s with %v", flag.Key, flag.Value)
		}
	}
	for name := range (Context{}).attributes() {
		if !strings.Contains(docs, "| `"+name+"` |") {
			t.Errorf("docs/flags.md has no row of the attribute %s", name)
		}
	}
	for _, family := range gather(t) {
		if !strings.Contains(docs, "`"+family) {
			t.Errorf("docs/flags.md does not speak of the metric %s", family)
		}
	}
}

func gather(t *testing.T) []string {
	t.Helper()
	families, err := startAt(t, Config{}).registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, family := range families {
		names = append(names, family.GetName())
	}
	return names
}

// TestDocs_TheFilesInItAreGoodAndDoWhatItSays: what a rule takes away, and from whom not.
func TestDocs_TheFilesInItAreGoodAndDoWhatItSays(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(readText(t, "../docs/flags.md"), -1)
	usual := Context{ScanKey: "scan-1", Analysis: "quorums", Client: "b", NodeCount: 100}
	taken := func(change func(*Context)) Context { c := usual; change(&c); return c }
	want := []struct {
		away []Context
		was  func(Values) bool
	}{
		{nil, func(v Values) bool { return v.ServeCeilingPercent == 10 }},
		{[]Context{taken(func(c *Context) { c.Analysis = "splitting-sets" })}, func(v Values) bool { return v.ServeCeilingPercent == 100 }},
		{[]Context{taken(func(c *Context) { c.NodeCount = 300 })}, func(v Values) bool { return v.Mode == ModeAuto }},
		{[]Context{taken(func(c *Context) { c.ScanKey = "nightly-1" }), taken(func(c *Context) { c.Client = "5f0c6a1be7d2a394" })}, func(v Values) bool { return v.Enabled }},
	}
	if len(blocks) != len(want) {
		t.Fatalf("docs/flags.md holds %d files, want %d", len(blocks), len(want))
	}
	for i, w := range want {
		values, err := Rehearse([]byte(blocks[i][1]), append([]Context{{}, usual}, w.away...))
		if err != nil {
			t.Errorf("file %d: %v", i+1, err)
			continue
		}
		for j, v := range values {
			if got := w.was(v); got != (j < 2) {
				t.Errorf("file %d, question %d: %+v", i+1, j+1, v)
			}
		}
	}
}
