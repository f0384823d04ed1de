package rows

import (
	"fmt"
	"slices"
)

// Analysis is a question about a network.
type Analysis string

// The questions. The published benchmark asks the first three.
const (
	Blocking     Analysis = "blocking"     // size of a minimum blocking set
	Intersection Analysis = "intersection" // whether every two quorums share a node
	Splitting    Analysis = "splitting"    // size of a minimum splitting set
	Quorum       Analysis = "quorum"       // size of a minimum quorum
)

// The questions about whole families: how many minimal sets there are. Their names are the plurals, so that no row of a minimum has one of them.
const (
	AllBlocking  Analysis = "blocking-sets"
	AllQuorums   Analysis = "quorums"
	AllSplitting Analysis = "splitting-sets"
)

// Families returns the questions about whole families.
func Families() []Analysis { return []Analysis{AllBlocking, AllQuorums, AllSplitting} }

// Whole says whether the question is about a whole family.
func (a Analysis) Whole() bool { return slices.Contains(Families(), a) }

// Analyses are those of the published benchmark, in its order.
func Analyses() []Analysis { return []Analysis{Blocking, Intersection, Splitting} }

// Answer is a size, a number of sets (of any length), true or false, or one of the two below; "" is unknown.
type Answer string

// None is the answer that no such set exists, which is not the empty set (0); Open stands for one that was asked for and not found in time.
const (
	None Answer = "none"
	Open Answer = "open"
)

// Set is a group of rows that are reported together.
type Set string

// The sets of rows.
const (
	Published Set = "published"
	Family    Set = "family"
	Growth    Set = "growth"
	Mixed     Set = "mixed"
	Whole     Set = "families" // whole families; all other sets ask for minima
)

// Sets returns all sets in the order of the report.
func Sets() []Set { return []Set{Published, Family, Growth, Mixed, Whole} }

// Benchmark says whether a set counts among the 186 rows each of which has to be solved.
func (s Set) Benchmark() bool { return s == Published || s == Family }

// Network is a network of the benchmark.
type Network struct {
	Name          string
	Set           Set
	Organizations int
	// Request is the body of a request to the scanner API.
	Request []byte `json:"-"`
}

// Row is one question about one network.
type Row struct {
	Network  *Network
	Analysis Analysis
	// Want is the answer known beforehand; "" where there is none.
	Want Answer
	// Compared says whether other programs are asked too. On the large networks they are asked about one network of each shape,
	// since each question they do not answer costs the whole time limit.
	Compared bool
}

// String names the row: N16F3/splitting.
func (r Row) String() string { return fmt.Sprintf("%s/%s", r.Network.Name, r.Analysis) }
