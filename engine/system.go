package engine

import (
	"fmt"
	"slices"

	"understudy/engine/class"
	"understudy/engine/fbas"
	"understudy/engine/flat"
	"understudy/engine/twin"
)

// System is a network prepared for analysis. It may be used by several
// goroutines. It remembers the families it has found.
type System struct {
	network   *fbas.Network
	semantics Semantics
	core      *fbas.System
	standard  *fbas.System // the core in standard form
	classes   *class.Quotient
	form      *flat.Form // of classes; nil: it has none
	orbits    twin.Orbits
	judge     *judge

	// The families that were found, one vector of each orbit.
	quorums, blocking memo[class.Vector]
	splitting         memo[split]

	// quorumView and blockingView are what decides about quorums and about
	// blocking sets: the system itself, in raw semantics the components in which
	// the minimal quorums lie, in python semantics the part that python-fbas
	// looks at, and those components with nodes without a set never satisfied.
	quorumView, blockingView *System
	// whole is the system that this is a view of; nil: it is none.
	whole *System
}

// Prepare compiles and, with SemanticsRust, reduces a network. A public key
// that is still there twice is a *fbas.FieldError.
func Prepare(n *fbas.Network, semantics Semantics) (*System, error) {
	core := fbas.Compile(n)
	var err error
	switch semantics {
	case SemanticsRust:
		core, err = core.Reduce()
	case SemanticsRaw:
		err = core.CheckKeys()
	case SemanticsPython:
		core = fbas.CompilePython(n)
	default:
		_, err = ParseSemantics(string(semantics))
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("prepare network: %w", err)
	}
	s := newSystem(n, semantics, core)
	s.quorumView, s.blockingView = s, s
	switch semantics {
	case SemanticsRaw:
		s.quorumView = s.clusters(core)
		s.blockingView = s.quorumView
	case SemanticsPython:
		cluster, _ := core.FirstCluster()
		s.quorumView = s.view(core.Restrict(core.ReachableFrom(cluster)))
		s.blockingView = s.clusters(core.WithoutFree())
	}
	return s, nil
}

// newSystem chooses the form of the core that has fewer classes. In standard
// form nodes that ask the same of each other have equal sets even if each
// leaves itself out; but where a whole organization leaves itself out it makes
// the sets of its members differ.
func newSystem(n *fbas.Network, semantics Semantics, core *fbas.System) *System {
	s := &System{network: n, semantics: semantics, core: core, standard: core.Standard(), judge: newJudge(n, semantics)}
	s.classes = class.New(core)
	if q := class.New(s.standard); len(q.Size) < len(s.classes.Size) {
		s.classes, s.core = q, s.standard
	}
	if form, ok := flat.Of(s.classes); ok {
		s.form = form
	}
	s.orbits = twin.OrbitsOf(s.form)
	return s
}

// clusters is the part in which all minimal quorums lie, of a core without free
// nodes.
func (s *System) clusters(core *fbas.System) *System { return s.view(core.Restrict(core.Clusters())) }

// view is a system over the same network with another core.
func (s *System) view(core *fbas.System) *System {
	v := newSystem(s.network, s.semantics, core)
	v.judge, v.whole = s.judge, s
	v.quorumView, v.blockingView = v, v
	return v
}

// marked is the quotient in which classes are told apart by marks, and its flat
// form.
func (s *System) marked(marks ...[]int) (*class.Quotient, *flat.Form) {
	same := true
	for _, mark := range marks {
		same = same && !slices.ContainsFunc(mark, func(m int) bool { return m != mark[0] })
	}
	if same {
		return s.classes, s.form
	}
	q := class.New(s.core, marks...)
	form, _ := flat.Of(q)
	return q, form
}

// Core lists the public keys of the nodes the analyses speak of.
func (s *System) Core() []string { return s.core.Keys }

// nodes gives the nodes of the core that have the keys.
func (s *System) nodes(keys []string) []int {
	index := make(map[string]int, len(s.core.Keys))
	for node, key := range s.core.Keys {
		index[key] = node
	}
	nodes := make([]int, 0, len(keys))
	for _, key := range keys {
		nodes = append(nodes, index[key])
	}
	return nodes
}
