package witness

import (
	"errors"
	"fmt"
)

// ErrTooLarge is returned for a claim that is too large to be checked whole:
// what MaxWork allows was checked and held, the rest was not looked at. To who
// wants a proof it is none, to who wants no false claim out it is no objection.
var ErrTooLarge = errors.New("too large to check whole")

// MaxWork is the most mentions of validators that the passes of one claim may
// visit beyond its first: a tenth of a second. A quorum of 10 in the core of
// the live network takes some 7,000.
const MaxWork = 10_000_000

// Mentions is what one pass over the core visits: its lists and the validators
// they mention.
func (c *Core) Mentions() int { return c.lists.work }

// passes is how many times a claim may go over the whole core.
func (c *Core) passes() int { return MaxWork / max(1, c.lists.work) }

// needsEach drops each of parts in turn and returns the first objection to the
// rest. Where that is too much work it tries some parts, spread evenly.
func (c *Core) needsEach(parts [][]int, objection func(dropped int, rest []int) error) error {
	tried := spread(len(parts), c.passes())
	for _, i := range tried {
		if err := objection(i, without(parts, i)); err != nil {
			return err
		}
	}
	if len(tried) < len(parts) {
		return fmt.Errorf("%w: dropped %d of %d parts in a core of %d nodes", ErrTooLarge, len(tried), len(parts), len(c.keys))
	}
	return nil
}

// each checks the sets, each for as many passes as it has members and two. Where
// that is too much work it checks some, spread evenly.
func (c *Core) each(sets [][]string, check func([]string) error) error {
	longest := 0
	for _, set := range sets {
		longest = max(longest, len(set))
	}
	checked := spread(len(sets), c.passes()/(longest+2))
	var part error
	if len(checked) < len(sets) {
		part = fmt.Errorf("%w: checked %d of %d sets", ErrTooLarge, len(checked), len(sets))
	}
	for _, i := range checked {
		switch err := check(sets[i]); {
		case errors.Is(err, ErrTooLarge):
			part = err
		case err != nil:
			return fmt.Errorf("set %d of %d: %w", i+1, len(sets), err)
		}
	}
	return part
}

// spread returns at most most of the numbers below n, and at least one.
func spread(n, most int) []int {
	out := make([]int, max(min(n, most), min(n, 1)))
	for i := range out {
		out[i] = i * n / len(out)
	}
	return out
}
