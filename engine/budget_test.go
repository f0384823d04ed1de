package engine

import (
	"testing"

	"understudy/engine/fbas"
	"understudy/examples"
)

func TestOptions_NodesBoundASearchAsTimeDoes(t *testing.T) {
	network := examples.AlmostSymmetric(examples.AlmostSymmetricConfig{Seed: 1, Organizations: 24, Drop: 5}).JSON()
	n, err := fbas.Read(network, fbas.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	s, err := Prepare(n, SemanticsRaw)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := s.MinimalSplittingSets(t.Context(), Options{Minimum: true})
	if err != nil || !whole.Complete {
		t.Fatalf("%+v (%v)", whole, err)
	}
	part, err := s.MinimalSplittingSets(t.Context(), Options{Minimum: true, Nodes: 3500})
	if err != nil || part.Complete || part.LowerBound > whole.MinSize || part.Outcome == Found && part.MinSize < whole.MinSize {
		t.Errorf("with few nodes: %+v (%v), the minimum is %d", part, err, whole.MinSize)
	}
}
