// Package class gathers interchangeable nodes of a federated Byzantine
// agreement system in classes and computes with counts of members instead of
// sets: seven organizations of three validators are seven classes, and the
// 5,103 minimal quorums of the live network 21 vectors.
//
//	q := class.New(system)
//	quorum := q.Evaluator().GreatestIn(q.Size, nil) // the greatest quorum
//
// Vocabulary: a class is a set of nodes any two of which may change places; a
// vector counts members per class and stands for all sets with these counts; a
// vertex is a quorum set over classes. An organization is a class that others
// ask for as a whole, so many of so many; a loner is a node that needs no other
// one with a quorum set.
//
// Reading order: quotient.go, vector.go, evaluator.go, minimum.go.
package class
