package engine

import (
	"errors"
	"fmt"
	"sync"

	"understudy/engine/fbas"
	"understudy/engine/witness"
)

// ErrContradiction says that two parts of the engine disagree about a claim, or
// that the judge of engine/witness refuses it; no answer is given then.
var ErrContradiction = errors.New("engine contradicts itself")

func contradiction(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrContradiction}, args...)...)
}

// judge checks every answer before it leaves, with a reading and reduction of
// the network of its own. It sees claims as public keys and names only.
type judge struct {
	core func() (*witness.Core, error)
}

func newJudge(n *fbas.Network, semantics Semantics) *judge {
	read := map[Semantics]func(*fbas.Network) (*witness.Core, error){
		SemanticsRust: witness.Reduce, SemanticsRaw: witness.Raw, SemanticsPython: witness.Python,
	}[semantics]
	return &judge{core: sync.OnceValues(func() (*witness.Core, error) { return read(n) })}
}

// check passes the core to a claim. A claim that is too large to be checked
// whole stands if nothing was found against it.
func (j *judge) check(claim func(*witness.Core) error) error {
	core, err := j.core()
	if err == nil {
		err = claim(core)
	}
	if err != nil && !errors.Is(err, witness.ErrTooLarge) {
		return fmt.Errorf("%w: the answer fails its check: %w", ErrContradiction, err)
	}
	return nil
}

// checkGroups passes the groups of a merge level to a claim.
func (j *judge) checkGroups(by MergeBy, claim func(*witness.Core, *witness.Groups) error) error {
	return j.check(func(core *witness.Core) error {
		groups, err := core.Groups(string(by))
		if err != nil {
			return fmt.Errorf("form groups: %w", err)
		}
		return claim(core, groups)
	})
}

// all gives the first objection among the errors; that something was too large
// to be checked whole is none.
func all(errs ...error) error {
	for _, err := range errs {
		if err != nil && !errors.Is(err, witness.ErrTooLarge) {
			return err
		}
	}
	return nil
}

// minimal is the check of listed sets: those of a family that is not whole may
// merge to more than is needed.
func (r Family) minimal(groups *witness.Groups, check func([]string) error) func([]string) error {
	if !r.Complete {
		return func(set []string) error { return groups.CheckKnown(set) }
	}
	return check
}

func (s *System) checkBlocking(g *groups, r Family, faulty []string) error {
	if r.Outcome != Found {
		return nil
	}
	return s.judge.checkGroups(g.by, func(core *witness.Core, groups *witness.Groups) error {
		minimal := r.minimal(groups, func(set []string) error { return groups.CheckMinimalBlocking(set, faulty) })
		return all(core.CheckBlocking(r.members, faulty), groups.CheckImage(r.Example, r.members), minimal(r.Example), listed(groups, r, minimal))
	})
}

// listed checks the sets that are listed.
func listed(groups *witness.Groups, r Family, check func([]string) error) error {
	if !r.Complete {
		for _, set := range r.Sets {
			if err := check(set); err != nil {
				return err
			}
		}
		return nil
	}
	return groups.CheckFamily(r.Sets, check)
}

func (s *System) checkQuorums(g *groups, r QuorumsResult) error {
	if r.Outcome != Found {
		return nil
	}
	return s.judge.checkGroups(g.by, func(core *witness.Core, groups *witness.Groups) error {
		minimal := r.minimal(groups, groups.CheckMinimalQuorum)
		if s.semantics == SemanticsPython && g.merging() {
			minimal = groups.CheckKnown // groups reach beyond the component that is looked at
		}
		errs := []error{core.CheckQuorum(r.members), groups.CheckImage(r.Example, r.members), minimal(r.Example), listed(groups, r.Family, minimal)}
		if r.Intersection.Intersects {
			errs = append(errs, core.CheckMeetsAll(r.members))
		}
		return all(errs...)
	})
}

func (s *System) checkSplitting(g *groups, r SplittingResult) error {
	return s.judge.checkGroups(g.by, func(_ *witness.Core, groups *witness.Groups) error {
		return all(
			groups.CheckSplitting(r.Example, r.members, r.Quorums[0], r.Quorums[1]),
			listed(groups, r.Family, groups.CheckKnown),
		)
	})
}

func (s *System) checkHistory(g *groups, r HistoryResult) error {
	return s.judge.checkGroups(g.by, func(_ *witness.Core, groups *witness.Groups) error {
		minimal := r.minimal(groups, groups.CheckMinimalHistoryCritical)
		return all(groups.CheckHistoryCritical(r.Example, r.Quorum), minimal(r.Example), listed(groups, r.Family, minimal))
	})
}

func (s *System) checkDisjoint(pair [2][]string) error {
	return s.judge.check(func(core *witness.Core) error { return core.CheckDisjoint(pair[0], pair[1]) })
}

func (s *System) checkTopTier(g *groups, r TopTierResult) error {
	return s.judge.checkGroups(g.by, func(_ *witness.Core, groups *witness.Groups) error {
		return groups.CheckTopTier(r.Members, r.Quorums)
	})
}
