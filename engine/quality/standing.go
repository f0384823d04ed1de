package quality

import (
	"fmt"
	"slices"

	"understudy/engine/fbas"
)

// standing is what the reduction makes of a node, in the order of its steps.
type standing int

const (
	inCore standing = iota
	withoutSet
	quorumAlone
	unsatisfiable
	outsideCore
)

// standingsOf gives the standing of each node of s, whose reduction is core. Who
// is a quorum alone is out before it is asked who can be satisfied.
func standingsOf(s, core *fbas.System) []standing {
	of := make([]standing, s.Len())
	solo := alone(s)
	rest := s.All()
	for node := range of {
		rest[node] = !solo[node]
	}
	satisfiable := s.GreatestQuorum(rest)
	inner := make(map[string]bool, core.Len())
	for _, key := range core.Keys {
		inner[key] = true
	}
	for node, key := range s.Keys {
		switch {
		case s.Own[node] == fbas.NoSet:
			of[node] = withoutSet
		case solo[node]:
			of[node] = quorumAlone
		case !satisfiable[node]:
			of[node] = unsatisfiable
		case !inner[key]:
			of[node] = outsideCore
		}
	}
	return of
}

// standings reports nodes that are a quorum alone or outside the core. Those
// without a set are reported with who names them, unsatisfiable ones with what
// their set lacks.
func (f *finder) standings() {
	for node, key := range f.system.Keys {
		switch f.standing[node] {
		case quorumAlone:
			f.add(OneNodeQuorum, Error, key, nil, "%s is a quorum alone: its quorum set is met when nobody else agrees.", show(key))
		case outsideCore:
			f.add(OutsideCore, Info, key, nil, "%s can be satisfied but is outside the core, in no component of the network that holds a quorum.", show(key))
		}
	}
}

// unsatisfiable reports the owners that can't be satisfied, with the validators
// of their set that can't agree.
func (p *profile) unsatisfiable(set *fbas.QuorumSet, owners []string) {
	f := p.finder
	// A set that an earlier node of a repeated key sent is not what counts.
	owners = slices.DeleteFunc(slices.Clone(owners), func(owner string) bool {
		return f.standing[f.node[owner]] != unsatisfiable || f.network.Nodes[f.last[owner]].QuorumSet != set
	})
	if len(owners) == 0 {
		return
	}
	lost, telling := p.lost()
	for _, owner := range owners {
		because := "a part of its quorum set asks for more than it lists"
		if others := f.reasons(owner, lost, telling); others != "" {
			because = "its quorum set needs more than can agree; these can't: " + others
		}
		f.add(UnsatisfiableNode, Warning, owner, lost, "%s can't be satisfied: %s.", show(owner), because)
	}
}

// lost gives the validators that the set names and that can't agree, sorted, and
// the most telling of them: first those that lack something of their own, since
// others may fail only with them. One is told more than is shown, as an owner
// is not shown to itself.
func (p *profile) lost() (lost, telling []string) {
	var followers []string
	for key := range p.named {
		switch p.finder.reason(key) {
		case "":
			continue
		case unsatisfiableToo:
			followers = append(followers, key)
		default:
			telling = append(telling, key)
		}
		lost = append(lost, key)
	}
	slices.Sort(lost)
	slices.Sort(telling)
	slices.Sort(followers)
	telling = append(telling, followers...)
	return lost, telling[:min(len(telling), namesShown+1)]
}

const unsatisfiableToo = "unsatisfiable too"

// reason says why a validator can't agree; "" where it can.
func (f *finder) reason(key string) string {
	node, known := f.node[key]
	if !known {
		return "unknown"
	}
	switch f.standing[node] {
	case withoutSet:
		return "no quorum set"
	case quorumAlone:
		return "a quorum alone"
	case unsatisfiable:
		return unsatisfiableToo
	}
	return ""
}

// reasons names the telling ones of the lost validators, but for the owner.
func (f *finder) reasons(owner string, lost, telling []string) string {
	var shown []string
	for _, key := range telling {
		if key != owner && len(shown) < namesShown {
			shown = append(shown, fmt.Sprintf("%s (%s)", show(key), f.reason(key)))
		}
	}
	more := len(lost) - len(shown)
	if _, itself := slices.BinarySearch(lost, owner); itself {
		more--
	}
	return enumerate(shown, more)
}
