package vary

import (
	"fmt"

	"understudy/compare/edit"
)

// validatorGone takes away a node that has a quorum set, and every reference to
// it. Thresholds stay, as those of a real network would, but never above what is
// left of their list. A node that is left with an empty quorum set has none.
func (d draw) validatorGone() string {
	var candidates []int
	empty := make(map[*edit.Set]bool) // as they were sent
	for i := range d.Nodes {
		set := d.Nodes[i].Set
		if set == nil {
			continue
		}
		empty[set] = set.Members() == 0
		if d.matters(d.Nodes[i].Key) {
			candidates = append(candidates, i)
		}
	}
	if len(candidates) < 2 { // a network without validators is none
		return ""
	}
	i := one(d, candidates)
	gone := name(&d.Nodes[i])
	d.Remove(edit.Fit, i)
	for i := range d.Nodes {
		if set := d.Nodes[i].Set; set != nil && set.Members() == 0 && !empty[set] {
			d.Nodes[i].Set = nil
		}
	}
	return fmt.Sprintf("validator %s gone", gone)
}
