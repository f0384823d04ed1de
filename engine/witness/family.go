package witness

import (
	"errors"
	"fmt"
	"slices"
)

// CheckFamily says what is wrong with sets as a part of a family of minimal
// sets: one of them does not pass check, is listed twice, or holds another one.
// For a family of splitting sets check is CheckKnown: that two are not one
// inside the other is all that can be told of minimal ones without search.
func (g *Groups) CheckFamily(sets [][]string, check func(set []string) error) error {
	large := g.core.each(sets, check)
	if large != nil && !errors.Is(large, ErrTooLarge) {
		return large
	}
	if g.Ambiguous() {
		return large // sets of equal names may be different sets
	}
	if err := apart(sets); err != nil {
		return err
	}
	return large
}

// Ambiguous says whether two groups share a name, so that sets of equal names may
// be different sets.
func (g *Groups) Ambiguous() bool {
	for _, reps := range g.named {
		if len(reps) > 1 {
			return true
		}
	}
	return false
}

// apart says which two of the sets are equal or one inside the other. It looks
// at all for equal ones, and for inclusion as far as MaxWork allows.
func apart(sets [][]string) error {
	seen := make(map[string]int, len(sets))
	of := make(map[string][]int) // the sets that hold a name
	for i, set := range sets {
		key := fmt.Sprintf("%q", slices.Sorted(slices.Values(set)))
		if at, again := seen[key]; again {
			return fmt.Errorf("%s is listed twice, as set %d and set %d", braces(set), at+1, i+1)
		}
		seen[key] = i
		for _, name := range set {
			of[name] = append(of[name], i)
		}
	}
	held := make([]int, len(sets)) // how many names of one set each other holds
	work := 0
	for i, set := range sets {
		if len(set) == 0 && len(sets) > 1 {
			return fmt.Errorf("the empty set is one of %d", len(sets))
		}
		clear(held)
		work += len(sets)
		for _, name := range set {
			if work += len(of[name]); work > MaxWork {
				return nil
			}
			for _, j := range of[name] {
				if held[j]++; j != i && held[j] == len(set) {
					return fmt.Errorf("%s holds %s and is not minimal", braces(sets[j]), braces(set))
				}
			}
		}
	}
	return nil
}

// CheckTopTier says why the quorums are not minimal ones that together make up
// the named groups, so that each of these is in one. Whether a group is missing
// from names is not asked.
func (g *Groups) CheckTopTier(names []string, quorums [][]string) error {
	var all []string
	seen := make(map[string]bool)
	checked := spread(len(quorums), g.core.passes())
	next := 0
	for i, q := range quorums {
		// Each takes a pass at most. What is not checked here is not called minimal
		// below either, so the whole is too large then.
		if next < len(checked) && checked[next] == i {
			next++
			if err := g.core.CheckQuorum(q); err != nil {
				return err
			}
		} else if _, err := g.core.set(q); err != nil {
			return err
		}
		for _, key := range q {
			if !seen[key] {
				seen[key] = true
				all = append(all, key)
			}
		}
	}
	large := g.core.each(quorums, g.core.CheckMinimalQuorum)
	if large != nil && !errors.Is(large, ErrTooLarge) {
		return large
	}
	if err := g.CheckImage(names, all); err != nil {
		return err
	}
	return large
}

// CheckSplitting says why names are not what the nodes of s are reported as, or
// why deleting these does not leave q1 and q2 as two disjoint quorums.
func (g *Groups) CheckSplitting(names, s, q1, q2 []string) error {
	if err := g.CheckImage(names, s); err != nil {
		return err
	}
	return g.core.CheckSplitting(s, q1, q2)
}
