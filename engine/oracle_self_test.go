package engine

import "testing"

// without deletes nodes from a set: each list asks for one less per entry that
// it loses, and never for less than nothing.
func (q *requirement) without(gone mask) *requirement {
	out := &requirement{threshold: q.threshold}
	for _, node := range q.listed {
		if node&gone != 0 {
			out.threshold = max(0, out.threshold-1)
		} else {
			out.listed = append(out.listed, node)
		}
	}
	for _, inner := range q.inner {
		out.inner = append(out.inner, inner.without(gone))
	}
	return out
}

func TestOracle_CountsTheDeletedAsAgreeing(t *testing.T) {
	for seed := range uint64(len(shapes) * 10) {
		o := newOracle(randomNetwork(seeded(seed), shapes[seed%uint64(len(shapes))]), SemanticsRaw)
		for gone := range o.all + 1 {
			for v, q := range o.sets {
				if q == nil {
					continue
				}
				left := q.without(gone)
				for set := range o.all + 1 {
					if set&gone == 0 && left.metBy(set) != (o.meets[set|gone]>>v&1 == 1) {
						t.Fatalf("seed %d: %b meets the set of %s without %b: %t by deletion\n%v", seed, set, o.keys[v], gone, left.metBy(set), o)
					}
				}
			}
		}
	}
}

// What was found by comparing with the oracle, in small.
func TestAnalyses_OfWhatTheOracleFoundAgreeWithIt(t *testing.T) {
	cases := []struct {
		name, network string
		semantics     Semantics
	}{
		{"the solver takes failed nodes along", `[
			{"publicKey":"n0","quorumSet":{"threshold":1,"validators":["n0"]}},
			{"publicKey":"n1","quorumSet":{"threshold":1,"validators":[]}},
			{"publicKey":"n2","quorumSet":{"threshold":2,"validators":["n2"],"innerQuorumSets":[{"threshold":1,"validators":[]}]}}]`, SemanticsRaw},
		{"an inner set that nothing meets is part of a symmetric top tier", `[
			{"publicKey":"n0","quorumSet":{"threshold":1,"validators":["n0"],"innerQuorumSets":[{"threshold":3,"validators":["n0","n2","ghost"]},{"threshold":1,"validators":["n0","n1"]}]}},
			{"publicKey":"n1","quorumSet":{"threshold":1,"validators":["n1","n2"]}},
			{"publicKey":"n2","quorumSet":{"threshold":1,"validators":["n0"],"innerQuorumSets":[{"threshold":3,"validators":["n0","n2","ghost"]},{"threshold":1,"validators":["n0","n1"]}]}}]`, SemanticsRaw},
		{"a group holds a quorum that is not looked at", `[
			{"publicKey":"n0","quorumSet":{"threshold":2,"validators":["n0","n1"]}},
			{"publicKey":"n1","isp":"A","quorumSet":{"threshold":2,"validators":["n0","n1"]}},
			{"publicKey":"n2","isp":"A","quorumSet":{"threshold":2,"validators":["n2","n3"]}},
			{"publicKey":"n3","isp":"A","quorumSet":{"threshold":2,"validators":["n2","n3"]}}]`, SemanticsPython},
		{"a leaf is of one group with a node that agrees with anything", `[
			{"publicKey":"n0","historyArchiveHasError":false,"geoData":{"countryName":"FI"},"quorumSet":{"threshold":1,"validators":["n1","n2"]}},
			{"publicKey":"n1","historyArchiveHasError":false,"geoData":{"countryName":"US"}},
			{"publicKey":"n2","historyArchiveHasError":false,"geoData":{"countryName":"FI"}}]`, SemanticsPython},
		{"organizations overlap beyond the nodes that are looked at", `{"nodes":[
			{"publicKey":"n0","quorumSet":{"threshold":2,"validators":["n0","n2"]}},
			{"publicKey":"n1","quorumSet":{"threshold":2,"validators":["n1","n0"]}},
			{"publicKey":"n2","quorumSet":{"threshold":2,"validators":["n0","n2"]}}],
			"organizations":[{"id":"o","name":"O","validators":["n1","n0","n2"]},{"id":"p","name":"P","validators":["n2","n1"]}]}`, SemanticsPython},
	}
	for _, found := range cases {
		t.Run(found.name, func(t *testing.T) {
			for _, method := range Methods {
				c := comparison{t: t, network: readNetwork(t, found.network), name: found.name, levels: MergeLevels, methods: [2]Method{method, method}}
				c.faulty = [][]string{nil, {"n0"}, {"n1", "n2"}}
				c.compare(found.semantics)
			}
		})
	}
}
