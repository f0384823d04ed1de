package bnb

import (
	"context"
	"slices"

	"understudy/engine/class"
	"understudy/engine/twin"
)

// MinimalBlocking lists the vectors of all minimal blocking sets. It is not
// complete when the time ends, or memory does.
func MinimalBlocking(ctx context.Context, q *class.Quotient, orbits twin.Orbits, nodes int) (found []class.Vector, complete bool) {
	d := &blockingListing{
		listing: newListing(ctx, q, orbits, nodes),
		kept:    make(class.Vector, len(q.Size)),
		removed: make(class.Vector, len(q.Size)),
	}
	d.visit()
	return d.found, !d.stopped
}

// blockingListing decides class by class how many members are removed.
type blockingListing struct {
	*listing
	kept    class.Vector // of decided classes: members left; 0 elsewhere
	removed class.Vector // of decided classes: members removed; 0 elsewhere
}

func (d *blockingListing) visit() {
	if d.expired() || !d.eval.GreatestIn(d.kept, nil).Empty() {
		return // what is kept for good holds a quorum
	}
	most := slices.Clone(d.kept)
	for c, m := range d.q.Size {
		if !d.decided[c] {
			most[c] = m
		}
	}
	if !d.needed(most) {
		return
	}
	alive := d.eval.GreatestIn(most, nil)
	if alive.Empty() { // the removals so far block; any more would be too many
		d.list(d.removed)
		return
	}
	c, ok := d.undecided(alive)
	if !ok {
		return
	}
	c, largest := d.turn(c, d.removed)
	d.decided[c] = true
	for _, k := range d.q.Cut[c] {
		if k > largest {
			break
		}
		d.removed[c], d.kept[c] = k, d.q.Size[c]-k
		d.visit()
	}
	d.removed[c], d.kept[c] = 0, 0
	d.decided[c] = false
}

// needed says whether each removal may still be necessary: given back, it lies
// in a quorum of what can be left at most. Once the removals block, this is
// minimality itself.
func (d *blockingListing) needed(most class.Vector) bool {
	for c, k := range d.removed {
		if k == 0 {
			continue
		}
		most[c]++
		back := d.eval.GreatestIn(most, nil)
		most[c]--
		if back[c] == 0 {
			return false
		}
	}
	return true
}
