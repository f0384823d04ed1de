package witness_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"understudy/engine/fbas"
	"understudy/engine/witness"
)

func TestReduce_AgreesWithTheEngine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := anyNetwork(t)
		core, err := witness.Reduce(n)
		engine, engineErr := fbas.Compile(n).Reduce()
		if err != nil || engineErr != nil {
			t.Fatal(err, engineErr)
		}
		if !slices.Equal(core.Keys(), engine.Keys) {
			t.Fatalf("core is %v, the engine's %v", core.Keys(), engine.Keys)
		}
	})
}
