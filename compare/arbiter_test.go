package compare_test

import (
	"context"
	"slices"

	"understudy/compare"
)

// bruteForce is an arbiter that enumerates with the test's oracle.
type bruteForce struct{ request request }

var _ compare.Arbiter = bruteForce{}

func (b bruteForce) Answer(_ context.Context, d compare.Dispute) (compare.Truth, error) {
	answer, err := compare.ParseAnswer(d.Analysis, encode(newOracle(b.request).answer(d.Analysis)))
	return compare.Truth{Kind: compare.ProofExhaustive, Answer: answer, How: "trying all sets"}, err
}

func (b bruteForce) Split(_ context.Context, d compare.Dispute, names []string) (compare.Split, error) {
	o := newOracle(b.request)
	for mask := range 1 << len(o.keys) {
		members := o.subset(mask)
		image, _ := d.Groups.Image(members)
		if !slices.Equal(image, slices.Sorted(slices.Values(names))) {
			continue
		}
		if q1, q2 := o.splitBy(members); q1 != nil {
			return compare.Split{Kind: compare.ProofExhaustive, Members: members, Quorums: [][]string{q1, q2}, How: "trying all sets"}, nil
		}
	}
	return compare.Split{Kind: compare.ProofExhaustive, How: "trying all sets"}, nil
}

// helpless is an arbiter that never comes to an answer.
type helpless struct{}

func (helpless) Answer(context.Context, compare.Dispute) (compare.Truth, error) {
	return compare.Truth{}, compare.ErrUnsettled
}

func (helpless) Split(context.Context, compare.Dispute, []string) (compare.Split, error) {
	return compare.Split{}, compare.ErrUnsettled
}
