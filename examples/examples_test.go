package examples_test

import (
	"bytes"
	"encoding/base32"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"understudy/examples"
)

func TestFiles_AreWhatTheGeneratorWrites(t *testing.T) {
	for _, file := range examples.Files() {
		onDisk, err := os.ReadFile(file.Name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(onDisk, file.Network.JSON()) {
			t.Errorf("%s is not what the generator writes; run go run ./examples/generate", file.Name)
		}
	}
}

func TestFiles_AreEachNamedInTheReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range examples.Files() {
		if !strings.Contains(string(readme), "`"+file.Name+"`") {
			t.Errorf("README.md has no line on %s", file.Name)
		}
	}
}

func TestJSON_ReadsBackAsTheSameNetwork(t *testing.T) {
	for _, file := range examples.Files() {
		var read examples.Sample
		if err := json.Unmarshal(file.Network.JSON(), &read); err != nil {
			t.Fatalf("%s: %v", file.Name, err)
		}
		if !reflect.DeepEqual(&read, file.Network) {
			t.Errorf("%s reads back as another network", file.Name)
		}
	}
}

func TestSampleNetwork_NeverHoldsANullQuorumSet(t *testing.T) {
	if bytes.Contains(examples.SampleNetwork, []byte(`"quorumSet":null`)) {
		t.Error("the Rust scanner refuses a whole network for one quorumSet null")
	}
}

// topTier returns the validators of the first seven organizations, which a sample lists before those of the watchers.
func topTier(sample *examples.Sample) []string {
	var keys []string
	for _, organization := range sample.Organizations[:7] {
		keys = append(keys, organization.Validators...)
	}
	return keys
}

func TestNetwork_Has7OrganizationsOf3ValidatorsWithOneCommonQuorumSet(t *testing.T) {
	sample := examples.Network(examples.DefaultConfig())
	members := topTier(sample)
	if len(members) != 21 {
		t.Fatalf("the top tier has %d validators, want 21", len(members))
	}
	var common *examples.QuorumSet
	for _, node := range sample.Nodes {
		if !slices.Contains(members, node.PublicKey) {
			continue
		}
		if common == nil {
			common = node.QuorumSet
		}
		if !reflect.DeepEqual(node.QuorumSet, common) {
			t.Errorf("%s has a quorum set of its own", node.Name)
		}
	}
	if common.Threshold != 5 || len(common.InnerQuorumSets) != 7 || len(common.Validators) != 0 {
		t.Errorf("the common quorum set is %d of %d, want 5 of 7", common.Threshold, len(common.InnerQuorumSets))
	}
	for i, inner := range common.InnerQuorumSets {
		if inner.Threshold != 2 || !slices.Equal(inner.Validators, sample.Organizations[i].Validators) {
			t.Errorf("inner set %d is %d of %v, want 2 of the organization's validators", i, inner.Threshold, inner.Validators)
		}
	}
}

func TestNetwork_SurroundsTheTopTierWith80WatchersOfManyKinds(t *testing.T) {
	sample := examples.Network(examples.DefaultConfig())
	members := topTier(sample)
	watchers, unpublished, notValidating := 0, 0, 0
	thresholds := map[int]bool{}
	for _, node := range sample.Nodes {
		if slices.Contains(members, node.PublicKey) {
			continue
		}
		watchers++
		if !node.IsValidating {
			notValidating++
		}
		if node.QuorumSet == nil {
			unpublished++
			continue
		}
		thresholds[node.QuorumSet.Threshold] = true
	}
	if watchers != 80 || unpublished == 0 || notValidating == 0 || len(thresholds) < 4 {
		t.Errorf("%d watchers, %d without a quorum set, %d not validating, %d thresholds", watchers, unpublished, notValidating, len(thresholds))
	}
}

func TestNetwork_LeavesOneTopTierValidatorNotValidating(t *testing.T) {
	sample := examples.Network(examples.DefaultConfig())
	var silent []string
	for _, node := range sample.Nodes {
		if slices.Contains(topTier(sample), node.PublicKey) && !node.IsValidating {
			silent = append(silent, node.Name)
		}
	}
	if !slices.Equal(silent, []string{"Cobalt Pay 2"}) {
		t.Errorf("not validating: %v, want Cobalt Pay 2 alone", silent)
	}
}

func TestNetwork_SpellsOneProviderInTwoWaysThatCleaningMakesEqual(t *testing.T) {
	sample := examples.Network(examples.DefaultConfig())
	spellings := map[string]map[string]bool{}
	for _, node := range sample.Nodes {
		if node.ISP == nil {
			continue
		}
		cleaned := strings.TrimSuffix(strings.ReplaceAll(*node.ISP, ",", ""), ".")
		if spellings[cleaned] == nil {
			spellings[cleaned] = map[string]bool{}
		}
		spellings[cleaned][*node.ISP] = true
	}
	if len(spellings["Nordwind Hosting GmbH"]) != 2 || len(spellings["Harbor Cloud Inc"]) != 2 {
		t.Errorf("spellings: %v", spellings)
	}
}

func TestNetwork_MakesWellFormedKeysThatAreAllDifferent(t *testing.T) {
	seen := map[string]bool{}
	for _, node := range examples.Network(examples.DefaultConfig()).Nodes {
		raw, err := base32.StdEncoding.DecodeString(node.PublicKey)
		if err != nil || len(node.PublicKey) != 56 || node.PublicKey[0] != 'G' || len(raw) != 35 {
			t.Errorf("%s is not a public key: %v", node.PublicKey, err)
		}
		if seen[node.PublicKey] {
			t.Errorf("%s occurs twice", node.PublicKey)
		}
		seen[node.PublicKey] = true
	}
}

func TestNetwork_DependsOnItsConfigurationAlone(t *testing.T) {
	config := examples.Config{Seed: 1, Organizations: 4, ValidatorsEach: 5, Watchers: 10}
	first := examples.Network(config).JSON()
	if !bytes.Equal(first, examples.Network(config).JSON()) {
		t.Error("two calls made two networks")
	}
	config.Seed = 2
	if bytes.Equal(first, examples.Network(config).JSON()) {
		t.Error("another seed made the same network")
	}
}

func TestNetwork_CanBeWithoutWatchers(t *testing.T) {
	if nodes := examples.Network(examples.Config{Organizations: 1, ValidatorsEach: 1}).Nodes; len(nodes) != 1 {
		t.Errorf("%d nodes, want 1", len(nodes))
	}
}
