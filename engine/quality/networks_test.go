package quality_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"understudy/engine/fbas"
	"understudy/engine/quality"
	"understudy/internal/precondition"
)

// parse reads the short form of hand-made networks, without blanks in a set:
// "a b = 2{a,b,1{c,d}}; c = -". A dash is no quorum set; nodes of one clause share
// theirs.
func parse(text string) *fbas.Network {
	n := &fbas.Network{}
	for clause := range strings.SplitSeq(text, ";") {
		keys, set, found := strings.Cut(clause, "=")
		if !found {
			continue
		}
		var shared *fbas.QuorumSet
		if set = strings.TrimSpace(set); set != "-" {
			parsed, rest := parseSet(set)
			if rest != "" {
				panic("left over: " + rest)
			}
			shared = &parsed
		}
		for _, key := range strings.Fields(keys) {
			n.Nodes = append(n.Nodes, fbas.Node{PublicKey: key, QuorumSet: shared})
		}
	}
	return n
}

func parseSet(text string) (set fbas.QuorumSet, rest string) {
	threshold, text, _ := strings.Cut(text, "{")
	set.Threshold, _ = strconv.Atoi(threshold)
	for text[0] != '}' {
		text = strings.TrimPrefix(text, ",")
		end := strings.IndexAny(text, "{},")
		if text[end] == '{' {
			var inner fbas.QuorumSet
			inner, text = parseSet(text)
			set.InnerQuorumSets = append(set.InnerQuorumSets, inner)
			continue
		}
		set.Validators = append(set.Validators, text[:end])
		text = text[end:]
	}
	return set, text[1:]
}

// says gives nodes an attribute: says(n, "historyUrl", `"https://x"`, "a", "b").
func says(n *fbas.Network, name, value string, keys ...string) *fbas.Network {
	for i := range n.Nodes {
		if node := &n.Nodes[i]; slices.Contains(keys, node.PublicKey) {
			if node.Attributes == nil {
				node.Attributes = map[string]json.RawMessage{}
			}
			node.Attributes[name] = json.RawMessage(value)
		}
	}
	return n
}

func organized(n *fbas.Network, name string, keys ...string) *fbas.Network {
	n.Organizations = append(n.Organizations, fbas.Organization{ID: name, Name: name, Validators: keys})
	return n
}

func read(t *testing.T, name ...string) *fbas.Network {
	t.Helper()
	data, err := os.ReadFile(precondition.SharedData(t, name...))
	if err != nil {
		t.Fatal(err)
	}
	n, err := fbas.Read(data, fbas.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// of gives the findings of one code.
func of(findings []quality.Finding, code string) []quality.Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f quality.Finding) bool { return f.Code != code })
}

func nodes(findings []quality.Finding) string {
	var keys []string
	for _, f := range findings {
		keys = append(keys, f.Node)
	}
	return strings.Join(keys, " ")
}

// generator makes small random networks whose keys are K00 to K99, with
// unknown validators KG0 and KG1.
type generator struct {
	*rand.Rand
	validInner bool // thresholds of inner sets are valid as sent
}

func (g generator) network() *fbas.Network {
	n := &fbas.Network{}
	keys := g.Perm(100)[:1+g.IntN(8)]
	pool := []string{"KG0", "KG1"}
	for _, k := range keys {
		pool = append(pool, fmt.Sprintf("K%02d", k))
	}
	for _, key := range pool[2:] {
		node := fbas.Node{PublicKey: key, Attributes: map[string]json.RawMessage{}}
		switch {
		case g.IntN(8) == 0: // no set
		case len(n.Nodes) > 0 && g.IntN(3) == 0:
			node.QuorumSet = n.Nodes[g.IntN(len(n.Nodes))].QuorumSet
		default:
			set := g.set(pool, 0)
			node.QuorumSet = &set
		}
		if g.IntN(2) == 0 {
			node.Attributes["historyArchiveHasError"] = json.RawMessage([]string{"true", "false", "null"}[g.IntN(3)])
		}
		if g.IntN(2) == 0 {
			node.Attributes["historyUrl"] = json.RawMessage([]string{`"https://x"`, "null", `""`}[g.IntN(3)])
		}
		n.Nodes = append(n.Nodes, node)
	}
	for i := range g.IntN(3) {
		n = organized(n, "org"+strconv.Itoa(i), g.some(pool)...)
	}
	return n
}

func (g generator) some(pool []string) []string {
	list := []string{}
	for range g.IntN(5) {
		list = append(list, pool[g.IntN(len(pool))])
	}
	return list
}

func (g generator) set(pool []string, depth int) fbas.QuorumSet {
	set := fbas.QuorumSet{Validators: g.some(pool)}
	if depth < 3 {
		for range g.IntN(3) {
			set.InnerQuorumSets = append(set.InnerQuorumSets, g.set(pool, depth+1))
		}
	}
	entries := len(set.Validators) + len(set.InnerQuorumSets)
	if depth > 0 && g.validInner {
		if entries == 0 {
			set.Validators, entries = []string{pool[g.IntN(len(pool))]}, 1
		}
		set.Threshold = 1 + g.IntN(entries)
		return set
	}
	set.Threshold = g.IntN(entries+3) - g.IntN(2)
	if set.Threshold > 1 && g.IntN(2) == 0 {
		set.Threshold = min(set.Threshold, entries)
	}
	return set
}

// rebuild copies a network with other keys.
func rebuild(n *fbas.Network, rename func(string) string) *fbas.Network {
	sets := map[*fbas.QuorumSet]*fbas.QuorumSet{}
	list := func(keys []string) []string {
		out := []string{}
		for _, key := range keys {
			out = append(out, rename(key))
		}
		return out
	}
	var renameSet func(s fbas.QuorumSet) fbas.QuorumSet
	renameSet = func(s fbas.QuorumSet) fbas.QuorumSet {
		out := fbas.QuorumSet{Threshold: s.Threshold, Validators: list(s.Validators)}
		for _, inner := range s.InnerQuorumSets {
			out.InnerQuorumSets = append(out.InnerQuorumSets, renameSet(inner))
		}
		return out
	}
	out := &fbas.Network{}
	for _, node := range n.Nodes {
		node.PublicKey = rename(node.PublicKey)
		if s := node.QuorumSet; s != nil {
			if sets[s] == nil {
				renamed := renameSet(*s)
				sets[s] = &renamed
			}
			node.QuorumSet = sets[s]
		}
		out.Nodes = append(out.Nodes, node)
	}
	for _, org := range n.Organizations {
		org.Validators = list(org.Validators)
		out.Organizations = append(out.Organizations, org)
	}
	return out
}

// shuffled copies a network in another order: nodes, organizations, lists.
func (g generator) shuffled(n *fbas.Network) *fbas.Network {
	out := rebuild(n, func(key string) string { return key })
	mix := func(keys []string) { g.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] }) }
	var mixSet func(s *fbas.QuorumSet)
	mixSet = func(s *fbas.QuorumSet) {
		mix(s.Validators)
		inner := s.InnerQuorumSets
		g.Shuffle(len(inner), func(i, j int) { inner[i], inner[j] = inner[j], inner[i] })
		for i := range inner {
			mixSet(&inner[i])
		}
	}
	for i := range out.Nodes {
		if out.Nodes[i].QuorumSet != nil {
			mixSet(out.Nodes[i].QuorumSet)
		}
	}
	g.Shuffle(len(out.Nodes), func(i, j int) { out.Nodes[i], out.Nodes[j] = out.Nodes[j], out.Nodes[i] })
	g.Shuffle(len(out.Organizations), func(i, j int) {
		out.Organizations[i], out.Organizations[j] = out.Organizations[j], out.Organizations[i]
	})
	for i := range out.Organizations {
		mix(out.Organizations[i].Validators)
	}
	return out
}
