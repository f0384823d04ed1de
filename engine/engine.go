package engine

import (
	"fmt"
	"strings"

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
	HistoryCritical  Analysis = "history-critical"
	DataQuality      Analysis = "data-quality"
)

// MergeBy says by what the members of a set are merged in an answer: one of the
// levels below, or MergeField of a node's attribute.
type MergeBy string

// The merge levels.
const (
	MergeNone         MergeBy = "none"
	MergeOrganization MergeBy = "organization"
	MergeCountry      MergeBy = "country"
	MergeISP          MergeBy = "isp"
)

// fieldPrefix begins the merge level of an attribute.
const fieldPrefix = "field:"

// MergeField merges nodes whose attribute of that name is equal.
func MergeField(name string) MergeBy { return fieldPrefix + MergeBy(name) }

// field is the attribute that a merge level names.
func (by MergeBy) field() (name string, ok bool) {
	return strings.CutPrefix(string(by), fieldPrefix)
}

// MergeLevels are the merge levels that the backend asks, in its order.
var MergeLevels = []MergeBy{MergeNone, MergeOrganization, MergeCountry, MergeISP}

// ParseMergeBy reads a merge level; the empty text means MergeNone.
func ParseMergeBy(s string) (MergeBy, error) {
	if s == "" {
		return MergeNone, nil
	}
	if name, ok := MergeBy(s).field(); ok && name != "" {
		return MergeBy(s), nil
	}
	return parseName("merge level", MergeBy(s), append(MergeLevels[:len(MergeLevels):len(MergeLevels)], fieldPrefix+"NAME"))
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
	// SemanticsPython reads a network as python-fbas does. A validator without
	// a quorum set, not crawled, or with a set that makes no sense, agrees with
	// anything, and a quorum needs a member that has a set. There is no reduction.
	// The minimal quorums and the top tier are those of one strongly connected
	// component; there is no top tier where two quorums are disjoint. To block is
	// to fail at least one node, and nodes without a set fall as soon as one
	// does. Where there is no quorum, quorums intersect.
	SemanticsPython Semantics = "python"
)

// AllSemantics are the semantics the engine knows.
var AllSemantics = []Semantics{SemanticsRust, SemanticsRaw, SemanticsPython}

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

// Method says how minima and intersection are found.
type Method string

// The methods. Whole families are enumerated by the same searches in any case.
const (
	// MethodAuto takes branch and bound where it applies, else the solver.
	MethodAuto Method = "auto"
	// MethodBNB takes branch and bound only; it refuses networks and groups
	// that have no flat form.
	MethodBNB Method = "bnb"
	// MethodGophersat takes the SAT solver only.
	MethodGophersat Method = "gophersat"
)

// Methods are all methods.
var Methods = []Method{MethodAuto, MethodBNB, MethodGophersat}

// ParseMethod reads a method; the empty text means MethodAuto.
func ParseMethod(s string) (Method, error) {
	if s == "" {
		return MethodAuto, nil
	}
	return parseName("engine", Method(s), Methods)
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
	// Minimum asks for a minimum set only: the family is not enumerated.
	Minimum bool
	// Method says how minima are found; empty means MethodAuto.
	Method Method
	// Nodes bounds each search of branch and bound, for a minimum or a family, in
	// nodes of its tree, as the context bounds it in time; 0: by nothing else. A
	// search that comes to its bound is incomplete.
	Nodes int
}

// Unattended says whether a solver is still at work in this process for an
// analysis that ran out of time; nothing can stop it but the process's end.
func Unattended() bool { return sat.Unattended() }
