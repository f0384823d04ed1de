// Package compare says whether two answers to one question about a quorum
// structure mean the same.
//
//	q := compare.Question{Analysis: "blocking-sets", Body: request}
//	r := compare.Compare(q, primary, candidate, compare.KindRust)
//	r.Outcome   // agree, differ, primary_failed, candidate_failed, ...
//	r.Metrics   // min_blocking agree 6 6, blocking_family agree 945 945
//
// Both answers are brought into one neutral form (Answer), which keeps apart
// what the wire runs together: "no such set" and "the empty set", a family known
// whole and one known by its size. Then each metric is compared on its own.
// Times, cache hits, order, which example was picked and texts of errors never
// count. What an answer shows as evidence (an example, two disjoint quorums, the
// quorums behind a top tier) is checked with plain set arithmetic, and a metric
// whose evidence fails its check never agrees.
//
// Servable says whether a candidate's answer may reach a client at all.
//
// Vocabulary: the primary is the scanner in service, the candidate the engine
// that may take over. A case is a question up to everything that cannot change
// its answer; a level is what the question's nodes are (the whole network, its
// organizations, a network the client derived).
//
// Read compare.go (the outcome), answer.go, parse.go and wire.go (the neutral
// form), question.go (level and case), value.go and diff.go (metrics), check.go
// and sets.go (the checks of evidence), servable.go.
package compare
