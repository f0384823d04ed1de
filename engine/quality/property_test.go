package quality_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"understudy/engine/fbas"
	"understudy/engine/quality"
	"understudy/engine/witness"
)

// rounds is how many random networks each property is tried on.
const rounds = 3000

func forRandomNetworks(t *testing.T, validInner bool, try func(t *testing.T, g generator, n *fbas.Network)) {
	t.Helper()
	for seed := range uint64(rounds) {
		g := generator{rand.New(rand.NewPCG(3, seed)), validInner}
		try(t, g, g.network())
		if t.Failed() {
			t.Fatalf("on the network of seed %d", seed)
		}
	}
	t.Logf("%d random networks", rounds)
}

func TestFind_GivesEachNodeItsStandingAndNoOther(t *testing.T) {
	left := []string{quality.MissingQuorumSet, quality.OneNodeQuorum, quality.UnsatisfiableNode, quality.OutsideCore}
	forRandomNetworks(t, false, func(t *testing.T, _ generator, n *fbas.Network) {
		core, err := witness.Reduce(n)
		if err != nil {
			t.Fatal(err)
		}
		inCore := map[string]bool{}
		for _, key := range core.Keys() {
			inCore[key] = true
		}
		findings := quality.Find(n)
		checkFindings(t, n, findings)
		got := map[string]string{}
		for _, f := range findings {
			if slices.Contains(left, f.Code) {
				got[f.Node] += f.Code
			}
		}
		for key, want := range naiveStanding(n, inCore) {
			if got[key] != want {
				t.Errorf("%s is %q, want %q", key, got[key], want)
			}
		}
	})
}

func TestFind_NamesUnknownValidatorsAndExactlyWhoNamesThem(t *testing.T) {
	forRandomNetworks(t, false, func(t *testing.T, _ generator, n *fbas.Network) {
		want := naming(n)
		for _, node := range n.Nodes {
			delete(want, node.PublicKey)
		}
		got := map[string][]string{}
		for _, f := range of(quality.Find(n), quality.UnknownValidator) {
			got[f.Node] = f.Related
		}
		if len(got) != len(want) {
			t.Errorf("unknown %v, want %v", got, want)
		}
		for key, by := range want {
			if !slices.Equal(got[key], slices.Sorted(maps.Keys(by))) {
				t.Errorf("%s is named by %v, want %v", key, got[key], by)
			}
		}
	})
}

func TestFind_ChangesNothingWhenTheOrderDoes(t *testing.T) {
	forRandomNetworks(t, false, func(t *testing.T, g generator, n *fbas.Network) {
		other := g.shuffled(n)
		if a, b := quality.Find(n), quality.Find(other); !reflect.DeepEqual(a, b) {
			t.Errorf("found\n%v\nand in another order\n%v", a, b)
		}
		_, a := quality.Clean(n)
		if _, b := quality.Clean(other); !reflect.DeepEqual(a, b) {
			t.Errorf("cleaned\n%v\nand in another order\n%v", a, b)
		}
	})
}

func TestFind_RenamesWithTheNodes(t *testing.T) {
	forRandomNetworks(t, false, func(t *testing.T, g generator, n *fbas.Network) {
		inOrder := func(text string) string { return strings.ReplaceAll(text, "K", "L") }
		a, b := quality.Find(n), quality.Find(rebuild(n, inOrder))
		if got, want := fmt.Sprint(b), inOrder(fmt.Sprint(a)); got != want {
			t.Errorf("found %s\nwant %s", got, want)
		}
		// Any names: the same findings, of which the sentences may begin with
		// other keys.
		order := g.Perm(100)
		anyName := func(key string) string {
			var k int
			if _, err := fmt.Sscanf(key, "K%d", &k); err != nil {
				return key
			}
			return fmt.Sprintf("K%02d", order[k])
		}
		if got, want := gist(quality.Find(rebuild(n, anyName)), strings.Clone), gist(a, anyName); !slices.Equal(got, want) {
			t.Errorf("found %v\nwant %v", got, want)
		}
	})
}

// gist is what findings say beside their sentences, sorted. Which of equally
// common sets of the core is called the commonest is a matter of names.
func gist(findings []quality.Finding, rename func(string) string) []string {
	var lines []string
	for _, f := range findings {
		related := []string{}
		for _, key := range f.Related {
			related = append(related, rename(key))
		}
		slices.Sort(related)
		if f.Code == quality.AsymmetricCore {
			related = []string{fmt.Sprint(len(related))}
		}
		lines = append(lines, fmt.Sprint(f.Severity, f.Code, rename(f.Node), related))
	}
	slices.Sort(lines)
	return lines
}

func TestClean_LeavesValidSetsAndNoReferenceToWhatIsAbsent(t *testing.T) {
	forRandomNetworks(t, false, func(t *testing.T, _ generator, n *fbas.Network) {
		before := rebuild(n, strings.Clone)
		cleaned, changes := quality.Clean(n)
		if !reflect.DeepEqual(before, rebuild(n, strings.Clone)) {
			t.Error("the input was changed")
		}
		for _, code := range []string{quality.MissingQuorumSet, quality.UnknownValidator, quality.ThresholdZero, quality.ThresholdAboveMembers} {
			if found := of(quality.Find(cleaned), code); len(found) > 0 {
				t.Errorf("left: %v", found)
			}
		}
		there := map[string]bool{}
		for _, node := range cleaned.Nodes {
			there[node.PublicKey] = true
			if !sane(node.QuorumSet) {
				t.Errorf("%s is left with %v", node.PublicKey, node.QuorumSet)
			}
		}
		for _, org := range cleaned.Organizations {
			for _, key := range org.Validators {
				if !there[key] {
					t.Errorf("organization %s still lists %s", org.Name, key)
				}
			}
		}
		if len(cleaned.Organizations) != len(n.Organizations) {
			t.Error("an organization is gone")
		}
		tells(t, n, there, changes)
		again, more := quality.Clean(cleaned)
		if len(more) > 0 || !reflect.DeepEqual(again, cleaned) {
			t.Errorf("cleaned again: %v", more)
		}
	})
}

// tells checks that the changes tell of exactly the nodes that are gone, and of
// the absent validators that those left had named.
func tells(t *testing.T, n *fbas.Network, there map[string]bool, changes []quality.Change) {
	t.Helper()
	dropped := map[string]bool{}
	references := map[string]map[string]bool{}
	for _, c := range changes {
		switch c.Action {
		case quality.DropNode:
			dropped[c.Node] = true
		case quality.DropReference:
			for _, key := range c.Related {
				if references[key] == nil {
					references[key] = map[string]bool{}
				}
				references[key][c.Node] = true
			}
		}
	}
	for _, node := range n.Nodes {
		if dropped[node.PublicKey] == there[node.PublicKey] {
			t.Errorf("%s: told of as dropped %v, there %v", node.PublicKey, dropped[node.PublicKey], there[node.PublicKey])
		}
	}
	want := naming(n)
	for key, by := range want {
		maps.DeleteFunc(by, func(owner string, _ bool) bool { return !there[owner] })
		if there[key] || len(by) == 0 {
			delete(want, key)
		}
	}
	if !reflect.DeepEqual(references, want) {
		t.Errorf("told of references %v, want %v", references, want)
	}
}

// Without the sets that the Rust scanner and Stellar Core judge differently,
// cleaning costs no quorum of more than one node.
func TestClean_CostsNoQuorumWhereInnerThresholdsAreValid(t *testing.T) {
	forRandomNetworks(t, true, func(t *testing.T, _ generator, n *fbas.Network) {
		quorums := func(n *fbas.Network) []string {
			var keys []string
			for key, standing := range naiveStanding(n, nil) {
				if standing == quality.OutsideCore { // it can be satisfied
					keys = append(keys, key)
				}
			}
			slices.Sort(keys)
			return keys
		}
		cleaned, changes := quality.Clean(n)
		if before, after := quorums(n), quorums(cleaned); !slices.Equal(before, after) {
			t.Errorf("can be satisfied: %v, after cleaning %v: %v", before, after, changes)
		}
	})
}
