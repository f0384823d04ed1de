package engine

import (
	"context"
	"fmt"

	"understudy/engine/bnb"
	"understudy/engine/class"
	"understudy/engine/encode"
	"understudy/engine/fbas"
	"understudy/engine/sat"
)

// TopTier is the union of the minimal quorums. In python semantics there is none
// where two quorums are disjoint.
func (s *System) TopTier(ctx context.Context, o Options) (TopTierResult, error) {
	groups, err := s.groups(o.MergeBy)
	if err != nil {
		return TopTierResult{}, err
	}
	if s.semantics == SemanticsPython && s.quorumView != s {
		intersection, err := s.Intersection(ctx, o)
		if err != nil || !intersection.Complete || !intersection.Intersects {
			return TopTierResult{Complete: intersection.Complete, Algorithm: intersection.Algorithm}, err
		}
		s = s.quorumView
		if groups, err = s.groups(o.MergeBy); err != nil {
			return TopTierResult{}, err
		}
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

// tier asks the solver, or enumerates the minimal quorums.
func (s *System) tier(ctx context.Context, o Options) (encode.Tier, string, error) {
	if o.Method != MethodBNB {
		tier, err := encode.TopTier(ctx, s.classes, sat.Gophersat)
		return tier, "sat", err
	}
	vectors, complete := s.quorums.find(func() ([]class.Vector, bool) { return bnb.MinimalQuorums(ctx, s.classes) })
	tier := encode.Tier{In: make([]bool, len(s.classes.Size)), Complete: complete}
	for _, x := range vectors {
		fresh := false
		for c, k := range x {
			fresh = fresh || k > 0 && !tier.In[c]
			tier.In[c] = tier.In[c] || k > 0
		}
		if fresh {
			tier.Quorums = append(tier.Quorums, x)
		}
	}
	return tier, "branch-and-bound", nil
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
