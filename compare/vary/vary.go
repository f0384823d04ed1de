package vary

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"understudy/compare/edit"
	"understudy/engine/fbas"
	"understudy/engine/witness"
)

// ErrNothing says that nothing about a network can be varied: nobody has a
// quorum set of more than one member.
var ErrNothing = errors.New("nothing to vary")

// draw is one variation being made.
type draw struct {
	*edit.Network
	random *rand.Rand
	// matters says whether a node is in the core, or whether there is none: what
	// varies outside the core changes no answer, and was asked before.
	matters func(key string) bool
}

// Request makes one variation of a request to the scanner API, and says in plain
// words which. The errors are those of edit.Read, and ErrNothing.
func Request(body []byte, seed uint64) (varied []byte, description string, err error) {
	n, err := edit.Read(body)
	if err != nil {
		return nil, "", fmt.Errorf("vary: %w", err)
	}
	d := draw{n, rand.New(rand.NewPCG(seed, uint64(len(n.Nodes)))), core(body)}
	kinds := []func() string{d.validatorGone, d.thresholdUp, d.thresholdDown, d.organizationSplit}
	for _, kind := range d.random.Perm(len(kinds)) {
		if description = kinds[kind](); description != "" {
			return n.Bytes(), description, nil
		}
	}
	return nil, "", fmt.Errorf("vary: %w", ErrNothing)
}

// core says who is in the core of a request, or says yes to everyone.
func core(body []byte) func(key string) bool {
	everyone := func(string) bool { return true }
	network, _, err := fbas.ReadRequest(body, fbas.DefaultLimits())
	if err != nil {
		return everyone
	}
	core, err := witness.Reduce(network)
	if err != nil || len(core.Keys()) == 0 {
		return everyone
	}
	inside := make(map[string]bool)
	for _, key := range core.Keys() {
		inside[key] = true
	}
	return func(key string) bool { return inside[key] }
}

// one draws an item; there is at least one.
func one[T any](d draw, items []T) T { return items[d.random.IntN(len(items))] }

// name is what people call a node.
func name(n *edit.Node) string {
	key := n.Key
	if len(key) > 20 {
		key = key[:4] + "..." + key[len(key)-4:]
	}
	if text := edit.Text(n.Fields, "name"); text != "" {
		return fmt.Sprintf("%s (%s)", text, key)
	}
	return fmt.Sprintf("%q", key)
}
