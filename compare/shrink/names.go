package shrink

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"understudy/compare/edit"
)

// shorten gives nodes and organizations short names, if the target still shows,
// and returns the former keys by the new ones.
func (r *run) shorten() map[string]string {
	r.phase = "names"
	for _, names := range []map[string]string{byGroup(r.network), inOrder(r.network)} {
		next := r.network.Clone()
		next.Rename(names)
		if !r.adopt(next) {
			continue
		}
		former := make(map[string]string, len(names))
		for old, name := range names {
			former[name] = old
		}
		next = r.network.Clone()
		nameOrganizations(next)
		r.adopt(next)
		return former
	}
	return nil
}

// byGroup names a1, a2, ... those of one organization or inner set, and b who is
// alone.
func byGroup(n *edit.Network) map[string]string {
	of := make(map[string]int) // group, by key
	groups := groupsOf(n)
	for i, group := range groups {
		for _, key := range group {
			of[key] = i
		}
	}
	names, letters := make(map[string]string), make(map[int]string)
	used, next := make(map[int]int), 0
	for _, key := range mentioned(n) {
		group, grouped := of[key]
		if !grouped {
			names[key] = letter(next)
			next++
			continue
		}
		if used[group] == 0 {
			letters[group] = letter(next)
			next++
		}
		used[group]++
		names[key] = letters[group] + strconv.Itoa(used[group])
	}
	return names
}

// inOrder names n1, n2, ... so that names sort as keys do: scanners sort nodes by
// key, and a defect may depend on the order.
func inOrder(n *edit.Network) map[string]string {
	keys := slices.Sorted(slices.Values(mentioned(n)))
	width := len(strconv.Itoa(len(keys)))
	names := make(map[string]string, len(keys))
	for i, key := range keys {
		names[key] = fmt.Sprintf("n%0*d", width, i+1)
	}
	return names
}

// mentioned are all keys, each once, those of nodes first.
func mentioned(n *edit.Network) []string {
	var out []string
	seen := make(map[string]bool)
	add := func(keys ...string) {
		for _, key := range keys {
			if !seen[key] {
				seen[key] = true
				out = append(out, key)
			}
		}
	}
	add(n.Keys()...)
	n.Lists(func(s *edit.Set) { add(s.Validators...) })
	for _, o := range n.Organizations {
		add(o.Validators...)
	}
	add(n.Faulty...)
	return out
}

// letter is a, b, ... z, aa, ab, ...
func letter(i int) string {
	name := string(rune('a' + i%26))
	if i >= 26 {
		return letter(i/26-1) + name
	}
	return name
}

// nameOrganizations calls an organization A whose validators are a1, a2, ...
// Those with equal names keep equal names.
func nameOrganizations(n *edit.Network) {
	names, taken := make(map[string]string), make(map[string]bool)
	for i := range n.Organizations {
		o := &n.Organizations[i]
		for _, field := range []string{"name", "id"} {
			old := edit.Text(o.Fields, field)
			if old == "" {
				continue
			}
			if names[old] == "" {
				names[old] = free(taken, o.Validators, i)
			}
			o.Fields[field] = []byte(strconv.Quote(names[old]))
		}
	}
}

func free(taken map[string]bool, validators []string, i int) string {
	name := fmt.Sprintf("O%d", i+1)
	if len(validators) > 0 {
		if short := strings.ToUpper(strings.TrimRight(validators[0], "0123456789")); !taken[short] {
			name = short
		}
	}
	taken[name] = true
	return name
}
