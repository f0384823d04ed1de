package shrink

import (
	"encoding/json"
	"maps"
	"slices"

	"understudy/compare/edit"
)

// asking are the fields of a request that say how to answer it. They stay: the
// same question has to be asked of the smaller network.
var asking = []string{"include_sets", "max_sets", "timeout_ms", "semantics", "clean"}

type object = map[string]json.RawMessage

// objects are all that have fields, by kind.
func objects(n *edit.Network) (request object, nodes, lists, organizations []object) {
	for i := range n.Nodes {
		nodes = append(nodes, n.Nodes[i].Fields)
	}
	n.Lists(func(s *edit.Set) { lists = append(lists, s.Fields) })
	for i := range n.Organizations {
		organizations = append(organizations, n.Organizations[i].Fields)
	}
	return n.Fields, nodes, lists, organizations
}

// allFields takes fields away everywhere: all at once, all but those that may
// name a group, then name by name.
func (r *run) allFields() {
	strip := func(n *edit.Network, gone func(name string) bool) {
		request, nodes, lists, _ := objects(n)
		maps.DeleteFunc(request, func(name string, _ json.RawMessage) bool {
			return name != "merge_by" && !slices.Contains(asking, name) && gone(name)
		})
		for _, o := range append(nodes, lists...) {
			maps.DeleteFunc(o, func(name string, _ json.RawMessage) bool { return gone(name) })
		}
	}
	if r.try(func(n *edit.Network) { strip(n, func(string) bool { return true }) }) {
		return
	}
	grouping := []string{"geoData", "isp", "quorumSet", "innerQuorumSets"}
	r.try(func(n *edit.Network) { strip(n, func(name string) bool { return !slices.Contains(grouping, name) }) })
	for _, name := range r.fieldNames() {
		r.try(func(n *edit.Network) { strip(n, func(other string) bool { return other == name }) })
	}
}

func (r *run) fieldNames() []string {
	names := make(map[string]bool)
	_, nodes, lists, _ := objects(r.network)
	for _, o := range append(nodes, lists...) {
		for name := range o {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// eachField takes single fields away.
func (r *run) eachField() {
	request, _, _, _ := objects(r.network)
	for _, name := range slices.Sorted(maps.Keys(request)) {
		if !slices.Contains(asking, name) {
			r.try(func(n *edit.Network) { delete(n.Fields, name) })
		}
	}
	r.fieldsOf(func(n *edit.Network) []object { _, nodes, _, _ := objects(n); return nodes })
	r.fieldsOf(func(n *edit.Network) []object { _, _, lists, _ := objects(n); return lists })
	r.fieldsOf(func(n *edit.Network) []object { _, _, _, organizations := objects(n); return organizations })
}

func (r *run) fieldsOf(some func(*edit.Network) []object) {
	for i, o := range some(r.network) {
		for _, name := range slices.Sorted(maps.Keys(o)) {
			r.try(func(n *edit.Network) { delete(some(n)[i], name) })
		}
	}
}

// organizations takes all of them away, or single ones, or their validators.
func (r *run) organizations() {
	if r.network.Organizations == nil || r.try(func(n *edit.Network) { n.Organizations = nil }) {
		return
	}
	for i := 0; i < len(r.network.Organizations); {
		if !r.try(func(n *edit.Network) { n.Organizations = slices.Delete(n.Organizations, i, i+1) }) {
			i++
		}
	}
	for i := range r.network.Organizations {
		for j := 0; j < len(r.network.Organizations[i].Validators); {
			if !r.try(func(n *edit.Network) {
				n.Organizations[i].Validators = slices.Delete(n.Organizations[i].Validators, j, j+1)
			}) {
				j++
			}
		}
	}
}

// faulty takes all faulty nodes off their list, or single ones.
func (r *run) faulty() {
	if r.network.Faulty == nil || r.try(func(n *edit.Network) { n.Faulty = nil }) {
		return
	}
	for i := 0; i < len(r.network.Faulty); {
		if !r.try(func(n *edit.Network) { n.Faulty = slices.Delete(n.Faulty, i, i+1) }) {
			i++
		}
	}
}
