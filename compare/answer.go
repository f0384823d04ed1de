package compare

import (
	"errors"
	"math/big"

	"understudy/engine/fbas"
)

// ErrAnalysis is returned for an analysis whose answers have no neutral form.
var ErrAnalysis = errors.New("not an analysis that is compared")

// The analyses whose answers are compared, as in the last element of the path.
const (
	analysisTopTier   = "top-tier"
	analysisSymmetric = "symmetric-top-tier"
	analysisQuorums   = "quorums"
	analysisBlocking  = "blocking-sets"
	analysisSplitting = "splitting-sets"
	analysisFull      = "full"
	analysisNetwork   = "network"
)

// Answer is the neutral form of an answer. The parts that its analysis does not
// have are nil.
type Answer struct {
	// Incomplete answers are those of a search that a budget ended.
	Incomplete bool
	TopTier    *TopTier
	Symmetric  *Symmetric
	Quorums    *Quorums
	Blocking   *Family
	Splitting  *Splitting
	Network    *Network
}

// TopTier is the union of the minimal quorums, by name.
type TopTier struct {
	Members []string // a multiset: two groups may have one name
	Size    int
	Quorums [][]string // minimal quorums that cover it; nil: none shown
}

// Symmetric is the common quorum set of a symmetric top tier; nil: there is none.
type Symmetric struct{ QuorumSet *fbas.QuorumSet }

// Family is what an answer says about a family of minimal sets.
type Family struct {
	// Min is the least size of a set; 0 also where there is no set.
	Min int
	// Total is the number of sets; nil: not counted.
	Total   *big.Int
	Example []string // a least set; empty where there is none
	// Members are the unmerged nodes behind a merged Example; nil: not shown.
	Members []string
	// Sets are as many of the family's sets as were asked for; nil: not listed.
	Sets [][]string
}

// Quorums is the family of minimal quorums and whether they intersect.
type Quorums struct {
	Family
	Intersect bool
	Disjoint  [][]string // two quorums without a common node; nil: not shown
}

// Splitting is the family of minimal splitting sets.
type Splitting struct {
	Family
	// Split says that quorums are disjoint already. The Python service sets it
	// whenever a splitting set exists.
	Split bool
	// Quorums are the two that deleting the example leaves disjoint; nil: not shown.
	Quorums [][]string
}

// Network is the answer that holds the numbers of a whole scan.
type Network struct {
	Intersect, Symmetric bool
	Levels               [4]Level // in the order of levelNames
}

// Level holds the numbers of one level of a Network. Minima are 0 also where
// there is no set.
type Level struct{ TopTier, Blocking, BlockingFiltered, Splitting int }

var levelNames = [4]string{"node", "organization", "country", "isp"}

// Known says how much of a family an answer tells.
type Known int

// The degrees of knowledge about a family.
const (
	KnownNot   Known = iota // its size at most
	KnownPart               // some sets
	KnownWhole              // every set
)

// Known says how much of the family the answer lists.
func (f *Family) Known() Known {
	switch {
	case f.Sets == nil:
		return KnownNot
	case f.Total != nil && f.Total.Cmp(big.NewInt(int64(len(f.Sets)))) == 0:
		return KnownWhole
	}
	return KnownPart
}

// None says whether there is no such set at all, which is not the same as the
// empty set.
func (f *Family) None() bool { return f.Total != nil && f.Total.Sign() == 0 }

// family is the family that a metric of sets is about; nil for other metrics,
// and where the answer has none.
func (a *Answer) family(metric string) *Family {
	switch {
	case metric == MetricQuorumFamily && a.Quorums != nil:
		return &a.Quorums.Family
	case metric == MetricBlockingFamily && a.Blocking != nil:
		return a.Blocking
	case metric == MetricSplittingFamily && a.Splitting != nil:
		return &a.Splitting.Family
	}
	return nil
}
