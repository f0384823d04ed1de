// Package edit takes a request to the scanner API apart, so that its network can
// be changed, and writes it again.
//
//	network, err := edit.Read(body)
//	network.Remove(edit.Keep, 3)      // the fourth node, and every reference to it
//	body = network.Bytes()
//
// Whatever this package does not know is kept as it was sent: unknown fields, and
// numbers in the letters in which they stood. Only what was changed is written
// anew; a request that is read and written means the same.
//
// Vocabulary: a list is one level of a quorum set, that is its threshold, its
// validators and its inner sets, which are its members. A validator is gone when
// no node carries its key.
//
// Read network.go (the parts), read.go, write.go, then remove.go and rename.go.
package edit
