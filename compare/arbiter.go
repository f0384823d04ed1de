package compare

import (
	"context"
	"errors"

	"understudy/engine/witness"
)

// ErrUnsettled is wrapped by the errors of an Arbiter that found no answer: its
// budget ended, or the network is too large for it.
var ErrUnsettled = errors.New("the arbiter came to no answer")

// Arbiter is a second algorithm that settles what no witness can. This package
// holds no search; whoever calls Settle hands one in. It must keep to the
// context's deadline.
type Arbiter interface {
	// Answer finds what the definition says about the disputed metrics.
	Answer(ctx context.Context, d Dispute) (Truth, error)
	// Split looks for nodes that are reported as names and whose deletion leaves
	// two disjoint quorums.
	Split(ctx context.Context, d Dispute, names []string) (Split, error)
}

// Dispute is a question whose answers differ.
type Dispute struct {
	Analysis string   // as in the path, such as "blocking-sets"
	MergeBy  string   // as witness.Core.Groups takes it; "none" for network
	Faulty   []string // of blocking sets and network; else nil
	Metrics  []string // those that no witness settled
	// Core and Groups are the judge's own reading of the request's network.
	Core   *witness.Core
	Groups *witness.Groups
}

// Truth is what the definition says, as far as it was found out.
type Truth struct {
	// Kind is ProofExhaustive or ProofTwoSolvers.
	Kind ProofKind
	// Answer holds the parts that are known, nil the others. Of a family Min is
	// always right and None exactly if there is no set; Total nil means that it
	// was not counted, Sets nil that it was not listed. Quorums.Disjoint and
	// Splitting.Quorums are there whenever the answer speaks of two quorums.
	Answer *Answer
	// How ends the sentence "by ...", such as "trying all 4,096 sets of the 12
	// core nodes".
	How string
}

// Split is whether some nodes behind a set of names split.
type Split struct {
	Kind ProofKind
	// Members are the nodes to delete and Quorums the two that this leaves
	// disjoint; nil where no such nodes exist.
	Members []string
	Quorums [][]string
	How     string // as in Truth
}
