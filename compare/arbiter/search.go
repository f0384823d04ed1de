package arbiter

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// mostFound bounds the sets of a family of a core that is not enumerated.
const mostFound = 200_000

var (
	errMany  = fmt.Errorf("there are more than %d sets", mostFound)
	errNodes = errors.New("the core has too many nodes for a search")
)

// backtrack walks through the sets of nodes of a core, without those that cannot be
// in the family.
type backtrack struct {
	*small
	ctx   context.Context
	found []mask
	err   error // why the search ended early
}

// over says whether to go on is in vain.
func (s *backtrack) over() bool {
	if s.err == nil { // a look costs less than one greatest quorum, and a set may ask for a hundred
		s.err = s.ctx.Err()
	}
	return s.err != nil
}

func (s *backtrack) add(set mask) {
	if len(s.found) == mostFound {
		s.err = errMany
		return
	}
	s.found = append(s.found, set)
}

// quorums finds the minimal quorums that hold the nodes of chosen and others of
// open only. All quorums among these are in the greatest one, so chosen must be.
// Where chosen contains a quorum, no other set of the branch is minimal.
func (s *backtrack) quorums(chosen, open mask) {
	for !s.over() {
		greatest := s.greatest(chosen|open, 0)
		if greatest == 0 || chosen&^greatest != 0 {
			return
		}
		open = greatest &^ chosen
		next := open & -open
		more := chosen | next
		switch inner := s.greatest(more, 0); {
		case inner == 0:
			s.quorums(more, open&^next)
		case inner == more && s.needsAll(more):
			s.add(more)
		}
		open &^= next
	}
}

// needsAll says whether a quorum contains none with a node less.
func (s *backtrack) needsAll(quorum mask) bool {
	for rest := quorum; rest != 0; rest &= rest - 1 {
		if s.greatest(quorum&^(rest&-rest), 0) != 0 {
			return false
		}
	}
	return true
}

// blocking finds the minimal blocking sets that hold the nodes of chosen and
// others of open only, where left are the nodes that are neither faulty nor
// chosen. Of each quorum that is left a node has to go: the first of those that
// may, or not the first but the second, and so on, so that no set is met twice.
//
// A node is needed if there is a quorum in left and the node that holds it. To
// choose more takes from left, so one that is not needed never will be.
func (s *backtrack) blocking(chosen, open, left mask) {
	if s.over() {
		return
	}
	for rest := chosen; rest != 0; rest &= rest - 1 {
		if node := rest & -rest; s.greatest(left|node, 0)&node == 0 {
			return
		}
	}
	quorum := s.greatest(left, 0)
	if quorum == 0 {
		s.add(chosen)
		return
	}
	for rest := s.least(quorum, open) & open; rest != 0; rest &= rest - 1 {
		node := rest & -rest
		open &^= node
		s.blocking(chosen|node, open, left&^node)
	}
}

// least is a minimal quorum inside quorum. Nodes of open are dropped first, as
// few of them make few branches.
func (s *backtrack) least(quorum, open mask) mask {
	for _, rest := range []mask{quorum & open, quorum &^ open} {
		for rest &= quorum; rest != 0; rest &= quorum & (rest - 1) {
			if smaller := s.greatest(quorum&^(rest&-rest), 0); smaller != 0 {
				quorum = smaller
			}
		}
	}
	return quorum
}

// sought is a family to search for: the minimal quorums, or the sets of nodes
// that block together with the faulty ones.
type sought struct {
	blocking bool
	faulty   mask
}

// sets is what came of a search.
type sets struct {
	found []mask
	err   error
}

func (i *inquiry) minimalQuorums() ([]mask, error) { return i.family(sought{}) }

func (i *inquiry) blockingSets(faulty []string) ([]mask, error) {
	if i.core == nil {
		return nil, errNodes
	}
	return i.family(sought{blocking: true, faulty: i.core.maskOf(faulty)})
}

// family searches once for each family, for half of the time that is left, so
// that there is some for the solvers where that is too short.
func (i *inquiry) family(what sought) ([]mask, error) {
	if i.core == nil {
		return nil, errNodes
	}
	known, seen := i.known[what]
	if !seen {
		ctx, cancel := halfOf(i.ctx)
		defer cancel()
		known = i.core.search(ctx, what)
		i.known[what] = known
	}
	if known.err == nil {
		i.searched = true
	}
	return known.found, known.err
}

func (s *small) search(ctx context.Context, what sought) sets {
	f := &backtrack{small: s, ctx: ctx}
	switch {
	case !what.blocking:
		f.quorums(0, s.all)
	case s.greatest(s.all, 0) != 0: // else there is none
		free := s.all &^ what.faulty
		f.blocking(0, free, free)
	}
	slices.Sort(f.found)
	return sets{f.found, f.err}
}

// mostTime bounds a search where no deadline does.
const mostTime = 10 * time.Second

func halfOf(ctx context.Context) (context.Context, context.CancelFunc) {
	left := mostTime
	if deadline, has := ctx.Deadline(); has {
		left = min(left, time.Until(deadline)/2)
	}
	return context.WithTimeout(ctx, left)
}

// howSearched ends the sentence "by ..." about a family.
func (s *small) howSearched() string {
	return fmt.Sprintf("a search through all sets of the %d core nodes", len(s.keys))
}
