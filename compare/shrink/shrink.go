package shrink

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"understudy/compare"
	"understudy/compare/edit"
)

// ErrNotShown says that the network to start from does not show the target.
var ErrNotShown = errors.New("the network to start from does not show it")

// Ask asks both sides about one request and judges their answers. An error means
// that the target did not show.
type Ask func(ctx context.Context, body []byte) (compare.Result, error)

// Options are how far to go; the zero value will do.
type Options struct {
	// MaxAsks bounds how often both sides are asked; 0 means 5,000.
	MaxAsks int
	// KeepNames leaves nodes and organizations their names.
	KeepNames bool
	// Progress is told of every ask, if it is not nil.
	Progress func(Step)
}

const defaultMaxAsks = 5000

// Step is one ask.
type Step struct {
	Asked int    // with this one
	Phase string // what is being taken away, such as "nodes"
	Shown bool   // the network asked about shows the target
	// Nodes and Members are those of the smallest network so far; members are
	// those of all quorum sets, inner sets included.
	Nodes, Members int
}

// Shrunk is the smallest network found.
type Shrunk struct {
	// Body is the request that shows the target, Result what came of it.
	Body   []byte
	Result compare.Result
	// Nodes and Members count as in Step; those of the start come first.
	StartNodes, StartMembers int
	Nodes, Members           int
	Asked                    int
	// Minimal says that no single step makes it smaller. Else Stopped says what
	// ended the search: "asks" (MaxAsks) or "time" (the context).
	Minimal bool
	Stopped string
	// Names are the former keys of the nodes by their new ones; nil if they kept
	// them.
	Names map[string]string
}

// Shrink looks for the smallest network that shows the target. When the context
// ends or the asks are used up, the smallest one so far is the result, and no
// error. It is an error if body is no request, or does not show the target.
func Shrink(ctx context.Context, body []byte, want Target, ask Ask, o Options) (Shrunk, error) {
	if o.MaxAsks == 0 {
		o.MaxAsks = defaultMaxAsks
	}
	network, err := edit.Read(body)
	if err != nil {
		return Shrunk{}, fmt.Errorf("shrink: %w", err)
	}
	r := &run{ctx: ctx, want: want, ask: ask, options: o, seen: make(map[digest]bool)}
	if err := r.start(body, network); err != nil {
		return Shrunk{}, fmt.Errorf("shrink: %w", err)
	}
	out := Shrunk{StartNodes: r.size.nodes(), StartMembers: r.size.members()}
	r.reduce()
	out.Stopped = r.stopped()
	out.Minimal = out.Stopped == ""
	if !o.KeepNames {
		out.Names = r.shorten()
	}
	out.Body, out.Result, out.Asked = r.body, r.result, r.asked
	out.Nodes, out.Members = r.size.nodes(), r.size.members()
	return out, nil
}

// start asks about the request as it is, then as this package writes it.
func (r *run) start(body []byte, network *edit.Network) error {
	r.phase = "start"
	r.size = sizeOf(network)
	result, err := r.put(body)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", ErrNotShown, err)
	case !r.want.Shown(result):
		return fmt.Errorf("%w: want %s, got %s", ErrNotShown, r.want, r.want.found(result))
	}
	r.network, r.body, r.result = network, body, result
	r.report(true)
	// The same request in other letters. If a side thinks otherwise, the original
	// stays until something smaller shows.
	r.seen[sha256.Sum256(body)] = true
	r.adopt(network)
	return nil
}

// found says what r says of the target's metric.
func (t Target) found(r compare.Result) string {
	if m := t.of(r); m != nil {
		return string(m.Verdict)
	}
	if r.Reason != "" {
		return fmt.Sprintf("%s (%s)", r.Verdict, r.Reason)
	}
	return string(r.Verdict)
}

// reduce goes round the steps until a round changes nothing.
func (r *run) reduce() {
	for {
		before := r.size
		for _, pass := range []struct {
			phase string
			run   func()
		}{
			{"fields", r.allFields},
			{"core", r.outsideCore},
			{"organizations and inner sets", r.groups},
			{"nodes", r.nodes},
			{"references to nobody", r.strangers},
			{"inner sets", r.innerSets},
			{"members", r.members},
			{"quorum sets", r.sets},
			{"thresholds", r.thresholds},
			{"organizations", r.organizations},
			{"faulty nodes", r.faulty},
			{"fields", r.eachField},
		} {
			r.phase = pass.phase
			pass.run()
		}
		if r.stopped() != "" || r.size == before {
			return
		}
	}
}
