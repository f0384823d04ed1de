package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"understudy/engine/class"
	"understudy/engine/fbas"
)

// change makes of a network another one that means the same, and says what its
// names are called there.
type change struct {
	name  string
	apply func(*rand.Rand, *fbas.Network, Semantics) (*fbas.Network, names)
	only  Semantics // empty: all
}

// names maps keys to what they are called in another network; the others keep
// theirs.
type names map[string]string

func (n names) of(key string) string {
	if other, ok := n[key]; ok {
		return other
	}
	return key
}

func (n names) all(keys []string) []string {
	out := make([]string, len(keys))
	for i, key := range keys {
		out[i] = n.of(key)
	}
	return out
}

func (n names) set(q fbas.QuorumSet) fbas.QuorumSet {
	out := fbas.QuorumSet{Threshold: q.Threshold, Validators: n.all(q.Validators)}
	for _, inner := range q.InnerQuorumSets {
		out.InnerQuorumSets = append(out.InnerQuorumSets, n.set(inner))
	}
	return out
}

var changes = []change{
	{name: "other names", apply: rename},
	{name: "another order", apply: shuffle},
	{name: "an unreferenced watcher", apply: addWatcher, only: SemanticsRust},
	{name: "twins change places", apply: swapTwins},
}

func TestAnswers_ChangeWithTheNetworkOnlyWhereThatMeansSomething(t *testing.T) {
	t.Parallel()
	tried := 0
	for seed := range uint64(asked(t, 600)) {
		r := rand.New(rand.NewPCG(seed, 41))
		shape := shapes[seed%uint64(len(shapes)-1)] // where a key is said twice the order of nodes has a meaning
		network := randomNetwork(r, shape)
		large := seed%10 == 0 // minima only: some of their families take seconds
		if large {
			network = largeNetwork(r)
		}
		semantics := readAs(r, shape)
		by := append(oracleLevels, MergeNone, MergeNone)[r.IntN(len(oracleLevels)+2)]
		what := changes[r.IntN(len(changes))]
		if what.only != "" {
			semantics = what.only
		}
		changed, named := what.apply(r, network, semantics)
		faulty := []string{"n0", "n3", "2.1"}
		before := everything(t, network, semantics, Options{MergeBy: by, Faulty: faulty, Minimum: large}, named)
		after := everything(t, changed, semantics, Options{MergeBy: by, Faulty: named.all(faulty), Minimum: large}, nil)
		if before != after {
			t.Fatalf("seed %d, %s by %s, %s:\n%s\nbefore:\n%s\nafter:\n%s", seed, semantics, by, what.name, networkJSON(network), before, after)
		}
		tried++
	}
	t.Logf("%d networks", tried)
}

// everything is a digest of all that is found of a network, the choice of
// examples left aside, in the words of another network.
func everything(t *testing.T, n *fbas.Network, semantics Semantics, o Options, named names) string {
	t.Helper()
	s, err := Prepare(n, semantics)
	if err != nil {
		t.Fatal(err)
	}
	o.MaxSets = 2000
	var out []string
	c := comparison{t: t}
	for _, what := range []string{"quorums", "splitting sets", "history-critical sets", "blocking sets"} {
		r, err := c.ask(s, what, o)
		if err != nil {
			t.Fatalf("%s: %v\n%s", what, err, networkJSON(n))
		}
		line := fmt.Sprint(what, " ", r.Outcome, r.Total, r.MinSize, r.Complete)
		if len(r.Sets) < o.MaxSets { // else it lists others
			sets := make([][]string, len(r.Sets))
			for i, set := range r.Sets {
				sets[i] = named.all(set)
			}
			line += familyHash(sets)
		}
		out = append(out, line)
	}
	intersection, err1 := s.Intersection(t.Context(), o)
	tier, err2 := s.TopTier(t.Context(), o)
	symmetric, err3 := s.SymmetricTopTier(t.Context(), Options{})
	text := "null"
	if symmetric.QuorumSet != nil {
		text = setText(named.set(*symmetric.QuorumSet))
	}
	out = append(out, fmt.Sprint(intersection.HasQuorum, intersection.Intersects, sorted(named.all(tier.Members)), tier.Complete, text, err1, err2, err3))
	return strings.Join(out, "\n")
}

// rename gives all validators other names. In python semantics the order of keys
// decides which component is looked at, so it stays.
func rename(r *rand.Rand, n *fbas.Network, semantics Semantics) (*fbas.Network, names) {
	named := names{}
	order := r.Perm(len(n.Nodes))
	for i, node := range n.Nodes {
		named[node.PublicKey] = fmt.Sprintf("G%03d", order[i])
		if semantics == SemanticsPython {
			named[node.PublicKey] = "G" + node.PublicKey
		}
	}
	named["ghost"] = "Gghost"
	out := &fbas.Network{}
	for _, node := range n.Nodes {
		node.PublicKey = named.of(node.PublicKey)
		if node.QuorumSet != nil {
			q := named.set(*node.QuorumSet)
			node.QuorumSet = &q
		}
		out.Nodes = append(out.Nodes, node)
	}
	out.Organizations = named.organizations(n.Organizations)
	return out, named
}

func (n names) organizations(list []fbas.Organization) []fbas.Organization {
	out := slices.Clone(list)
	for i := range out {
		out[i].Validators = n.all(out[i].Validators)
	}
	return out
}

// shuffle permutes nodes and the lists of their quorum sets. Organizations keep
// their order: where they overlap it has a meaning.
func shuffle(r *rand.Rand, n *fbas.Network, _ Semantics) (*fbas.Network, names) {
	out := &fbas.Network{Nodes: slices.Clone(n.Nodes), Organizations: n.Organizations}
	r.Shuffle(len(out.Nodes), func(i, j int) { out.Nodes[i], out.Nodes[j] = out.Nodes[j], out.Nodes[i] })
	var mix func(q fbas.QuorumSet) fbas.QuorumSet
	mix = func(q fbas.QuorumSet) fbas.QuorumSet {
		m := fbas.QuorumSet{Threshold: q.Threshold, Validators: slices.Clone(q.Validators)}
		r.Shuffle(len(m.Validators), func(i, j int) { m.Validators[i], m.Validators[j] = m.Validators[j], m.Validators[i] })
		for _, inner := range q.InnerQuorumSets {
			m.InnerQuorumSets = append(m.InnerQuorumSets, mix(inner))
		}
		r.Shuffle(len(m.InnerQuorumSets), func(i, j int) {
			m.InnerQuorumSets[i], m.InnerQuorumSets[j] = m.InnerQuorumSets[j], m.InnerQuorumSets[i]
		})
		return m
	}
	for i, node := range out.Nodes {
		if node.QuorumSet != nil {
			q := mix(*node.QuorumSet)
			out.Nodes[i].QuorumSet = &q
		}
	}
	return out, nil
}

// addWatcher adds a node that listens to others and that nobody listens to.
func addWatcher(r *rand.Rand, n *fbas.Network, _ Semantics) (*fbas.Network, names) {
	keys := []string{"watcher"}
	for _, node := range n.Nodes {
		keys = append(keys, node.PublicKey)
	}
	set := randomSet(r, shape{inner: 2}, keys, "watcher")
	watcher := fbas.Node{PublicKey: "watcher", QuorumSet: &set, Country: pick(r, "DE", "FI"), ISP: pick(r, "A", ""), Attributes: randomAttributes(r)}
	return &fbas.Network{Nodes: slices.Insert(slices.Clone(n.Nodes), r.IntN(len(n.Nodes)+1), watcher), Organizations: n.Organizations}, nil
}

// swapTwins exchanges all that is said of two interchangeable nodes but their
// quorum sets, so that each is called what the other was.
func swapTwins(r *rand.Rand, n *fbas.Network, semantics Semantics) (*fbas.Network, names) {
	s := fbas.Compile(n)
	if semantics == SemanticsPython {
		s = fbas.CompilePython(n)
	}
	out := &fbas.Network{Nodes: slices.Clone(n.Nodes)}
	named := names{}
	for _, members := range class.New(s).Members {
		a, b := s.Source[members[r.IntN(len(members))]], s.Source[members[r.IntN(len(members))]]
		if a < 0 || b < 0 || a == b {
			continue
		}
		x, y := &out.Nodes[a], &out.Nodes[b]
		named[x.PublicKey], named[y.PublicKey] = y.PublicKey, x.PublicKey
		x.Country, y.Country = y.Country, x.Country
		x.ISP, y.ISP = y.ISP, x.ISP
		x.Attributes, y.Attributes = y.Attributes, x.Attributes
	}
	out.Organizations = named.organizations(n.Organizations)
	return out, named
}
