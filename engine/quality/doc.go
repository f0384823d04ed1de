// Package quality says what is wrong or doubtful in the description of a
// network before anyone analyses it, and cleans it by simple rules.
//
//	for _, f := range quality.Find(network) {
//		fmt.Println(f.Severity, f.Code, f.Node, f.Detail)
//	}
//	cleaned, changes := quality.Clean(network)
//
// Vocabulary. A finding is one remark: a code of the table Codes, a severity, the
// node it is about, and a sentence. A validator is unknown when a quorum set names
// it and no node has its key. The standing of a node is what the reduction makes
// of it: in the core, or left out for exactly one reason, which is the one finding
// missing-quorum-set, one-node-quorum, unsatisfiable-node or outside-core. Other
// findings are causes (an unknown validator, a threshold that can't be met) and
// stand beside the standing they lead to. Where nodes share a key, references mean
// the last of them, and the standing is that one's.
//
// An error is a description that can't be what its operator meant, or that an
// analysis refuses. A warning is something that makes an answer doubtful or keeps
// a validator from counting. Info is worth knowing and needs no action.
//
// Time and memory are near linear in the size of the description, also when
// 100,000 nodes share quorum sets: each distinct set is walked once.
//
// Read finding.go, codes.go, find.go, sets.go (findings that a quorum set shows
// alone), standing.go with alone.go (those that need the whole network),
// groups.go, history.go; then clean.go with shrink.go.
package quality
