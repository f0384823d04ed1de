package compare

import (
	"errors"
	"fmt"
)

// ErrNotServable is wrapped by every error of Servable.
var ErrNotServable = errors.New("not servable")

// Servable says why the candidate's answer must not reach a client, whatever
// the primary says: it is no status 200 answer of the right shape, it is not
// complete, it contradicts itself, or evidence in it fails its check or could
// not be checked. A nil error does not say that the answer is right.
func Servable(q Question, candidate Reply) error {
	return Prepare(q).Servable(candidate)
}

// Servable is the function of that name for a question that is read already.
func (p *Prepared) Servable(candidate Reply) error {
	a, err := p.answer(candidate)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrNotServable, err)
	case a.Incomplete:
		return fmt.Errorf("%w: the search ended at its budget", ErrNotServable)
	case p.err != nil:
		return fmt.Errorf("%w: nothing to check it against: %w", ErrNotServable, p.err)
	}
	c := p.checker(false)
	said := values(a, KindRust, c)
	for _, metric := range Metrics {
		if fault := said[metric].fault; fault != nil {
			return fmt.Errorf("%w: %s: %s", ErrNotServable, metric, fault.Sentence)
		}
	}
	if c.unchecked != nil {
		return fmt.Errorf("%w: %w", ErrNotServable, c.unchecked)
	}
	return nil
}
