package engine

import (
	"context"
	"fmt"

	"understudy/engine/encode"
	"understudy/engine/sat"
)

// TopTier is the union of the minimal quorums.
func (s *System) TopTier(ctx context.Context, o Options) (TopTierResult, error) {
	tier, err := encode.TopTier(ctx, s.classes, sat.Gophersat)
	if err != nil {
		return TopTierResult{}, fmt.Errorf("find top tier: %w", err)
	}
	var nodes []int
	for c, in := range tier.In {
		if in {
			nodes = append(nodes, s.classes.Members[c]...)
		}
	}
	groups, err := s.groups(o.MergeBy)
	if err != nil {
		return TopTierResult{}, err
	}
	return TopTierResult{Members: groups.mergeNodes(nodes), Complete: tier.Complete, SolverCalls: tier.Calls}, nil
}
