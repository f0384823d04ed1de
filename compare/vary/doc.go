// Package vary makes variations of a real network: what it would be with a
// validator gone, a threshold one up or down, or an organization split in two.
//
//	varied, what, err := vary.Request(body, 7)
//	// what: threshold one up in the quorum set of SDF 1 (GABC...WXYZ): 4 of {...}, was 3
//
// A live network hardly changes from scan to scan, so the same few questions come
// again and again. Variations are questions that have not been asked yet, about
// networks that may well come to be. They happen inside the core, where they
// matter. Kind and place are drawn by the seed alone:
// one seed makes one variation of one network. Fields and numbers that do not
// change stay as they were sent.
//
// A sane network stays sane: thresholds from 1 to the number of members, no empty
// list, no reference to nobody. What was odd before and is not touched stays odd.
//
// Read vary.go (the draw), gone.go, threshold.go, split.go.
package vary
