package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"

	"understudy/engine/fbas"
)

// Additions are the fields that Understudy adds to every answer; a client
// that does not know them sees no difference.
type Additions struct {
	// Complete is only there, and false, when the time ended the search.
	Complete *bool `json:"complete,omitempty"`
	// LowerBound is a proven lower bound of the least size; only there with
	// Complete.
	LowerBound *int `json:"lower_bound,omitempty"`
	// Engine says who answered.
	Engine Engine `json:"engine"`
}

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
	// HasSplit says that quorums are disjoint already.
	HasSplit bool `json:"has_split"`
	// Quorums are the two quorums that the example leaves disjoint.
	Quorums [][]string `json:"quorums,omitempty"`
}

// Quorums is the answer about minimal quorums.
type Quorums struct {
	MinSize            int        `json:"min_size"`
	TotalQuorums       *big.Int   `json:"total_quorums"` // -1: not counted
	ExampleQuorum      []string   `json:"example_quorum"`
	QuorumIntersection bool       `json:"quorum_intersection"`
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

// Full is four answers in one.
type Full struct {
	TopTier              TopTier   `json:"top_tier"`
	BlockingSets         Sets      `json:"blocking_sets"`
	SplittingSets        Splitting `json:"splitting_sets"`
	Quorums              Quorums   `json:"quorums"`
	TotalExecutionTimeMS int64     `json:"total_execution_time_ms"`
	Additions
}

// Network is what the backend stores of a scan.
type Network struct {
	HasQuorumIntersection bool  `json:"hasQuorumIntersection"`
	HasSymmetricTopTier   bool  `json:"hasSymmetricTopTier"`
	Node                  Level `json:"node"`
	Organization          Level `json:"organization"`
	Country               Level `json:"country"`
	ISP                   Level `json:"isp"`
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
