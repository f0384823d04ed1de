package quality

import (
	"slices"

	"understudy/engine/fbas"
)

// alone says which nodes are a quorum by themselves.
//
// For each vertex, children first, it finds the nodes that each satisfy it alone:
// with threshold t and f inner sets that nothing at all satisfies already, these
// are the nodes that meet t-f other entries, counted with repetition. A node that
// isn't below the vertex meets no entry of it, so the lists together are no longer
// than the vertices, once per level of nesting; asking each owner anew would
// walk a set once for each of the nodes that share it.
func alone(s *fbas.System) []bool {
	satisfying := make([]soloists, len(s.Vertices))
	for id, v := range s.Vertices {
		satisfying[id] = soloistsOf(v, satisfying)
	}
	is := make([]bool, s.Len())
	for node, own := range s.Own {
		if own >= 0 {
			_, listed := slices.BinarySearch(satisfying[own].nodes, node)
			is[node] = listed || satisfying[own].everyone
		}
	}
	return is
}

// soloists are the nodes that satisfy a vertex alone.
type soloists struct {
	everyone bool
	nodes    []int // sorted; nil where it is everyone
}

func soloistsOf(v fbas.Vertex, inner []soloists) soloists {
	need := v.Threshold
	for _, id := range v.Inner {
		if inner[id].everyone {
			need--
		}
	}
	if need <= 0 {
		return soloists{everyone: true}
	}
	entries := slices.Clone(v.Nodes)
	for _, id := range v.Inner {
		entries = append(entries, inner[id].nodes...)
	}
	slices.Sort(entries)
	var nodes []int
	for i := 0; i < len(entries); {
		end := i
		for end < len(entries) && entries[end] == entries[i] {
			end++
		}
		if end-i >= need {
			nodes = append(nodes, entries[i])
		}
		i = end
	}
	return soloists{nodes: nodes}
}
