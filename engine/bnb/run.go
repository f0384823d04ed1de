package bnb

import (
	"context"
	"math"
	"sync/atomic"
)

// run is what the parts of one search share: the clock, the count of nodes and
// which part has found what all look for. Safe for concurrent use.
type run struct {
	ctx    context.Context
	limit  int64 // nodes; 0: any number
	nodes  atomic.Int64
	winner atomic.Int64 // the lowest part that has found something
	ended  atomic.Bool  // by the clock or the limit
}

func newRun(ctx context.Context, limit int64) *run {
	r := &run{ctx: ctx, limit: limit}
	r.winner.Store(math.MaxInt64)
	return r
}

// over counts a node of a part and says whether that part is to stop: the time
// has ended, or a part before it has found what it looks for, so that the
// answer does not depend on which part was quicker. It looks at the clock every
// few hundred nodes: less than a millisecond.
func (r *run) over(part int64) bool {
	n := r.nodes.Add(1)
	if n%256 == 1 && r.ctx.Err() != nil || r.limit > 0 && n > r.limit {
		r.ended.Store(true)
	}
	return r.idle(part)
}

// idle says whether a part need not go on.
func (r *run) idle(part int64) bool { return r.ended.Load() || r.winner.Load() < part }

// win says that a part has found what it looks for.
func (r *run) win(part int64) {
	for {
		now := r.winner.Load()
		if now <= part || r.winner.CompareAndSwap(now, part) {
			return
		}
	}
}
