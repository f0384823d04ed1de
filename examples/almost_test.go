package examples_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"understudy/examples"
	"understudy/internal/precondition"
)

// sizes are configurations from symmetric to almost nothing in common.
var sizes = []examples.AlmostSymmetricConfig{
	{Seed: 1, Organizations: 1, Drop: 1},
	{Seed: 1, Organizations: 5, Drop: 0},
	{Seed: 2, Organizations: 14, Drop: 3},
	{Seed: 3, Organizations: 16, Drop: 15},
	{Seed: 4, Organizations: 40, Drop: 10},
}

func TestAlmostSymmetric_DependsOnItsConfigurationAlone(t *testing.T) {
	config := examples.AlmostSymmetricConfig{Seed: 1, Organizations: 12, Drop: 3, Careful: 2}
	first := examples.AlmostSymmetric(config).JSON()
	if !bytes.Equal(first, examples.AlmostSymmetric(config).JSON()) {
		t.Error("two calls made two networks")
	}
	config.Seed = 2
	if bytes.Equal(first, examples.AlmostSymmetric(config).JSON()) {
		t.Error("another seed made the same network")
	}
}

func TestAlmostSymmetric_IsOfThePublishedFamily(t *testing.T) {
	for _, config := range sizes {
		t.Run(fmt.Sprintf("%d organizations, drop %d", config.Organizations, config.Drop), func(t *testing.T) {
			holdToFamily(t, examples.AlmostSymmetric(config), config.Organizations)
		})
	}
}

func TestPublishedNetworks_AreOfTheFamilyThatIsGenerated(t *testing.T) {
	for _, name := range []string{"N5F4", "N8F2", "N12F5", "N13F12", "N16F1", "N16F15"} {
		data, err := os.ReadFile(filepath.Join(precondition.SharedData(t, "benchmark", "networks"), name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var network examples.Sample
		if err := json.Unmarshal(data, &network); err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { holdToFamily(t, &network, len(network.Organizations)) })
	}
}

// holdToFamily checks that siblings share one set of floor(2x/3)+1 of the kept organizations, or all of these, each 2 of its 3 validators.
func holdToFamily(t *testing.T, network *examples.Sample, organizations int) {
	t.Helper()
	if len(network.Nodes) != 3*organizations || len(network.Organizations) != organizations {
		t.Fatalf("%d nodes in %d organizations, want 3 in each of %d", len(network.Nodes), len(network.Organizations), organizations)
	}
	sets := map[string]*examples.QuorumSet{}
	for _, node := range network.Nodes {
		sets[node.PublicKey] = node.QuorumSet
	}
	for _, organization := range network.Organizations {
		set := sets[organization.Validators[0]]
		for _, sibling := range organization.Validators {
			if !reflect.DeepEqual(sets[sibling], set) {
				t.Errorf("%s has another quorum set than its siblings", sibling)
			}
		}
		kept := len(set.InnerQuorumSets)
		if kept == 0 || len(set.Validators) != 0 || set.Threshold != min(kept, 2*organizations/3+1) {
			t.Errorf("%s wants %d of %d organizations", organization.ID, set.Threshold, kept)
		}
		for _, inner := range set.InnerQuorumSets {
			if inner.Threshold != 2 || len(inner.Validators) != 3 {
				t.Errorf("%s has an inner set %d of %v", organization.ID, inner.Threshold, inner.Validators)
			}
		}
	}
}

func TestAlmostSymmetric_WithoutDropIsSymmetric(t *testing.T) {
	network := examples.AlmostSymmetric(examples.AlmostSymmetricConfig{Seed: 1, Organizations: 9})
	for _, node := range network.Nodes {
		if node.QuorumSet.Threshold != 7 || !reflect.DeepEqual(node.QuorumSet, network.Nodes[0].QuorumSet) {
			t.Errorf("%s has a set of its own: %v", node.PublicKey, node.QuorumSet)
		}
	}
}

func TestAlmostSymmetric_DropsAboutTheShareItIsAskedFor(t *testing.T) {
	const organizations, drop = 40, 10
	kept := 0
	for seed := range uint64(10) {
		network := examples.AlmostSymmetric(examples.AlmostSymmetricConfig{Seed: seed, Organizations: organizations, Drop: drop})
		for i := 0; i < len(network.Nodes); i += 3 {
			kept += len(network.Nodes[i].QuorumSet.InnerQuorumSets)
		}
	}
	// 16,000 draws: the standard deviation of the share is below 0.4 %.
	share := float64(kept) / (10 * organizations * organizations)
	if want := 1 - float64(drop)/organizations; share < want-0.02 || share > want+0.02 {
		t.Errorf("%.3f of the organizations are kept, want about %.3f", share, want)
	}
}

func TestAlmostSymmetric_GivesSomeOrganizationsOneCarefulValidatorEach(t *testing.T) {
	plain := examples.AlmostSymmetric(examples.AlmostSymmetricConfig{Seed: 5, Organizations: 12, Drop: 2})
	mixed := examples.AlmostSymmetric(examples.AlmostSymmetricConfig{Seed: 5, Organizations: 12, Drop: 2, Careful: 4})
	careful := map[int]int{}
	for i, node := range mixed.Nodes {
		before := *plain.Nodes[i].QuorumSet
		if reflect.DeepEqual(*node.QuorumSet, before) {
			continue
		}
		before.Threshold++
		if !reflect.DeepEqual(*node.QuorumSet, before) || before.Threshold > len(before.InnerQuorumSets) {
			t.Errorf("%s differs from its siblings by more than one organization that it can have: %v", node.PublicKey, node.QuorumSet)
		}
		careful[i/3]++
	}
	if len(careful) != 4 {
		t.Errorf("organizations with a careful validator: %v, want 4", careful)
	}
}
