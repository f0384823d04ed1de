package bnb

import (
	"context"
	"slices"

	"understudy/engine/class"
	"understudy/engine/twin"
)

// MinimalQuorums lists the vectors of all minimal quorums, one of each orbit. It
// is not complete when the time ends, or memory does, or after that many nodes
// of the search (0: any number).
func MinimalQuorums(ctx context.Context, q *class.Quotient, orbits twin.Orbits, nodes int) (found []class.Vector, complete bool) {
	d := &quorumListing{
		listing: newListing(ctx, q, orbits, nodes),
		chosen:  make(class.Vector, len(q.Size)),
	}
	d.visit()
	return d.found, !d.stopped
}

// quorumListing decides class by class how many members a minimal quorum has.
type quorumListing struct {
	*listing
	chosen class.Vector // counts of decided classes, 0 elsewhere
}

func (d *quorumListing) visit() {
	if d.expired() {
		return
	}
	most := slices.Clone(d.chosen)
	for c, m := range d.q.Size {
		if !d.decided[c] {
			most[c] = m
		}
	}
	alive := d.eval.Greatest(most, nil)
	if alive.Empty() {
		return
	}
	for c, k := range d.chosen {
		if k > 0 && alive[c] == 0 {
			return // a chosen member can't be satisfied any more
		}
	}
	if inside := d.eval.GreatestIn(d.chosen, nil); !inside.Empty() {
		// Whatever is added now would hold this quorum properly.
		if d.eval.IsMinimalQuorum(d.chosen) {
			d.list(d.chosen)
		}
		return
	}
	c, ok := d.wanted(alive)
	if !ok {
		return
	}
	c, largest := d.turn(c, d.chosen)
	d.decided[c] = true
	for _, k := range d.q.Options[c] {
		if k > largest {
			break
		}
		d.chosen[c] = k
		d.visit()
	}
	d.chosen[c] = 0
	d.decided[c] = false
}

// wanted chooses the class to decide next: one that a chosen member still
// needs, if there is one.
func (d *quorumListing) wanted(alive class.Vector) (int, bool) {
	d.eval.Evaluate(d.chosen, nil)
	for c, k := range d.chosen {
		if k > 0 && !d.eval.Satisfied(c) {
			if next, ok := d.below(d.q.Own[c], alive); ok {
				return next, true
			}
		}
	}
	return d.undecided(alive)
}

// below gives an undecided class listed by an unmet vertex, at any depth.
func (d *quorumListing) below(vertex int, alive class.Vector) (int, bool) {
	v := &d.q.Vertices[vertex]
	for _, c := range v.Class {
		if !d.decided[c] && alive[c] > 0 {
			return c, true
		}
	}
	for _, inner := range v.Inner {
		if d.eval.Met(inner) {
			continue
		}
		if c, ok := d.below(inner, alive); ok {
			return c, true
		}
	}
	return 0, false
}
