package engine

import (
	"context"
	"fmt"
	"slices"

	"understudy/engine/bnb"
	"understudy/engine/class"
	"understudy/engine/encode"
	"understudy/engine/fbas"
	"understudy/engine/sat"
)

// TopTier is the union of the minimal quorums. In python semantics there is none
// where two quorums are disjoint.
func (s *System) TopTier(ctx context.Context, o Options) (TopTierResult, error) {
	if s.semantics == SemanticsPython {
		intersection, err := s.Intersection(ctx, o)
		if err != nil || !intersection.Complete || !intersection.Intersects {
			return TopTierResult{Members: []string{}, Complete: intersection.Complete, Algorithm: intersection.Algorithm}, err
		}
	}
	s = s.quorumView
	groups, err := s.groups(o.MergeBy)
	if err != nil {
		return TopTierResult{}, err
	}
	tier, algorithm, err := s.tier(ctx, o)
	if err != nil {
		return TopTierResult{}, fmt.Errorf("find top tier: %w", wrapContradiction(err))
	}
	var nodes []int
	for c, in := range tier.In {
		if in {
			nodes = append(nodes, s.classes.Members[c]...)
		}
	}
	r := TopTierResult{
		Members: groups.mergeNodes(nodes), Quorums: s.cover(tier),
		Complete: tier.Complete, Algorithm: algorithm, SolverCalls: tier.Calls,
	}
	return r, s.checkTopTier(groups, r)
}

// fewQuorums is how many nodes of a search for all minimal quorums are quicker
// than asking the solver class by class.
const fewQuorums = 5_000

// tier takes the union of the minimal quorums where there are few or they are
// known, or asks the solver.
func (s *System) tier(ctx context.Context, o Options) (encode.Tier, string, error) {
	if o.Method != MethodGophersat {
		nodes := fewQuorums
		if o.Method == MethodBNB {
			nodes = o.Nodes
		}
		vectors, complete := s.quorums.find(func() ([]class.Vector, bool) { return bnb.MinimalQuorums(ctx, s.classes, s.orbits, nodes) })
		if complete || o.Method == MethodBNB {
			return s.union(vectors, complete), "enumeration", nil
		}
	}
	tier, err := encode.TopTier(ctx, s.classes, sat.Gophersat)
	return tier, "sat", err
}

// union is the top tier that minimal quorums make up, with quorums enough to
// show it: of each orbit one for every class that takes part in it.
func (s *System) union(vectors []class.Vector, complete bool) encode.Tier {
	tier := encode.Tier{In: make([]bool, len(s.classes.Size)), Complete: complete}
	for _, x := range vectors {
		for c, k := range x {
			if k == 0 {
				continue
			}
			places := s.orbits.Of(c)
			if places == nil {
				places = []int{c}
			}
			for _, d := range places {
				if tier.In[d] {
					continue
				}
				y := slices.Clone(x)
				y[c], y[d] = y[d], y[c]
				tier.Quorums = append(tier.Quorums, y)
				for e, k := range y {
					tier.In[e] = tier.In[e] || k > 0
				}
			}
		}
	}
	return tier
}

// cover names quorums of the kinds found that together have every node of the
// top tier: of each class the members take turns.
func (s *System) cover(tier encode.Tier) [][]string {
	var quorums [][]string
	covered := make(fbas.Set, s.core.Len())
	for _, x := range tier.Quorums {
		for {
			quorum, fresh := s.turn(x, covered)
			if !fresh {
				break
			}
			quorums = append(quorums, s.keys(quorum))
		}
	}
	return quorums
}

// turn picks a set of the vector's kind, uncovered members first, and covers it;
// it says whether any was uncovered.
func (s *System) turn(x class.Vector, covered fbas.Set) (quorum []int, fresh bool) {
	for c, k := range x {
		var first, then []int
		for _, node := range s.classes.Members[c] {
			if covered[node] {
				then = append(then, node)
			} else {
				first = append(first, node)
			}
		}
		fresh = fresh || k > 0 && len(first) > 0
		quorum = append(quorum, append(first, then...)[:k]...)
	}
	for _, node := range quorum {
		covered[node] = true
	}
	return quorum, fresh
}
