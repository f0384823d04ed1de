package quality

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"understudy/engine/fbas"
)

// What Clean does, in the order of its Changes.
const (
	// DropNode: a node had no valid quorum set, or none was left.
	DropNode = "drop-node"
	// DropReference: a quorum set no longer names validators that are not there.
	DropReference = "drop-reference"
	// DropInnerSet: an inner set that can't be met any more is gone.
	DropInnerSet = "drop-inner-set"
	// DropOrganizationMember: an organization no longer lists validators that are
	// not there.
	DropOrganizationMember = "drop-organization-member"
)

var actions = []string{DropNode, DropReference, DropInnerSet, DropOrganizationMember}

// Change is one thing that Clean did.
type Change struct {
	Action string `json:"action"`
	// Node is the node dropped or changed; "" where it is an organization.
	Node string `json:"node"`
	// Detail is a sentence of at most MaxDetail bytes.
	Detail string `json:"detail"`
	// Related are, sorted and each once: for DropNode the absent validators that
	// its set names, where it fell for lack of them; for DropReference and
	// DropOrganizationMember the references dropped; for DropInnerSet the
	// validators, still there, that the inner set named. Changes may share the
	// list: it must not be changed.
	Related []string `json:"related,omitempty"`
}

// Clean drops nodes without a valid quorum set and references to validators that
// were not crawled, and says what it did, sorted by action, node and detail. n is
// not changed; what needed no change is shared with it.
//
// A quorum set is valid when its threshold, and that of each set inside it, is at
// least 1 and at most the number of its entries as sent, a repeated entry counting
// each time. Stellar Core ignores a node whose thresholds are otherwise, and
// python-fbas takes it as one without a set; the Rust scanner goes by the letter,
// so a set that is met in part by nothing (threshold-zero in an inner set) counts
// there and is dropped here. Duplicate nodes and entries are left alone.
//
// Thresholds stay as sent. A dropped node is one more validator that isn't there,
// so dropping goes on until nothing changes: no reference to an absent validator is
// left, and cleaning again does nothing. But losing references doesn't make a
// set invalid by itself, or a single organization that was not crawled would take
// with it every node that names it. Where references leave an inner set fewer
// entries than its threshold, that inner set alone goes, as in System.Reduce of
// package fbas; the node goes only where this reaches its whole set. Either could
// never be met again, so this costs no quorum.
func Clean(n *fbas.Network) (*fbas.Network, []Change) {
	c := newCleaner(n)
	for i := range n.Nodes {
		c.judge(i)
	}
	c.settle()
	cleaned := &fbas.Network{OrganizationsError: n.OrganizationsError}
	for i := range n.Nodes {
		if !c.dropped[i] {
			node := n.Nodes[i]
			node.QuorumSet = c.shrink(&node)
			cleaned.Nodes = append(cleaned.Nodes, node)
		}
	}
	for _, org := range n.Organizations {
		cleaned.Organizations = append(cleaned.Organizations, c.organization(org))
	}
	slices.SortStableFunc(c.changes, func(a, b Change) int {
		return cmp.Or(
			cmp.Compare(slices.Index(actions, a.Action), slices.Index(actions, b.Action)),
			strings.Compare(a.Node, b.Node),
			strings.Compare(a.Detail, b.Detail),
		)
	})
	return cleaned, c.changes
}

func (c *cleaner) change(action, node string, related []string, format string, args ...any) {
	c.changes = append(c.changes, Change{action, node, bounded(fmt.Sprintf(format, args...)), related})
}

// judge drops a node whose set is not valid as sent, and enters the sets of
// others into the count.
func (c *cleaner) judge(i int) {
	node := &c.network.Nodes[i]
	if node.QuorumSet == nil {
		c.change(DropNode, node.PublicKey, nil, "%s is dropped: it published no quorum set.", show(node.PublicKey))
		c.drop(i)
		return
	}
	counted, known := c.counted[node.QuorumSet]
	if !known {
		counted = &countedSet{why: invalid(node.QuorumSet, "its quorum set")}
		if counted.why == "" {
			counted = c.count(node.QuorumSet, nil)
		}
		c.counted[node.QuorumSet] = counted
	}
	if counted.why != "" {
		c.change(DropNode, node.PublicKey, nil, "%s is dropped: %s.", show(node.PublicKey), counted.why)
		c.drop(i)
		return
	}
	counted.owners = append(counted.owners, i)
}

// invalid says what makes a quorum set invalid as sent; "" where it is valid.
func invalid(set *fbas.QuorumSet, what string) string {
	entries := len(set.Validators) + len(set.InnerQuorumSets)
	if set.Threshold <= 0 {
		return fmt.Sprintf("%s has a threshold of %d; at least 1 is valid", what, set.Threshold)
	}
	if set.Threshold > entries {
		return fmt.Sprintf("%s asks for %d and has %s", what, set.Threshold, entriesOf(entries))
	}
	worst := "" // the first in order, so that the order of inner sets makes no difference
	for i := range set.InnerQuorumSets {
		inner := &set.InnerQuorumSets[i]
		if why := invalid(inner, describe(inner)); why != "" && (worst == "" || why < worst) {
			worst = why
		}
	}
	return worst
}

// organization drops members that are not among the nodes left.
func (c *cleaner) organization(org fbas.Organization) fbas.Organization {
	var gone []string
	for _, key := range org.Validators {
		if c.nodes[key] == 0 {
			gone = append(gone, key)
		}
	}
	if gone == nil {
		return org
	}
	kept := org
	kept.Validators = []string{}
	for _, key := range org.Validators {
		if c.nodes[key] > 0 {
			kept.Validators = append(kept.Validators, key)
		}
	}
	slices.Sort(gone)
	gone = slices.Compact(gone)
	c.change(DropOrganizationMember, "", gone, "Organization %s no longer lists %s.", show(org.Name), names(gone))
	return kept
}
