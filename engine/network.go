package engine

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Network answers what the backend asks of one scan: intersection, symmetry,
// and four figures on each of the four merge levels. Every figure is that of a
// minimum; families are not enumerated. Of the options Faulty and Method count.
// A question gets an equal share of the time that is left when its turn comes.
func (s *System) Network(ctx context.Context, o Options) (NetworkResult, error) {
	n := &networkQuestions{s: s, ctx: ctx, left: 2 + 4*len(MergeLevels), method: o.Method}
	n.r.Complete = true
	err := n.ask(func(ctx context.Context) error {
		r, err := s.Intersection(ctx, n.options(MergeNone))
		n.r.HasQuorumIntersection, n.r.IntersectionDecided = r.Intersects, r.Complete
		n.note(r.Complete, r.Algorithm, r.SolverCalls)
		return err
	})
	if err != nil {
		return n.r, err
	}
	err = n.ask(func(ctx context.Context) error {
		r, err := s.SymmetricTopTier(ctx, n.options(MergeNone))
		n.r.HasSymmetricTopTier = r.QuorumSet != nil
		return err
	})
	if err != nil {
		return n.r, err
	}
	levels := []*LevelResult{&n.r.Node, &n.r.Organization, &n.r.Country, &n.r.ISP}
	for i, by := range MergeLevels {
		if err := n.level(levels[i], by, o.Faulty); err != nil {
			return n.r, err
		}
	}
	return n.r, nil
}

// networkQuestions shares the time among the questions of a scan.
type networkQuestions struct {
	s      *System
	ctx    context.Context
	left   int // questions
	method Method
	r      NetworkResult
}

func (n *networkQuestions) options(by MergeBy) Options {
	return Options{MergeBy: by, Minimum: true, Method: n.method}
}

func (n *networkQuestions) ask(question func(context.Context) error) error {
	ctx := n.ctx
	if end, limited := ctx.Deadline(); limited {
		share, cancel := context.WithTimeout(ctx, time.Until(end)/time.Duration(n.left))
		defer cancel()
		ctx = share
	}
	n.left--
	err := question(ctx)
	n.r.TimeEnded = n.r.TimeEnded || ctx.Err() != nil
	return err
}

func (n *networkQuestions) note(complete bool, algorithm string, calls int) {
	n.r.Complete = n.r.Complete && complete
	n.r.SolverCalls += calls
	for name := range strings.SplitSeq(algorithm, "+") {
		if !slices.Contains(strings.Split(n.r.Algorithm, "+"), name) {
			n.r.Algorithm = strings.TrimPrefix(n.r.Algorithm+"+"+name, "+")
		}
	}
}

func (n *networkQuestions) level(l *LevelResult, by MergeBy, faulty []string) error {
	err := n.ask(func(ctx context.Context) error {
		r, err := n.s.TopTier(ctx, n.options(by))
		l.TopTierSize = len(r.Members)
		n.note(r.Complete, r.Algorithm, r.SolverCalls)
		return err
	})
	if err != nil {
		return err
	}
	family := func(to *int, find func(context.Context, Options) (Family, error), o Options) func(context.Context) error {
		return func(ctx context.Context) error {
			r, err := find(ctx, o)
			*to = r.MinSize
			n.note(r.Complete, r.Algorithm, r.SolverCalls)
			return err
		}
	}
	if err := n.ask(family(&l.BlockingSetsMinSize, n.s.MinimalBlockingSets, n.options(by))); err != nil {
		return err
	}
	filtered := n.options(by)
	filtered.Faulty = faulty
	if err := n.ask(family(&l.BlockingSetsFilteredMinSize, n.s.MinimalBlockingSets, filtered)); err != nil {
		return err
	}
	splitting := func(ctx context.Context, o Options) (Family, error) {
		r, err := n.s.MinimalSplittingSets(ctx, o)
		return r.Family, err
	}
	return n.ask(family(&l.SplittingSetsMinSize, splitting, n.options(by)))
}
