package fbas

import (
	"encoding/binary"
	"slices"
)

// System is a network in index form: nodes are numbers, quorum sets are
// interned into a graph without cycles in which equal sets are one vertex.
// Immutable once built.
type System struct {
	// Keys are the nodes' public keys. After Reduce and CompilePython they are
	// sorted bytewise.
	Keys []string
	// Source is the index of each node in Network.Nodes; -1 for a validator
	// that CompilePython added, of which nothing was sent.
	Source []int
	// Own is the vertex of each node's quorum set, or NoSet, or Free.
	Own []int
	// Vertices are the distinct quorum sets, children before parents.
	Vertices []Vertex

	listedIn [][]int // by node: vertices that list it, once per entry
	innerOf  [][]int // by vertex: vertices that contain it, once per entry
	owners   [][]int // by vertex: nodes whose own set it is
}

// What a node without a quorum set has as its own vertex.
const (
	// NoSet: the node is never satisfied.
	NoSet = -1
	// Free: the node agrees with anything, as python-fbas assumes of nodes it
	// knows no set of. A quorum needs a member that has a set.
	Free = -2
)

// Vertex is a quorum set in index form. Nodes and Inner are sorted; an entry
// that the set lists twice stands there twice.
type Vertex struct {
	Threshold int
	Nodes     []int
	Inner     []int
}

// Size is the number of entries of the set.
func (v Vertex) Size() int { return len(v.Nodes) + len(v.Inner) }

// Compile turns a network into index form, without any reduction. References
// to validators that are not among the nodes are dropped and thresholds kept;
// where a key occurs twice, references mean the last node that has it.
func Compile(n *Network) *System {
	index := make(map[string]int, len(n.Nodes))
	for i, node := range n.Nodes {
		index[node.PublicKey] = i
	}
	b := newBuilder(len(n.Nodes))
	vertex := map[*QuorumSet]int{} // nodes may share a set
	for i, node := range n.Nodes {
		own := NoSet
		if node.QuorumSet != nil {
			var known bool
			if own, known = vertex[node.QuorumSet]; !known {
				own = b.add(node.QuorumSet, index)
				vertex[node.QuorumSet] = own
			}
		}
		b.node(node.PublicKey, i, own)
	}
	return b.system()
}

// builder interns quorum sets.
type builder struct {
	s    *System
	seen map[string]int
	buf  []byte
}

func newBuilder(nodes int) *builder {
	return &builder{
		s:    &System{Keys: make([]string, 0, nodes), Source: make([]int, 0, nodes), Own: make([]int, 0, nodes)},
		seen: map[string]int{},
	}
}

func (b *builder) node(key string, source, own int) {
	b.s.Keys = append(b.s.Keys, key)
	b.s.Source = append(b.s.Source, source)
	b.s.Own = append(b.s.Own, own)
}

func (b *builder) add(q *QuorumSet, index map[string]int) int {
	v := Vertex{Threshold: q.Threshold}
	for _, key := range q.Validators {
		if i, ok := index[key]; ok {
			v.Nodes = append(v.Nodes, i)
		}
	}
	for i := range q.InnerQuorumSets {
		v.Inner = append(v.Inner, b.add(&q.InnerQuorumSets[i], index))
	}
	return b.intern(v)
}

// intern returns the number of the vertex equal to v, adding it when new.
func (b *builder) intern(v Vertex) int {
	slices.Sort(v.Nodes)
	slices.Sort(v.Inner)
	buf := binary.AppendUvarint(b.buf[:0], uint64(v.Threshold))
	buf = binary.AppendUvarint(buf, uint64(len(v.Nodes)))
	for _, list := range [][]int{v.Nodes, v.Inner} {
		for _, x := range list {
			buf = binary.AppendUvarint(buf, uint64(x))
		}
	}
	b.buf = buf
	if id, ok := b.seen[string(buf)]; ok {
		return id
	}
	id := len(b.s.Vertices)
	b.seen[string(buf)] = id
	b.s.Vertices = append(b.s.Vertices, v)
	return id
}

// system finishes the reverse references.
func (b *builder) system() *System {
	s := b.s
	s.listedIn = make([][]int, len(s.Keys))
	s.innerOf = make([][]int, len(s.Vertices))
	s.owners = make([][]int, len(s.Vertices))
	for id, v := range s.Vertices {
		for _, node := range v.Nodes {
			s.listedIn[node] = append(s.listedIn[node], id)
		}
		for _, inner := range v.Inner {
			s.innerOf[inner] = append(s.innerOf[inner], id)
		}
	}
	for node, own := range s.Own {
		if own >= 0 {
			s.owners[own] = append(s.owners[own], node)
		}
	}
	return s
}

// WithoutFree is the system in which free nodes are never satisfied.
func (s *System) WithoutFree() *System {
	strict := *s
	strict.Own = slices.Clone(s.Own)
	for node, own := range strict.Own {
		if own == Free {
			strict.Own[node] = NoSet
		}
	}
	return &strict
}

// ListedIn gives the vertices that list a node, once per entry. The result
// must not be changed.
func (s *System) ListedIn(node int) []int { return s.listedIn[node] }

// InnerOf gives the vertices that contain a vertex, once per entry. The result
// must not be changed.
func (s *System) InnerOf(vertex int) []int { return s.innerOf[vertex] }

// Owners gives the nodes whose own quorum set a vertex is. The result must not
// be changed.
func (s *System) Owners(vertex int) []int { return s.owners[vertex] }

// Len is the number of nodes.
func (s *System) Len() int { return len(s.Keys) }

// QuorumSet writes a vertex out as a quorum set over public keys.
func (s *System) QuorumSet(vertex int) QuorumSet {
	v := s.Vertices[vertex]
	set := QuorumSet{Threshold: v.Threshold, Validators: make([]string, len(v.Nodes))}
	for i, node := range v.Nodes {
		set.Validators[i] = s.Keys[node]
	}
	for _, inner := range v.Inner {
		set.InnerQuorumSets = append(set.InnerQuorumSets, s.QuorumSet(inner))
	}
	return set
}
