package engine

import (
	"context"
	"math/big"
	"slices"

	"understudy/engine/class"
)

// MinimalBlockingSets finds all inclusion-minimal sets whose removal leaves no
// quorum. Nodes of o.Faulty have failed already and belong to no set: they are
// taken out of the minimal blocking sets of the whole network, and of what
// remains the minimal sets are the family. A network without any quorum has no
// blocking set; faulty nodes that block alone leave the empty set.
func (s *System) MinimalBlockingSets(ctx context.Context, o Options) (Family, error) {
	groups, err := s.groups(o.MergeBy)
	if err != nil {
		return Family{}, err
	}
	q := s.classes
	if q.Evaluator().GreatestIn(q.Size, nil).Empty() {
		return Family{Outcome: NoSet, Complete: true, Total: new(big.Int)}, nil
	}
	vectors, complete := s.blocking.find(func() ([]class.Vector, bool) { return minimalBlocking(ctx, q) })
	faulty := s.faulty(o.Faulty)
	r := s.family(q, groups, faulty).answer(ctx, vectors, complete, o.MaxSets)
	if !r.Complete && !s.core.GreatestQuorum(s.core.Without(faulty)).Empty() {
		r.LowerBound = 1 // the faulty nodes alone do not block
	}
	return r, nil
}

// minimalBlocking lists the vectors of all minimal blocking sets. It is not
// complete when the time ends.
func minimalBlocking(ctx context.Context, q *class.Quotient) (found []class.Vector, complete bool) {
	d := &blockingSearch{
		search:  newSearch(ctx, q),
		kept:    make(class.Vector, len(q.Size)),
		removed: make(class.Vector, len(q.Size)),
	}
	d.visit()
	return d.found, !d.stopped
}

// blockingSearch decides class by class how many members are removed.
type blockingSearch struct {
	*search
	kept    class.Vector // of decided classes: members left; 0 elsewhere
	removed class.Vector // of decided classes: members removed; 0 elsewhere
}

func (d *blockingSearch) visit() {
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
		d.found = append(d.found, slices.Clone(d.removed))
		return
	}
	c, ok := d.undecided(alive)
	if !ok {
		return
	}
	d.decided[c] = true
	for _, k := range d.q.Cut[c] {
		d.removed[c], d.kept[c] = k, d.q.Size[c]-k
		d.visit()
	}
	d.removed[c], d.kept[c] = 0, 0
	d.decided[c] = false
}

// needed says whether each removal may still be necessary: given back, it lies
// in a quorum of what can be left at most. Once the removals block, this is
// minimality itself.
func (d *blockingSearch) needed(most class.Vector) bool {
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
