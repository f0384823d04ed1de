package engine

import (
	"fmt"
	"slices"
	"strings"

	"understudy/engine/fbas"
)

// read fills in the keys and sets that the analyses speak of.
func (o *oracle) read(semantics Semantics) {
	sent := map[string]*fbas.QuorumSet{}
	for _, node := range o.network.Nodes {
		if _, again := sent[node.PublicKey]; !again {
			sent[node.PublicKey] = node.QuorumSet
		}
	}
	if o.python {
		sent = asPython(sent)
	}
	for key := range sent {
		o.keys = append(o.keys, key)
	}
	slices.Sort(o.keys)
	for _, key := range o.keys {
		o.sets = append(o.sets, o.requirement(sent[key]))
	}
	if semantics == SemanticsRust {
		o.reduce()
	}
}

// asPython drops sets that make no sense, repeated entries of others, and adds
// the validators that are referred to.
func asPython(sent map[string]*fbas.QuorumSet) map[string]*fbas.QuorumSet {
	read := map[string]*fbas.QuorumSet{}
	for key, q := range sent {
		read[key] = nil
		if q != nil {
			if distinct, sound := onceEach(*q); sound {
				read[key] = &distinct
			}
		}
	}
	for key := range sent {
		if read[key] != nil {
			addMentioned(read, *read[key])
		}
	}
	return read
}

func onceEach(q fbas.QuorumSet) (once fbas.QuorumSet, sound bool) {
	once.Threshold = q.Threshold
	once.Validators = sorted(slices.Clone(q.Validators))
	once.Validators = slices.Compact(once.Validators)
	var forms []string
	for _, inner := range q.InnerQuorumSets {
		child, sound := onceEach(inner)
		if !sound {
			return once, false
		}
		if form := setText(child); !slices.Contains(forms, form) {
			forms = append(forms, form)
			once.InnerQuorumSets = append(once.InnerQuorumSets, child)
		}
	}
	members := len(once.Validators) + len(once.InnerQuorumSets)
	return once, 0 <= q.Threshold && q.Threshold <= members
}

func addMentioned(read map[string]*fbas.QuorumSet, q fbas.QuorumSet) {
	for _, key := range q.Validators {
		if _, known := read[key]; !known {
			read[key] = nil
		}
	}
	for _, inner := range q.InnerQuorumSets {
		addMentioned(read, inner)
	}
}

// requirement is a set over masks; keys that are not there are left out.
func (o *oracle) requirement(q *fbas.QuorumSet) *requirement {
	if q == nil {
		return nil
	}
	r := &requirement{threshold: q.Threshold}
	for _, key := range q.Validators {
		if i, known := slices.BinarySearch(o.keys, key); known {
			r.listed = append(r.listed, 1<<i)
		}
	}
	for i := range q.InnerQuorumSets {
		r.inner = append(r.inner, o.requirement(&q.InnerQuorumSets[i]))
	}
	return r
}

// only drops references to nodes that are not kept; thresholds stay, and an
// inner set left with fewer entries than its threshold vanishes.
func (q *requirement) only(kept mask) *requirement {
	if q == nil {
		return nil
	}
	out := &requirement{threshold: q.threshold}
	for _, node := range q.listed {
		if node&kept != 0 {
			out.listed = append(out.listed, node)
		}
	}
	for _, inner := range q.inner {
		if child := inner.only(kept); len(child.listed)+len(child.inner) >= child.threshold {
			out.inner = append(out.inner, child)
		}
	}
	return out
}

// reduce leaves the core of the Rust scanner.
func (o *oracle) reduce() {
	var kept mask
	for v, q := range o.sets {
		if q == nil || !q.metBy(1<<v) {
			kept |= 1 << v
		}
	}
	o.restrict(kept)
	satisfiable := o.satisfiable(kept)
	var core mask
	for _, component := range o.components() {
		if o.satisfiable(component&satisfiable) != 0 {
			core |= component & satisfiable
		}
	}
	o.restrict(core)
	core = o.satisfiable(core)
	o.restrict(core)
	o.renumber(core)
}

func (o *oracle) restrict(kept mask) {
	for v, q := range o.sets {
		o.sets[v] = q.only(kept)
		if kept>>v&1 == 0 {
			o.sets[v] = nil
		}
	}
}

// satisfiable is the greatest part of within that satisfies its own members.
func (o *oracle) satisfiable(within mask) mask {
	for {
		next := within
		for v, q := range o.sets {
			if q == nil || !q.metBy(within) {
				next &^= 1 << v
			}
		}
		if next == within {
			return within
		}
		within = next
	}
}

// components are the strongly connected components of the references, one for
// each node, in its order.
func (o *oracle) components() []mask {
	reach := o.reach()
	components := make([]mask, len(reach))
	for v := range reach {
		for u := range reach {
			if reach[v]>>u&1 == 1 && reach[u]>>v&1 == 1 {
				components[v] |= 1 << u
			}
		}
	}
	return components
}

// reach is what each node leads to, itself included.
func (o *oracle) reach() []mask {
	reach := make([]mask, len(o.sets))
	for v, q := range o.sets {
		reach[v] = q.mentioned() | 1<<v
	}
	for via := range reach {
		for v := range reach {
			if reach[v]>>via&1 == 1 {
				reach[v] |= reach[via]
			}
		}
	}
	return reach
}

// renumber leaves the kept nodes only.
func (o *oracle) renumber(kept mask) {
	place := map[mask]mask{}
	var keys []string
	var sets []*requirement
	for v, key := range o.keys {
		if kept>>v&1 == 1 {
			place[1<<v] = 1 << len(keys)
			keys = append(keys, key)
			sets = append(sets, o.sets[v])
		}
	}
	var move func(*requirement)
	move = func(q *requirement) {
		for i, node := range q.listed {
			q.listed[i] = place[node]
		}
		for _, inner := range q.inner {
			move(inner)
		}
	}
	for _, q := range sets {
		move(q)
	}
	o.keys, o.sets = keys, sets
}

// looksAt are the nodes that python-fbas looks at for quorums: what the first
// component that holds a quorum leads to. First is one that leads to no other,
// and of those the one with the smallest key.
func (o *oracle) looksAt() mask {
	reach, components := o.reach(), o.components()
	holds := make([]bool, len(reach))
	for v, component := range components {
		holds[v] = o.greatestBeside(component, 0) != 0
	}
	for v := range reach { // ascending keys
		leads := false
		for u := range reach {
			leads = leads || holds[u] && reach[v]>>u&1 == 1 && components[v]>>u&1 == 0
		}
		if holds[v] && !leads {
			return reach[v]
		}
	}
	return 0
}

// symmetric is the text of the symmetric top tier, or null.
func (o *oracle) symmetric() string {
	var found []string
	var tier mask
	texts := make([]string, len(o.sets))
	for v, q := range o.sets {
		if q != nil {
			texts[v] = o.text(o.named(v))
		}
	}
	for v, q := range o.sets {
		if q == nil || slices.Contains(found, texts[v]) {
			continue
		}
		members := q.mentioned() | 1<<v
		common := true
		for u := range o.sets {
			common = common && (members>>u&1 == 0 || texts[u] == texts[v])
		}
		if common {
			found = append(found, texts[v])
			tier = members
		}
	}
	if len(found) != 1 || o.greatestBeside(o.all&^tier, 0) != 0 {
		return "null"
	}
	return found[0]
}

// named is the set of a node with the owner in it.
func (o *oracle) named(v int) *requirement {
	q := *o.sets[v]
	if q.mentioned()>>v&1 == 0 {
		q.threshold++
		q.listed = append(slices.Clone(q.listed), 1<<v)
	}
	return &q
}

func (o *oracle) text(q *requirement) string { return setText(o.quorumSet(q)) }

func (o *oracle) quorumSet(q *requirement) fbas.QuorumSet {
	set := fbas.QuorumSet{Threshold: q.threshold}
	for _, node := range q.listed {
		for v, key := range o.keys {
			if node == 1<<v {
				set.Validators = append(set.Validators, key)
			}
		}
	}
	for _, inner := range q.inner {
		set.InnerQuorumSets = append(set.InnerQuorumSets, o.quorumSet(inner))
	}
	return set
}

// String shows what an oracle speaks of.
func (o *oracle) String() string {
	var lines []string
	for v, key := range o.keys {
		line := key
		if o.sets[v] != nil {
			line += " " + o.text(o.sets[v])
		}
		lines = append(lines, line)
	}
	return fmt.Sprint(strings.Join(lines, "; "))
}
