package compare

import (
	"errors"
	"fmt"
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

// ParseAnswer reads the body of a status 200 answer to the analysis. Missing and
// mistyped fields are errors that name the field; an incomplete answer has no
// other part, because its budget ended before it knew them. Fields that are
// never compared are not looked at.
func ParseAnswer(analysis string, body []byte) (*Answer, error) {
	parse, known := parsers[analysis]
	if !known {
		return nil, fmt.Errorf("%w: %q", ErrAnalysis, analysis)
	}
	f, err := readBody(body)
	if err != nil {
		return nil, err
	}
	a := &Answer{}
	if a.Incomplete, err = incomplete(f); err != nil || a.Incomplete {
		return a, err
	}
	if err := parse(a, f); err != nil {
		return nil, err
	}
	return a, nil
}

// incomplete reads `complete` of an answer.
func incomplete(f fields) (bool, error) {
	if _, there := f.members["complete"]; !there {
		return false, nil
	}
	complete, err := f.boolean("complete")
	return !complete, err
}

var parsers = map[string]func(*Answer, fields) error{
	analysisTopTier:   (*Answer).parseTopTier,
	analysisSymmetric: (*Answer).parseSymmetric,
	analysisQuorums:   (*Answer).parseQuorums,
	analysisBlocking:  (*Answer).parseBlocking,
	analysisSplitting: (*Answer).parseSplitting,
	analysisFull:      (*Answer).parseFull,
	analysisNetwork:   (*Answer).parseNetwork,
}

func (a *Answer) parseTopTier(f fields) (err error) {
	t := &TopTier{}
	if t.Members, err = f.names("top_tier"); err != nil {
		return err
	}
	if t.Size, err = f.size("top_tier_size"); err != nil {
		return err
	}
	a.TopTier = t
	return optional(f, "quorums", &t.Quorums)
}

func (a *Answer) parseSymmetric(f fields) error {
	q, err := f.quorumSet("symmetric_top_tier")
	a.Symmetric = &Symmetric{q}
	return err
}

func (a *Answer) parseQuorums(f fields) (err error) {
	q := &Quorums{}
	if q.Family, err = parseFamily(f, "total_quorums", "example_quorum"); err != nil {
		return err
	}
	if q.Intersect, err = f.boolean("quorum_intersection"); err != nil {
		return err
	}
	a.Quorums = q
	return optional(f, "disjoint_quorums", &q.Disjoint)
}

func (a *Answer) parseBlocking(f fields) error {
	family, err := parseFamily(f, "total_sets", "example_set")
	a.Blocking = &family
	return err
}

func (a *Answer) parseSplitting(f fields) (err error) {
	s := &Splitting{}
	if s.Family, err = parseFamily(f, "total_sets", "example_set"); err != nil {
		return err
	}
	if s.Split, err = f.boolean("has_split"); err != nil {
		return err
	}
	a.Splitting = s
	return optional(f, "quorums", &s.Quorums)
}

func parseFamily(f fields, total, example string) (out Family, err error) {
	if out.Min, err = f.size("min_size"); err != nil {
		return out, err
	}
	if out.Total, err = f.count(total, -1); err != nil {
		return out, err
	}
	if out.Total.Sign() < 0 {
		out.Total = nil
	}
	if out.Example, err = f.names(example); err != nil {
		return out, err
	}
	if f.has("example_members") {
		if out.Members, err = f.names("example_members"); err != nil {
			return out, err
		}
	}
	return out, optional(f, "sets", &out.Sets)
}

// optional reads a list of sets where there is one.
func optional(f fields, name string, into *[][]string) (err error) {
	if f.has(name) {
		*into, err = f.families(name)
	}
	return err
}

func (a *Answer) parseFull(f fields) error {
	for _, part := range []struct {
		name  string
		parse func(*Answer, fields) error
	}{
		{"top_tier", (*Answer).parseTopTier},
		{"blocking_sets", (*Answer).parseBlocking},
		{"splitting_sets", (*Answer).parseSplitting},
		{"quorums", (*Answer).parseQuorums},
	} {
		inside, err := f.object(part.name)
		if err != nil {
			return err
		}
		unfinished, err := incomplete(inside)
		if err != nil {
			return err
		}
		if unfinished {
			a.Incomplete = true
			continue
		}
		if err := part.parse(a, inside); err != nil {
			return err
		}
	}
	return nil
}

func (a *Answer) parseNetwork(f fields) (err error) {
	n := &Network{}
	if n.Intersect, err = f.boolean("hasQuorumIntersection"); err != nil {
		return err
	}
	if n.Symmetric, err = f.boolean("hasSymmetricTopTier"); err != nil {
		return err
	}
	for i, name := range levelNames {
		inside, err := f.object(name)
		if err != nil {
			return err
		}
		for _, number := range []struct {
			name string
			into *int
		}{
			{"topTierSize", &n.Levels[i].TopTier},
			{"blockingSetsMinSize", &n.Levels[i].Blocking},
			{"blockingSetsFilteredMinSize", &n.Levels[i].BlockingFiltered},
			{"splittingSetsMinSize", &n.Levels[i].Splitting},
		} {
			if *number.into, err = inside.size(number.name); err != nil {
				return err
			}
		}
	}
	a.Network = n
	return nil
}
