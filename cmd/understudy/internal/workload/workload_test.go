package workload_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"understudy/cmd/understudy/internal/backend"
	"understudy/cmd/understudy/internal/workload"
	"understudy/engine"
	"understudy/engine/fbas"
)

func TestDraw_GivesTheSameNetworkEachTimeAndAnotherForAnotherSeed(t *testing.T) {
	for i := range uint64(50) {
		if !bytes.Equal(workload.Draw(1, i).Request, workload.Draw(1, i).Request) {
			t.Errorf("network %d differs from itself", i)
		}
		if bytes.Equal(workload.Draw(1, i).Request, workload.Draw(2, i).Request) {
			t.Errorf("network %d is the same for two seeds", i)
		}
	}
}

func TestDraw_NetworksAreOfTheSizesTheyShouldBeAndClientsAskAboutThem(t *testing.T) {
	for i := range uint64(2000) {
		drawn := workload.Draw(3, i)
		network, err := fbas.Read(drawn.Request, fbas.DefaultLimits())
		if err != nil {
			t.Fatalf("%s: %v\n%s", drawn.Kind, err, drawn.Request)
		}
		n := len(network.Nodes)
		if drawn.Large && (n < 12 || n > 30) || !drawn.Large && (n < 3 || n > 9) {
			t.Errorf("%s: %d nodes, large %v", drawn.Kind, n, drawn.Large)
		}
		if _, err := backend.Facade(network); err != nil && drawn.Kind != "odd thresholds and strangers" {
			t.Errorf("%s: %v\n%s", drawn.Kind, err, drawn.Request)
		}
	}
}

func TestDraw_EachKindHasQuorumsSplitsAndNetworksThatCannotAgree(t *testing.T) {
	quorums, split, without := map[string]int{}, map[string]int{}, 0
	for i := range uint64(1600) {
		drawn := workload.Draw(4, i)
		if drawn.Large {
			continue
		}
		network, err := fbas.Read(drawn.Request, fbas.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		system, err := engine.Prepare(network, engine.SemanticsRust)
		if err != nil {
			t.Fatalf("%s: %v\n%s", drawn.Kind, err, drawn.Request)
		}
		answer, err := system.MinimalQuorums(t.Context(), engine.Options{})
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case answer.Intersection.Intersects:
			quorums[drawn.Kind]++
		case answer.Outcome == engine.NoSet:
			without++
		default:
			split[drawn.Kind]++
		}
	}
	for _, kind := range workload.Kinds() {
		if !strings.HasPrefix(kind, "large") && quorums[kind] == 0 && split[kind] == 0 {
			t.Errorf("%s: no network has a quorum", kind)
		}
	}
	if without == 0 || len(split) < 5 {
		t.Errorf("%d networks without a quorum, split ones %v", without, split)
	}
}

func ExampleDraw() {
	network := workload.Draw(1, 10)
	fmt.Println(network.Kind, slices.Contains(workload.Kinds(), network.Kind))
	// Output: organizations, mixed thresholds true
}
