// Package compare says whether two answers to one question about a quorum
// structure mean the same and, if they do not, who is wrong, with a proof that a
// person can check.
//
//	q := compare.Prepare(compare.Question{Analysis: "blocking-sets", Body: request})
//	r := q.Compare(primary, candidate, compare.KindRust)
//	r.Verdict                      // agree, primary_wrong, candidate_wrong, undecided, ...
//	r.Metrics[0].Rulings[0].Proof  // {c} is a minimal blocking set of 1 member; the primary says ...
//	r = q.Settle(ctx, arbiter, primary, candidate, compare.KindRust)
//
// Both answers are brought into one neutral form (Answer), which keeps apart
// what the wire runs together: "no such set" and "the empty set", a family known
// whole and one known by its size. Then each metric is compared on its own.
// Times, cache hits, order, which example was picked and texts of errors never
// count.
//
// A difference is judged in three steps. What an answer shows as evidence (an
// example, two disjoint quorums, the quorums behind a top tier) is checked with
// plain set arithmetic; evidence that fails refutes its own side. Evidence that
// holds refutes the other side where that claims otherwise: a smaller blocking
// set, a quorum missing from a whole family, two disjoint quorums. What neither
// settles is the arbiter's, who searches; this package holds no search, so
// Compare leaves it undecided, and Settle asks. A metric never agrees on
// evidence that failed, on two different splitting sets of which one was not
// shown to split, nor on listed sets of one side that were not shown to be minimal.
//
// Serves says whether an answer may reach a client as far as the comparison
// goes, Servable whether it may on its own account.
//
// Vocabulary: the primary is the scanner in service, the candidate the engine
// that may take over. A case is a question up to everything that cannot change
// its answer; a level is what the question's nodes are (the whole network, its
// organizations, a network the client derived). A ruling is one verdict on one
// metric; where both sides are refuted there are two.
//
// Read compare.go (the outcome), verdict.go and proof.go, answer.go, parse.go and
// wire.go (the neutral form), question.go and level.go, value.go and diff.go
// (metrics), check.go, sets.go, splitting.go and symmetric.go (the checks of
// evidence), judge.go and refute.go (rulings), open.go (agreement that is none
// yet), class.go and skew.go (labels and explanations), arbiter.go, settle.go and
// example.go (what is left), servable.go.
package compare
