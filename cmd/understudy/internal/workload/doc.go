// Package workload draws random networks for long comparisons of two scanners:
// mostly of three to nine nodes, of all the kinds on which the Rust scanner is
// known to be right or wrong, some of twelve to thirty.
//
//	network := workload.Draw(seed, 17) // the same network each time
//	network.Kind                       // "organizations, mixed thresholds"
//	network.Request                    // {"nodes": [...], "organizations": [...]}
//
// A kind says how the quorum sets look; organizations, countries, ISPs and
// nodes that do not validate are laid over each of them in the same way.
//
// Reading order: workload.go, kinds.go, sets.go, labels.go.
package workload
