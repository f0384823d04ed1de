package bnb

import (
	"context"
	"sync/atomic"
)

// run is what the parts of one search share: the clock, the count of nodes and
// whether somebody is done. Safe for concurrent use.
type run struct {
	ctx   context.Context
	limit int64 // nodes; 0: any number
	nodes atomic.Int64
	done  atomic.Bool // a part has found what all look for
	ended atomic.Bool // by the clock or the limit
}

func newRun(ctx context.Context, limit int64) *run { return &run{ctx: ctx, limit: limit} }

// over counts a node and says whether to stop. It looks at the clock every few
// hundred nodes: less than a millisecond.
func (r *run) over() bool {
	n := r.nodes.Add(1)
	if n%256 == 1 && r.ctx.Err() != nil || r.limit > 0 && n > r.limit {
		r.ended.Store(true)
	}
	return r.done.Load() || r.ended.Load()
}
