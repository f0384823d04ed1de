package shrink

import (
	"context"
	"crypto/sha256"
	"errors"

	"understudy/compare"
	"understudy/compare/edit"
)

type digest = [sha256.Size]byte

var errStopped = errors.New("the asks or the time are used up")

// run is one search: the smallest network so far, and what was asked.
type run struct {
	ctx     context.Context
	want    Target
	ask     Ask
	options Options

	network *edit.Network // never changed: steps work on copies
	body    []byte        // that of network
	result  compare.Result
	size    size

	phase string
	asked int
	seen  map[digest]bool // requests asked about
}

// stopped says what keeps it from asking on, or "".
func (r *run) stopped() string {
	switch {
	case r.ctx.Err() != nil:
		return "time"
	case r.asked >= r.options.MaxAsks:
		return "asks"
	}
	return ""
}

// try makes a smaller network of a copy and keeps it if it shows the target.
func (r *run) try(change func(*edit.Network)) bool {
	if r.stopped() != "" {
		return false
	}
	next := r.network.Clone()
	change(next)
	return sizeOf(next).less(r.size) && r.adopt(next)
}

// shrinks tries what makes lists shorter, with every treatment of thresholds.
// The one in proportion comes first: it keeps "two thirds of all" what it is.
func (r *run) shrinks(change func(*edit.Network, edit.Loss)) bool {
	for _, loss := range []edit.Loss{edit.Scale, edit.Lower, edit.Keep} {
		if r.try(func(n *edit.Network) { change(n, loss) }) {
			return true
		}
	}
	return false
}

// adopt asks about a network and keeps it if it shows the target.
func (r *run) adopt(n *edit.Network) bool {
	body := n.Bytes()
	key := sha256.Sum256(body)
	if r.seen[key] {
		return false
	}
	r.seen[key] = true
	result, err := r.put(body)
	if err != nil || !r.want.Shown(result) {
		return false
	}
	r.network, r.body, r.result, r.size = n, body, result, sizeOf(n)
	r.report(true)
	return true
}

// put asks both sides.
func (r *run) put(body []byte) (compare.Result, error) {
	if r.stopped() != "" {
		return compare.Result{}, errStopped
	}
	r.asked++
	result, err := r.ask(r.ctx, body)
	if err != nil || !r.want.Shown(result) {
		r.report(false)
	}
	return result, err
}

func (r *run) report(shown bool) {
	if r.options.Progress != nil {
		r.options.Progress(Step{Asked: r.asked, Phase: r.phase, Shown: shown, Nodes: r.size.nodes(), Members: r.size.members()})
	}
}
