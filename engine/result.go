package engine

import (
	"math/big"

	"understudy/engine/fbas"
)

// Outcome says what became of the search for the sets of a family.
type Outcome int

const (
	// GaveUp: the time ended before any set was found, or shown not to exist.
	GaveUp Outcome = iota
	// NoSet: there is no such set.
	NoSet
	// Found: there is at least one such set, perhaps the empty one.
	Found
)

func (o Outcome) String() string {
	return [...]string{"gave up", "no set", "found"}[o]
}

// Family is the answer about all minimal sets of a kind.
type Family struct {
	Outcome Outcome
	// Complete says that the whole family was found or, with Options.Minimum,
	// that MinSize is proven.
	Complete bool
	// Total is the number of sets; nil when they were not all found.
	Total *big.Int
	// MinSize is the number of members of the smallest set found, the minimum
	// when Complete; 0 unless Found.
	MinSize int
	// LowerBound is a proven lower bound of the minimum size: MinSize is the
	// minimum when they are equal.
	LowerBound int
	// Example is a minimum set, by name of group where sets are merged.
	Example []string
	// ExampleMembers is an unmerged set that merges to Example; nil when sets
	// are not merged.
	ExampleMembers []string
	// Sets lists sets of the family by size, at most Options.MaxSets of them.
	// Names of different groups may be equal, so these are multisets.
	Sets [][]string
	// Algorithm says how the answer was found.
	Algorithm string
	// SolverCalls counts calls of the SAT solver.
	SolverCalls int

	members []string // the unmerged set behind Example
}

// TopTierResult is the union of the minimal quorums.
type TopTierResult struct {
	// Members are public keys or names of groups, sorted.
	Members []string
	// Quorums are minimal quorums that together are the members, by public key.
	Quorums [][]string
	// Complete is false when the time ended; Members is then a part.
	Complete    bool
	Algorithm   string
	SolverCalls int
}

// SymmetricResult is the symmetric top tier.
type SymmetricResult struct {
	// QuorumSet is the one quorum set all members of the top tier share; nil
	// when the top tier is not symmetric.
	QuorumSet *fbas.QuorumSet
}

// IntersectionResult says whether every two quorums share a node.
type IntersectionResult struct {
	// HasQuorum is false when the network has no quorum at all.
	HasQuorum bool
	// Intersects says that there is a quorum and every two share a node.
	Intersects bool
	// Disjoint are two quorums without a common node, by public key; empty
	// unless HasQuorum holds and Intersects does not.
	Disjoint [2][]string
	// Complete is false when the time ended before the question was decided.
	Complete    bool
	Algorithm   string
	SolverCalls int
}

// QuorumsResult is the family of minimal quorums and their intersection.
type QuorumsResult struct {
	Family
	Intersection IntersectionResult
}

// SplittingResult is the family of minimal splitting sets.
type SplittingResult struct {
	Family
	// Disjoint says that quorums are disjoint already: the empty set splits.
	Disjoint bool
	// Quorums are the two quorums that the example leaves disjoint.
	Quorums [2][]string
}

// HistoryResult is the family of minimal history-critical sets.
type HistoryResult struct {
	Family
	// Quorum is a quorum, by public key, whose members without a history error
	// are the example.
	Quorum []string
}

// NetworkResult is what the backend stores of one scan. Sizes are those of
// minimum sets, 0 both for "no set" and for "the empty set", as the Rust
// scanner reports them.
type NetworkResult struct {
	HasQuorumIntersection, HasSymmetricTopTier bool
	// IntersectionDecided says that HasQuorumIntersection is known.
	IntersectionDecided              bool
	Node, Organization, Country, ISP LevelResult
	// Complete is false when any of its parts is not.
	Complete bool
	// TimeEnded says that the time of a question did, perhaps before that of
	// the whole.
	TimeEnded   bool
	Algorithm   string
	SolverCalls int
}

// LevelResult are the figures of one merge level.
type LevelResult struct {
	TopTierSize                 int
	BlockingSetsMinSize         int
	BlockingSetsFilteredMinSize int
	SplittingSetsMinSize        int
}
