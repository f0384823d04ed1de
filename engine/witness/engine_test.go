package witness_test

import (
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"understudy/engine/fbas"
	"understudy/engine/witness"
)

func TestReduce_AgreesWithTheEngine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := anyNetwork(t)
		engine, err := fbas.Compile(n).Reduce()
		if err != nil {
			t.Fatal(err)
		}
		agreeWithTheEngine(t, coreOf(t, n), engine)
	})
}

func TestPython_AgreesWithTheEngine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := anyPythonNetwork(t)
		agreeWithTheEngine(t, python(t, n), fbas.CompilePython(n))
	})
}

// agreeWithTheEngine compares the nodes and the greatest quorum in each set.
func agreeWithTheEngine(t *rapid.T, core *witness.Core, engine *fbas.System) {
	keys := core.Keys()
	if !slices.Equal(keys, engine.Keys) {
		t.Fatalf("core is %v, the engine's %v", keys, engine.Keys)
	}
	for mask := range 1 << len(keys) {
		within := engine.SetOf()
		for i := range keys {
			within[i] = mask&(1<<i) != 0
		}
		theirs := 0
		for _, node := range engine.GreatestQuorum(within).Members() {
			theirs |= 1 << node
		}
		if own, _ := core.GreatestQuorum(subset(keys, mask)); !slices.Equal(own, subset(keys, theirs)) {
			t.Fatalf("greatest quorum in %v is %v, the engine's %v", subset(keys, mask), own, subset(keys, theirs))
		}
	}
}

func TestFields_AreReadAsTheEngineReadsThem(t *testing.T) {
	for _, value := range []string{
		"null", "true", "false", "0", "-0.0e5", "1", "1e999", "1e-999", `""`, `"x"`, `"\u0041, b."`, "[]", "[0]", "{}", `{"a":1}`,
	} {
		n := network(same("ab", of(2, split("ab"))))
		n.Nodes[0].Attributes = map[string]json.RawMessage{"historyArchiveHasError": json.RawMessage(value)}
		want := "a"
		if name, named := n.Nodes[0].Attribute("historyArchiveHasError"); named {
			want = name
		}
		image, err := merged(t, "field:historyArchiveHasError", n).Image(split("a"))
		if err != nil || image[0] != want {
			t.Errorf("%s: group %q (%v), the engine's %q", value, image, err, want)
		}
		critical := split("a")
		if n.Nodes[0].HistoryError() {
			critical = nil
		}
		holds(t, reduce(t, n).CheckHistoryCritical(critical, split("ab")), "", value)
	}
}
