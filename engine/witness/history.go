package witness

import (
	"encoding/json"
	"fmt"
	"slices"

	"understudy/engine/fbas"
)

// A set is history-critical when some quorum has no member outside it whose
// history archive is in order: should the archives of the set fail too, that
// quorum may go on and nobody keeps what it decides.

// CheckHistoryCritical says why h is not what quorum, a quorum, has of members
// without a history error.
func (c *Core) CheckHistoryCritical(h, quorum []string) error {
	critical, err := c.critical(quorum)
	if err != nil {
		return err
	}
	claimed := slices.Sorted(slices.Values(h))
	if !slices.Equal(claimed, critical) {
		return fmt.Errorf("the members of %s without a history error are %s, not %s", braces(quorum), braces(critical), braces(h))
	}
	return nil
}

// CheckMinimalHistoryCritical says why h is not history-critical, or which
// member it does not need for that. No quorum has to be shown: there is one
// exactly if h and all nodes with a history error contain one.
func (c *Core) CheckMinimalHistoryCritical(h []string) error {
	set, err := c.set(h)
	if err != nil {
		return err
	}
	return c.minimalQuorum(singletons(set), h, c.archivesFailed())
}

// CheckHistoryCritical says why the named groups are not those of the members
// of quorum, a quorum, without a history error.
func (g *Groups) CheckHistoryCritical(names, quorum []string) error {
	critical, err := g.core.critical(quorum)
	if err != nil {
		return err
	}
	return g.CheckImage(names, critical)
}

// CheckMinimalHistoryCritical says why the union of the named groups is not
// history-critical, or which group it does not need for that.
func (g *Groups) CheckMinimalHistoryCritical(names []string) error {
	failed := g.core.archivesFailed()
	return g.check(names, func(parts [][]int) error { return g.core.minimalQuorum(parts, names, failed) })
}

// critical returns the members of quorum without a history error, sorted.
func (c *Core) critical(quorum []string) ([]string, error) {
	if err := c.CheckQuorum(quorum); err != nil {
		return nil, err
	}
	out := []string{}
	for _, key := range quorum {
		if !archiveFailed(c.nodes[c.index[key]]) {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out, nil
}

func (c *Core) archivesFailed() []int {
	var failed []int
	for v, n := range c.nodes {
		if archiveFailed(n) {
			failed = append(failed, v)
		}
	}
	return failed
}

// archiveFailed says whether n has a history error: it does unless the node
// says otherwise. What is not a boolean counts as it does in Python: null, zero
// and what is empty as no error, everything else as one.
func archiveFailed(n *fbas.Node) bool {
	raw, sent := n.Attributes["historyArchiveHasError"]
	var value any
	if !sent || json.Unmarshal(raw, &value) != nil {
		return true
	}
	switch value := value.(type) {
	case bool:
		return value
	case float64:
		return value != 0
	case string:
		return value != ""
	case []any:
		return len(value) > 0
	case map[string]any:
		return len(value) > 0
	}
	return false // null
}
