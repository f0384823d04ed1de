package engine

import (
	"math/bits"
	"slices"
	"strings"

	"understudy/engine/fbas"
)

// oracle evaluates the definitions by trying all subsets, over public keys and
// nested sets as they were sent. It shares no code with the engine: it is slow
// and plain, and serves networks of at most 12 core nodes.
type oracle struct {
	network *fbas.Network
	keys    []string // core, sorted
	sets    []fbas.QuorumSet
	quorums []uint // minimal, as bit masks over keys
}

type keySet map[string]bool

func meets(q fbas.QuorumSet, in keySet) bool {
	n := 0
	for _, key := range q.Validators {
		if in[key] {
			n++
		}
	}
	for _, inner := range q.InnerQuorumSets {
		if meets(inner, in) {
			n++
		}
	}
	return n >= q.Threshold
}

// only drops references to keys that are not kept; thresholds stay, and an
// inner set left with fewer entries than its threshold vanishes.
func only(q fbas.QuorumSet, kept keySet) fbas.QuorumSet {
	out := fbas.QuorumSet{Threshold: q.Threshold}
	for _, key := range q.Validators {
		if kept[key] {
			out.Validators = append(out.Validators, key)
		}
	}
	for _, inner := range q.InnerQuorumSets {
		child := only(inner, kept)
		if len(child.Validators)+len(child.InnerQuorumSets) >= child.Threshold {
			out.InnerQuorumSets = append(out.InnerQuorumSets, child)
		}
	}
	return out
}

func mentioned(q fbas.QuorumSet, into keySet) {
	for _, key := range q.Validators {
		into[key] = true
	}
	for _, inner := range q.InnerQuorumSets {
		mentioned(inner, into)
	}
}

func greatest(sets map[string]fbas.QuorumSet, within keySet) keySet {
	u := keySet{}
	for key := range within {
		u[key] = true
	}
	for changed := true; changed; {
		changed = false
		for key := range u {
			if q, ok := sets[key]; !ok || !meets(q, u) {
				delete(u, key)
				changed = true
			}
		}
	}
	return u
}

// newOracle reduces a network without repeated keys.
func newOracle(n *fbas.Network, raw bool) *oracle {
	sets := map[string]fbas.QuorumSet{}
	kept := keySet{}
	for _, node := range n.Nodes {
		kept[node.PublicKey] = true
		if node.QuorumSet != nil {
			sets[node.PublicKey] = *node.QuorumSet
		}
	}
	restrict := func() {
		for key, q := range sets {
			if !kept[key] {
				delete(sets, key)
				continue
			}
			sets[key] = only(q, kept)
		}
	}
	restrict()
	if !raw {
		var alone []string
		for key, q := range sets {
			if meets(q, keySet{key: true}) {
				alone = append(alone, key)
			}
		}
		for _, key := range alone {
			delete(kept, key)
		}
		restrict()
		kept = coreOf(sets, kept)
		restrict()
		kept = greatest(sets, kept)
		restrict()
	}
	o := &oracle{network: n}
	for key := range kept {
		o.keys = append(o.keys, key)
	}
	slices.Sort(o.keys)
	for _, key := range o.keys {
		q, ok := sets[key]
		if !ok {
			q = fbas.QuorumSet{Threshold: 1}
		}
		o.sets = append(o.sets, q)
	}
	o.quorums = o.minimalQuorums()
	return o
}

func coreOf(sets map[string]fbas.QuorumSet, all keySet) keySet {
	reach := map[string]keySet{}
	for key := range all {
		seen, todo := keySet{key: true}, []string{key}
		for len(todo) > 0 {
			next := todo[0]
			todo = todo[1:]
			refs := keySet{}
			mentioned(sets[next], refs)
			for ref := range refs {
				if !seen[ref] {
					seen[ref] = true
					todo = append(todo, ref)
				}
			}
		}
		reach[key] = seen
	}
	satisfiable := greatest(sets, all)
	kept := keySet{}
	for key := range satisfiable {
		component := keySet{}
		for other := range satisfiable {
			if reach[key][other] && reach[other][key] {
				component[other] = true
			}
		}
		if len(greatest(sets, component)) > 0 {
			kept[key] = true
		}
	}
	return kept
}

func (o *oracle) in(mask uint) keySet {
	set := keySet{}
	for i, key := range o.keys {
		if mask>>i&1 == 1 {
			set[key] = true
		}
	}
	return set
}

func (o *oracle) isQuorum(mask uint, sets []fbas.QuorumSet) bool {
	in := o.in(mask)
	for i := range o.keys {
		if mask>>i&1 == 1 && !meets(sets[i], in) {
			return false
		}
	}
	return mask != 0
}

// minimalWith lists the inclusion-minimal masks that have a property.
func (o *oracle) minimalWith(has func(uint) bool) []uint {
	var found []uint
	for size := 0; size <= len(o.keys); size++ {
		for mask := range uint(1) << len(o.keys) {
			if bits.OnesCount(mask) != size || slices.ContainsFunc(found, func(f uint) bool { return f&mask == f }) {
				continue
			}
			if has(mask) {
				found = append(found, mask)
			}
		}
	}
	return found
}

func (o *oracle) minimalQuorums() []uint {
	return o.minimalWith(func(mask uint) bool { return o.isQuorum(mask, o.sets) })
}

func (o *oracle) intersects() bool {
	for _, a := range o.quorums {
		for _, b := range o.quorums {
			if a&b == 0 {
				return false
			}
		}
	}
	return len(o.quorums) > 0
}

func (o *oracle) blocking(faulty []string) []uint {
	if len(o.quorums) == 0 {
		return nil
	}
	var failed uint
	for i, key := range o.keys {
		if slices.Contains(faulty, key) {
			failed |= 1 << i
		}
	}
	hitting := o.minimalWith(func(mask uint) bool {
		return !slices.ContainsFunc(o.quorums, func(q uint) bool { return q&mask == 0 })
	})
	for i := range hitting {
		hitting[i] &^= failed
	}
	return minimalMasks(hitting)
}

func minimalMasks(masks []uint) []uint {
	slices.SortFunc(masks, func(a, b uint) int { return bits.OnesCount(a) - bits.OnesCount(b) })
	var kept []uint
	for _, mask := range masks {
		if !slices.ContainsFunc(kept, func(k uint) bool { return k&mask == k }) {
			kept = append(kept, mask)
		}
	}
	return kept
}

// without deletes keys from a set: each list asks for one less per entry that
// it loses.
func without(q fbas.QuorumSet, gone keySet) fbas.QuorumSet {
	out := fbas.QuorumSet{Threshold: q.Threshold}
	for _, key := range q.Validators {
		if gone[key] {
			out.Threshold = max(0, out.Threshold-1)
		} else {
			out.Validators = append(out.Validators, key)
		}
	}
	for _, inner := range q.InnerQuorumSets {
		out.InnerQuorumSets = append(out.InnerQuorumSets, without(inner, gone))
	}
	return out
}

func (o *oracle) splitting() []uint {
	full := uint(1)<<len(o.keys) - 1
	return o.minimalWith(func(gone uint) bool {
		keys := o.in(gone)
		sets := make([]fbas.QuorumSet, len(o.sets))
		for i, q := range o.sets {
			sets[i] = without(q, keys)
		}
		rest := full &^ gone
		var quorums []uint
		for mask := rest; mask != 0; mask = (mask - 1) & rest {
			if o.isQuorum(mask, sets) {
				quorums = append(quorums, mask)
			}
		}
		for i, a := range quorums {
			if slices.ContainsFunc(quorums[i:], func(b uint) bool { return a&b == 0 }) {
				return true
			}
		}
		return false
	})
}

// merge maps masks to groups and names the minimal sets.
func (o *oracle) merge(masks []uint, by MergeBy) [][]string {
	rep, name := o.groups(by)
	var sets [][]string
	mapped := make([]uint, len(masks))
	for i, mask := range masks {
		for k := range o.keys {
			if mask>>k&1 == 1 {
				mapped[i] |= 1 << rep[k]
			}
		}
	}
	slices.Sort(mapped)
	for _, mask := range minimalMasks(slices.Compact(mapped)) {
		set := []string{}
		for k := range o.keys {
			if mask>>k&1 == 1 {
				set = append(set, name[k])
			}
		}
		sets = append(sets, set)
	}
	return sets
}

func (o *oracle) groups(by MergeBy) (rep []int, name []string) {
	for i, key := range o.keys {
		rep = append(rep, i)
		name = append(name, key)
	}
	join := func(list []string, called string) {
		first := -1
		for _, key := range list {
			i := slices.Index(o.keys, key)
			if i < 0 {
				continue
			}
			if first < 0 {
				first = i
			} else {
				rep[i] = first
			}
			name[i] = called
		}
	}
	if by == MergeOrganization {
		for _, org := range o.network.Organizations {
			join(org.Validators, org.Name)
		}
		return rep, name
	}
	lists := map[string][]string{}
	for _, node := range o.network.Nodes {
		value := map[MergeBy]*string{MergeCountry: node.Country, MergeISP: node.ISP}[by]
		if value == nil || by == MergeCountry && *value == "" {
			continue
		}
		cleaned := strings.TrimSuffix(strings.ReplaceAll(*value, ",", ""), ".")
		lists[cleaned] = append(lists[cleaned], node.PublicKey)
	}
	for called, list := range lists {
		join(list, called)
	}
	return rep, name
}
