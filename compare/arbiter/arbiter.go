package arbiter

import (
	"context"
	"fmt"

	"understudy/compare"
)

// Config says which way a question goes.
type Config struct {
	// MaxExhaustive is the largest core, in nodes, that is enumerated; 0 means 16,
	// the most is 20. Every further node triples the time.
	MaxExhaustive int
	// MaxSearched is the largest core, in nodes, whose families are listed; 0 means
	// 64, which is the most. Of larger ones only the minima are asked for.
	MaxSearched int
}

const (
	defaultExhaustive = 16
	mostExhaustive    = 20
)

// Arbiter answers by enumeration or by two solvers. It holds no state and is
// safe for concurrent use.
type Arbiter struct{ exhaustive, searched int }

var _ compare.Arbiter = (*Arbiter)(nil)

// New makes an Arbiter.
func New(c Config) *Arbiter {
	return &Arbiter{
		exhaustive: orElse(c.MaxExhaustive, defaultExhaustive, mostExhaustive),
		searched:   orElse(c.MaxSearched, mostNodes, mostNodes),
	}
}

// orElse is n, or a default where it is 0, and at most most.
func orElse(n, otherwise, most int) int {
	if n <= 0 {
		n = otherwise
	}
	return min(n, most)
}

// Answer finds what the definition says about the metrics in dispute. Errors
// wrap compare.ErrUnsettled: ctx ended, or the two solvers came to no common
// answer.
func (a *Arbiter) Answer(ctx context.Context, d compare.Dispute) (compare.Truth, error) {
	var truth compare.Truth
	var err error
	if len(d.Core.Keys()) <= a.exhaustive {
		truth, err = enumerate(ctx, d)
	} else {
		truth, err = a.ask(ctx, d)
	}
	if err != nil {
		return compare.Truth{}, fmt.Errorf("%w: %w", compare.ErrUnsettled, err)
	}
	return truth, nil
}

// Split looks for nodes that are reported as names and whose deletion leaves two
// disjoint quorums. Errors are those of Answer.
func (a *Arbiter) Split(ctx context.Context, d compare.Dispute, names []string) (compare.Split, error) {
	var split compare.Split
	var err error
	if err = d.Groups.CheckKnown(names); err == nil {
		if len(d.Core.Keys()) <= a.exhaustive {
			split, err = enumerateSplit(ctx, d, names)
		} else {
			split, err = askSplit(ctx, d, names)
		}
	}
	if err != nil {
		return compare.Split{}, fmt.Errorf("%w: %w", compare.ErrUnsettled, err)
	}
	return split, nil
}
