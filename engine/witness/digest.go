package witness

import (
	"crypto/sha256"
	"fmt"
)

// Digest returns a digest of the core and of how its nodes are grouped and
// shown. The order of nodes, of lists and of validators inside a group does not
// change it, nor does anything outside the core; quorum sets and names do.
func (g *Groups) Digest() [sha256.Size]byte {
	h := sha256.New()
	for v, n := range g.core.needs {
		asked := "nothing"
		switch {
		case g.core.asks[v]:
			asked = n.canonical()
		case g.core.free:
			asked = "anything"
		}
		group := g.members[g.rep[v]][0] // the least node: which one represents does not matter
		fmt.Fprintf(h, "%q %s %d %q\n", g.core.keys[v], asked, group, g.shown[g.rep[v]])
	}
	return [sha256.Size]byte(h.Sum(nil))
}
