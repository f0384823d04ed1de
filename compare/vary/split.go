package vary

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"understudy/compare/edit"
)

// organizationSplit makes two of an organization: two entries among the
// organizations, and in everyone's quorum sets two inner sets where there was
// its own. A network without organizations has its inner sets for them.
func (d draw) organizationSplit() string {
	all := d.organizations()
	if len(all) == 0 {
		return ""
	}
	organization := one(d, all)
	keys := slices.Clone(organization.keys)
	d.random.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	cut := 1 + d.random.IntN(len(keys)-1)
	first := make(map[string]bool, cut)
	for _, key := range keys[:cut] {
		first[key] = true
	}
	if organization.entry >= 0 {
		d.splitEntry(organization.entry, first)
	}
	member := make(map[string]bool, len(keys))
	for _, key := range keys {
		member[key] = true
	}
	split := 0
	d.Lists(func(s *edit.Set) { split += splitInside(s, member, first) })
	if organization.entry < 0 && split == 0 {
		return "" // never: it was found as an inner set
	}
	return fmt.Sprintf("%s split in two, in %d quorum sets: %s | %s", organization.name, split, d.list(keys[:cut]), d.list(keys[cut:]))
}

type organization struct {
	name  string
	keys  []string // each once
	entry int      // among the organizations; -1: an inner set
}

// organizations are those of at least two validators.
func (d draw) organizations() (out []organization) {
	here := make(map[string]bool, len(d.Nodes))
	for _, key := range d.Keys() {
		here[key] = true
	}
	some := func(validators []string) (keys []string) {
		matters := 0
		for _, key := range validators {
			if here[key] && !slices.Contains(keys, key) {
				keys = append(keys, key)
				if d.matters(key) {
					matters++
				}
			}
		}
		if matters < 2 {
			return nil
		}
		return keys
	}
	for i, o := range d.Organizations {
		if keys := some(o.Validators); len(keys) > 1 {
			out = append(out, organization{fmt.Sprintf("organization %s", called(o)), keys, i})
		}
	}
	if len(d.Organizations) > 0 {
		return out
	}
	seen := make(map[string]bool)
	d.Lists(func(outer *edit.Set) {
		for i := range outer.Inner {
			inner := &outer.Inner[i]
			if keys := some(inner.Validators); len(keys) > 1 && len(inner.Inner) == 0 && !seen[inner.String()] {
				seen[inner.String()] = true
				out = append(out, organization{"inner set " + d.list(keys), keys, -1})
			}
		}
	})
	return out
}

func called(o edit.Organization) string {
	for _, field := range []string{"name", "id"} {
		if text := edit.Text(o.Fields, field); text != "" {
			return fmt.Sprintf("%q", text)
		}
	}
	return fmt.Sprintf("of %q", o.Validators[0])
}

// splitEntry puts a second entry behind that of the organization. Other
// validators it lists, which are no nodes, stay with the first.
func (d draw) splitEntry(at int, first map[string]bool) {
	o := &d.Organizations[at]
	here := make(map[string]bool, len(d.Nodes))
	for _, key := range d.Keys() {
		here[key] = true
	}
	var stay, leave []string
	for _, key := range o.Validators {
		if first[key] || !here[key] {
			stay = append(stay, key)
		} else {
			leave = append(leave, key)
		}
	}
	second := edit.Organization{Validators: leave, Fields: maps.Clone(o.Fields)}
	for _, field := range []string{"id", "name"} {
		if text := edit.Text(o.Fields, field); text != "" {
			second.Fields[field] = quote(d.unused(field, text))
		}
	}
	o.Validators = stay
	d.Organizations = slices.Insert(d.Organizations, at+1, second)
}

// unused is the name of the second half: two organizations of one name would be
// shown as one.
func (d draw) unused(field, text string) string {
	for n := 2; ; n++ {
		name := fmt.Sprintf("%s (%d)", text, n)
		if !slices.ContainsFunc(d.Organizations, func(o edit.Organization) bool { return edit.Text(o.Fields, field) == name }) {
			return name
		}
	}
}

func quote(text string) json.RawMessage {
	raw, _ := json.Marshal(text) // a string can always be encoded
	return raw
}

// splitInside replaces each inner set of a list that is all of one organization,
// and has validators of both halves, by two. It says how many there were.
func splitInside(s *edit.Set, member, first map[string]bool) (split int) {
	var inner []edit.Set
	had := s.Members()
	for _, one := range s.Inner {
		one, two, both := halves(one, member, first)
		inner = append(inner, one)
		if both {
			inner = append(inner, two)
			split++
		}
	}
	s.Inner = inner
	if has := s.Members(); split > 0 {
		s.Threshold = share(s.Threshold, had, has)
	}
	return split
}

func halves(s edit.Set, member, first map[string]bool) (one, two edit.Set, both bool) {
	var stay, leave []string
	for _, key := range s.Validators {
		switch {
		case !member[key]:
			return s, two, false
		case first[key]:
			stay = append(stay, key)
		default:
			leave = append(leave, key)
		}
	}
	if len(s.Inner) > 0 || len(stay) == 0 || len(leave) == 0 {
		return s, two, false
	}
	had := s.Members()
	one = edit.Set{Threshold: share(s.Threshold, had, len(stay)), Validators: stay, Fields: s.Fields}
	two = edit.Set{Threshold: share(s.Threshold, had, len(leave)), Validators: leave, Fields: maps.Clone(s.Fields)}
	return one, two, true
}

// share is the threshold of a list of has members that asks for as large a part
// of them as the one of had members did, rounded up.
func share(threshold, had, has int) int {
	return max(1, min(has, (min(threshold, had)*has+had-1)/had))
}

// list names nodes.
func (d draw) list(keys []string) string {
	var names []string
	for _, key := range keys {
		i := slices.IndexFunc(d.Nodes, func(n edit.Node) bool { return n.Key == key })
		names = append(names, name(&d.Nodes[i]))
	}
	return "{" + strings.Join(names, ", ") + "}"
}
