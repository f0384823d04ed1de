package class

// Price says what a set costs when the cheapest one is sought. The zero value
// counts members.
type Price struct {
	// Group is, by class, the number of the group its members are in: the first
	// member of a group costs one and the others nothing. Negative: members
	// cost one each. Nil: all do.
	Group []int
	// Free says of a class that its members cost nothing. Nil: none.
	Free []bool
}

// Of is the price of a vector.
func (p Price) Of(x Vector) int {
	price := 0
	paid := map[int]bool{}
	for c, k := range x {
		switch g := p.GroupOf(c); {
		case k == 0 || p.IsFree(c):
		case g < 0:
			price += k
		case !paid[g]:
			paid[g] = true
			price++
		}
	}
	return price
}

// GroupOf is the number of a class's group; negative: none.
func (p Price) GroupOf(c int) int {
	if p.Group == nil {
		return -1
	}
	return p.Group[c]
}

// IsFree says whether members of the class cost nothing.
func (p Price) IsFree(c int) bool { return p.Free != nil && p.Free[c] }

// Minimum is what became of the search for a cheapest vector of a kind.
type Minimum struct {
	// Found says that there is such a vector; Vector is the cheapest one found.
	Found  bool
	Vector Vector
	// Quorums are the two quorums that a splitting vector leaves disjoint, or,
	// for a set that some quorum makes critical, that quorum first.
	Quorums [2]Vector
	// Size is the price of Vector.
	Size int
	// LowerBound is proven: no such vector is cheaper. Where none was found and
	// none exists it says nothing.
	LowerBound int
	// Complete says that the search went to its end: Vector is a cheapest one,
	// or there is none.
	Complete bool
	// Calls counts calls of a SAT solver, Nodes nodes of a search tree.
	Calls, Nodes int
}
