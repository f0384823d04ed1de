// Package class gathers interchangeable nodes of a federated Byzantine
// agreement system in classes and computes with counts of members instead of
// sets: seven organizations of three validators are seven classes, and the
// 5,103 minimal quorums of the live network 21 vectors.
//
//	q := class.New(system)
//	quorum := q.Evaluator().GreatestIn(q.Size, nil) // what all nodes agree on
//
// Vocabulary: a class is a set of nodes any two of which may change places; a
// vector counts members per class; a vertex is a quorum set over classes.
//
// Reading order: quotient.go, vector.go, evaluator.go.
package class
