package shrink

import (
	"slices"

	"understudy/compare/edit"
	"understudy/engine/fbas"
	"understudy/engine/witness"
)

// outsideCore takes away all that the reduction before every analysis leaves
// out; what it leaves out changes no answer to the definition.
func (r *run) outsideCore() {
	network, err := fbas.Read(r.body, fbas.DefaultLimits())
	if err != nil {
		return
	}
	core, err := witness.Reduce(network)
	if err != nil {
		return // keys repeat: nothing is left out then
	}
	r.removeKeys(func(key string) bool { return !slices.Contains(core.Keys(), key) })
}

// removeKeys takes away the nodes with some keys.
func (r *run) removeKeys(gone func(key string) bool) bool {
	var places []int
	for i := range r.network.Nodes {
		if gone(r.network.Nodes[i].Key) {
			places = append(places, i)
		}
	}
	if len(places) == 0 {
		return false
	}
	return r.shrinks(func(n *edit.Network, loss edit.Loss) { n.Remove(loss, places...) })
}

// groups takes away the nodes of whole organizations and inner sets.
func (r *run) groups() {
	chunks(len(groupsOf(r.network)), func(from, to int) (tried, gone int) {
		now := groupsOf(r.network)
		to = min(to, len(now))
		if from >= to {
			return 0, 0
		}
		var keys []string
		for _, group := range now[from:to] {
			keys = append(keys, group...)
		}
		if r.removeKeys(func(key string) bool { return slices.Contains(keys, key) }) {
			return to - from, len(now) - len(groupsOf(r.network))
		}
		return to - from, 0
	})
}

// nodes takes away nodes.
func (r *run) nodes() {
	chunks(len(r.network.Nodes), func(from, to int) (tried, gone int) {
		had := len(r.network.Nodes)
		to = min(to, had)
		if from >= to {
			return 0, 0
		}
		places := make([]int, 0, to-from)
		for i := from; i < to; i++ {
			places = append(places, i)
		}
		r.shrinks(func(n *edit.Network, loss edit.Loss) { n.Remove(loss, places...) })
		return to - from, had - len(r.network.Nodes)
	})
}

// chunks offers the items from..to in halves, quarters and so on down to single
// ones. The callback says how many it tried, 0 at the end, and how many are gone.
func chunks(items int, take func(from, to int) (tried, gone int)) {
	for width := (items + 1) / 2; width > 0; width /= 2 {
		for at := 0; ; {
			tried, gone := take(at, at+width)
			if tried == 0 {
				break
			}
			at += tried - min(gone, tried)
		}
	}
}

// strangers takes away the references to validators that are not there.
func (r *run) strangers() {
	here := make(map[string]bool)
	for _, key := range r.network.Keys() {
		here[key] = true
	}
	r.shrinks(func(n *edit.Network, loss edit.Loss) {
		n.Forget(loss, func(key string) bool { return !here[key] })
	})
}

// groupsOf are the keys of organizations and of the validators of inner sets, in
// the order of the network. A key belongs to the first of them only, and one that
// is alone to none.
func groupsOf(n *edit.Network) [][]string {
	here := make(map[string]bool)
	for _, key := range n.Keys() {
		here[key] = true
	}
	var out [][]string
	taken := make(map[string]bool)
	add := func(keys []string) {
		var group []string
		for _, key := range keys {
			if here[key] && !taken[key] && !slices.Contains(group, key) {
				group = append(group, key)
			}
		}
		if len(group) < 2 {
			return
		}
		for _, key := range group {
			taken[key] = true
		}
		out = append(out, group)
	}
	for _, o := range n.Organizations {
		add(o.Validators)
	}
	n.Lists(func(outer *edit.Set) {
		for i := range outer.Inner {
			add(outer.Inner[i].Validators)
		}
	})
	return out
}
