package engine

import (
	"fmt"
	"strings"

	"understudy/engine/class"
	"understudy/engine/encode"
	"understudy/engine/fbas"
	"understudy/engine/sat"
)

// Analysis names a question about a network, as in the scanner API's paths.
type Analysis string

// The analyses. Intersection is decided without enumerating quorums.
const (
	TopTier          Analysis = "top-tier"
	SymmetricTopTier Analysis = "symmetric-top-tier"
	Quorums          Analysis = "quorums"
	BlockingSets     Analysis = "blocking-sets"
	SplittingSets    Analysis = "splitting-sets"
	Intersection     Analysis = "intersection"
	Full             Analysis = "full"
	Network          Analysis = "network"
)

// MergeBy says by what the members of a set are merged in an answer.
type MergeBy string

// The merge levels.
const (
	MergeNone         MergeBy = "none"
	MergeOrganization MergeBy = "organization"
	MergeCountry      MergeBy = "country"
	MergeISP          MergeBy = "isp"
)

// MergeLevels are all merge levels, in the order the backend asks them.
var MergeLevels = []MergeBy{MergeNone, MergeOrganization, MergeCountry, MergeISP}

// ParseMergeBy reads a merge level; the empty text means MergeNone.
func ParseMergeBy(s string) (MergeBy, error) {
	if s == "" {
		return MergeNone, nil
	}
	return parseName("merge level", MergeBy(s), MergeLevels)
}

// Semantics says how a network is read.
type Semantics string

const (
	// SemanticsRust reduces the network to its core first, as the Rust scanner
	// defines its analyses: nodes that are a quorum alone and nodes outside
	// components with a quorum do not count.
	SemanticsRust Semantics = "rust"
	// SemanticsRaw has the same satisfaction rules and no reduction: every node
	// counts, and one-node quorums stay.
	SemanticsRaw Semantics = "raw"
)

// AllSemantics are the semantics the engine knows.
var AllSemantics = []Semantics{SemanticsRust, SemanticsRaw}

// ParseSemantics reads a semantics; the empty text means SemanticsRust.
func ParseSemantics(s string) (Semantics, error) {
	if s == "" {
		return SemanticsRust, nil
	}
	return parseName("semantics", Semantics(s), AllSemantics)
}

func parseName[T ~string](what string, name T, allowed []T) (T, error) {
	names := make([]string, len(allowed))
	for i, a := range allowed {
		if name == a {
			return a, nil
		}
		names[i] = string(a)
	}
	return "", fmt.Errorf("unknown %s %q: must be one of %s", what, string(name), strings.Join(names, ", "))
}

// Options refine a question.
type Options struct {
	// MergeBy merges the members of the answer; empty means MergeNone.
	MergeBy MergeBy
	// Faulty are public keys of nodes that have failed already. Only blocking
	// sets depend on it; keys that are not in the core are ignored.
	Faulty []string
	// MaxSets is how many sets of a family are listed at most; 0 lists none.
	// Fewer are listed where they would hold more than a million names.
	MaxSets int
}

// System is a network prepared for analysis. It may be used by several
// goroutines. It remembers the families it has found.
type System struct {
	network *fbas.Network
	core    *fbas.System // in standard form
	classes *class.Quotient

	quorums, blocking memo[class.Vector]
	splitting         memo[encode.Split]
}

// Prepare compiles and, with SemanticsRust, reduces a network. A public key
// that is still there twice is a *fbas.FieldError.
func Prepare(n *fbas.Network, semantics Semantics) (*System, error) {
	core := fbas.Compile(n)
	switch semantics {
	case SemanticsRust:
		var err error
		if core, err = core.Reduce(); err != nil {
			return nil, fmt.Errorf("prepare network: %w", err)
		}
	case SemanticsRaw:
		if err := core.CheckKeys(); err != nil {
			return nil, fmt.Errorf("prepare network: %w", err)
		}
	default:
		_, err := ParseSemantics(string(semantics))
		return nil, err
	}
	core = core.Standard()
	return &System{network: n, core: core, classes: class.New(core)}, nil
}

// Unattended says whether a solver is still at work in this process for an
// analysis that ran out of time; nothing can stop it but the process's end.
func Unattended() bool { return sat.Unattended() }

// Core lists the public keys of the nodes the analyses speak of.
func (s *System) Core() []string { return s.core.Keys }
