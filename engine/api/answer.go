package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"

	"understudy/engine/fbas"
	"understudy/engine/quality"
)

// Additions are the fields that Understudy adds to every answer; a client
// that does not know them sees no difference.
type Additions struct {
	// Complete is only there, and false, when the search ended early.
	Complete *bool `json:"complete,omitempty"`
	// StoppedBy says what ended the search; only there with Complete.
	StoppedBy StoppedBy `json:"stopped_by,omitempty"`
	// LowerBound is a proven lower bound of the least size, which is exact where
	// the two are equal; only there with Complete.
	LowerBound *int `json:"lower_bound,omitempty"`
	// Cleaning is what was done to the network first, or the first 10,000 changes
	// of CleaningTotal; only there when the request asks for it.
	Cleaning      []quality.Change `json:"cleaning,omitzero"`
	CleaningTotal *int             `json:"cleaning_total,omitempty"`
	// Engine says who answered.
	Engine Engine `json:"engine"`
}

func (r *Additions) additions() *Additions { return r }

// StoppedBy says why an answer is not complete.
type StoppedBy string

// What ends a search early.
const (
	// StoppedByTime is the end of the time.
	StoppedByTime StoppedBy = "time"
	// StoppedBySize is a formula that is too large for the solver, or a family
	// that is too large to be kept; more time does not help.
	StoppedBySize StoppedBy = "size"
)

// Engine is what answered, and what it took.
type Engine struct {
	Version     string `json:"version"`
	Algorithm   string `json:"algorithm"`
	SolverCalls int    `json:"solver_calls"`
}

// TopTier is the answer about the top tier.
type TopTier struct {
	TopTier         []string `json:"top_tier"`
	TopTierSize     int      `json:"top_tier_size"`
	ExecutionTimeMS int64    `json:"execution_time_ms"`
	CacheHit        bool     `json:"cache_hit"`
	// Quorums are minimal quorums, by public key, that together are the top tier;
	// left out where they would be long.
	Quorums [][]string `json:"quorums,omitempty"`
	Additions
}

// QuorumSet is a quorum set as answers show it. Empty inner sets are left
// out, as the Rust scanner does.
type QuorumSet struct {
	Threshold       int         `json:"threshold"`
	Validators      []string    `json:"validators"`
	InnerQuorumSets []QuorumSet `json:"innerQuorumSets,omitempty"`
}

// SymmetricTopTier is the answer about the symmetric top tier; null is none.
type SymmetricTopTier struct {
	SymmetricTopTier *QuorumSet `json:"symmetric_top_tier"`
	ExecutionTimeMS  int64      `json:"execution_time_ms"`
	Additions
}

// Sets is the answer about blocking sets.
type Sets struct {
	MinSize         int      `json:"min_size"`
	TotalSets       *big.Int `json:"total_sets"` // -1: not counted
	ExampleSet      []string `json:"example_set"`
	ExecutionTimeMS int64    `json:"execution_time_ms"`
	// ExampleMembers is the unmerged set behind a merged example.
	ExampleMembers []string   `json:"example_members,omitzero"`
	Sets           [][]string `json:"sets,omitzero"`
	Additions
}

// Splitting is the answer about splitting sets.
type Splitting struct {
	Sets
	// HasSplit says that quorums are disjoint already; nil: not decided in time.
	HasSplit *bool `json:"has_split"`
	// Quorums are the two quorums that the example leaves disjoint.
	Quorums [][]string `json:"quorums,omitempty"`
}

// Quorums is the answer about minimal quorums.
type Quorums struct {
	MinSize       int      `json:"min_size"`
	TotalQuorums  *big.Int `json:"total_quorums"` // -1: not counted
	ExampleQuorum []string `json:"example_quorum"`
	// QuorumIntersection is nil where it was not decided in time.
	QuorumIntersection *bool      `json:"quorum_intersection"`
	ExecutionTimeMS    int64      `json:"execution_time_ms"`
	DisjointQuorums    [][]string `json:"disjoint_quorums,omitempty"`
	ExampleMembers     []string   `json:"example_members,omitzero"`
	Sets               [][]string `json:"sets,omitzero"`
	Additions
}

// Intersection is the answer about intersection alone, without any quorum
// being enumerated. The scanner API has no path for it.
type Intersection struct {
	HasQuorum          bool       `json:"has_quorum"`
	QuorumIntersection bool       `json:"quorum_intersection"`
	DisjointQuorums    [][]string `json:"disjoint_quorums,omitempty"`
	ExecutionTimeMS    int64      `json:"execution_time_ms"`
	Additions
}

// History is the answer about history-critical sets.
type History struct {
	// CriticalSets are the sets where the request includes them, else one least
	// set. [] is no such set, [[]] says that a quorum has no archive that works.
	CriticalSets    [][]string `json:"critical_sets"`
	MinSize         int        `json:"min_size"`
	TotalSets       *big.Int   `json:"total_sets"` // -1: not counted
	ExecutionTimeMS int64      `json:"execution_time_ms"`
	// Quorum is a quorum, by public key, whose members without a history error
	// are a least set.
	Quorum []string `json:"quorum,omitempty"`
	// ExampleMembers is the unmerged set behind a merged least set.
	ExampleMembers []string `json:"example_members,omitzero"`
	// Findings say what the sets can't be trusted for: that nobody, or not
	// everybody, says whether its archive works. An archive nobody speaks of counts
	// as one that does not, so a size of 0 may be no more than silence.
	Findings []quality.Finding `json:"findings,omitempty"`
	Additions
}

// DataQuality is the answer about the description of a network.
type DataQuality struct {
	// Findings are the first 10,000, gravest first; Summary counts all.
	Findings        []quality.Finding `json:"findings"`
	Summary         quality.Summary   `json:"summary"`
	ExecutionTimeMS int64             `json:"execution_time_ms"`
	Additions
}

// Full is six answers in one: four that other scanners give, and two of our own.
type Full struct {
	TopTier              TopTier     `json:"top_tier"`
	BlockingSets         Sets        `json:"blocking_sets"`
	SplittingSets        Splitting   `json:"splitting_sets"`
	Quorums              Quorums     `json:"quorums"`
	HistoryCritical      History     `json:"history_critical"`
	DataQuality          DataQuality `json:"data_quality"`
	TotalExecutionTimeMS int64       `json:"total_execution_time_ms"`
	Additions
}

// Network is what the backend stores of a scan.
type Network struct {
	// HasQuorumIntersection is nil where it may not have been decided in time.
	HasQuorumIntersection *bool `json:"hasQuorumIntersection"`
	HasSymmetricTopTier   bool  `json:"hasSymmetricTopTier"`
	Node                  Level `json:"node"`
	Organization          Level `json:"organization"`
	Country               Level `json:"country"`
	ISP                   Level `json:"isp"`
	ExecutionTimeMS       int64 `json:"execution_time_ms"`
	Additions
}

// Level are the sizes on one merge level; 0 is both "no such set" and "the
// empty set", as the backend stores it.
type Level struct {
	TopTierSize                 int `json:"topTierSize"`
	BlockingSetsMinSize         int `json:"blockingSetsMinSize"`
	BlockingSetsFilteredMinSize int `json:"blockingSetsFilteredMinSize"`
	SplittingSetsMinSize        int `json:"splittingSetsMinSize"`
}

// Encode writes an answer as it goes over the wire: one line of JSON.
func Encode(answer any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(answer); err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	return b.Bytes(), nil
}

func encodeQuorumSet(q *fbas.QuorumSet) *QuorumSet {
	if q == nil {
		return nil
	}
	set := &QuorumSet{Threshold: q.Threshold, Validators: list(q.Validators)}
	for i := range q.InnerQuorumSets {
		set.InnerQuorumSets = append(set.InnerQuorumSets, *encodeQuorumSet(&q.InnerQuorumSets[i]))
	}
	return set
}

// list is never null in JSON.
func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

// pair is two quorums, or nothing.
func pair(p [2][]string) [][]string {
	if len(p[0]) == 0 || len(p[1]) == 0 {
		return nil
	}
	return p[:]
}

// decided is an answer to yes or no, and nil where there is none: a client that
// takes null for no errs by itself.
func decided(yes, known bool) *bool {
	if !known {
		return nil
	}
	return &yes
}

// evidence is a list of quorums that is short enough to go with an answer.
func evidence(quorums [][]string) [][]string {
	names := 0
	for _, q := range quorums {
		names += len(q)
	}
	if names > maxRelated {
		return nil
	}
	return quorums
}
