package flat

import (
	"understudy/engine/bitset"
	"understudy/engine/class"
	"understudy/engine/fbas"
)

// Form is a system in flat form: every quorum set that a node has is a
// threshold over distinct items, and items share no member.
type Form struct {
	Items []Item
	// Sets are the quorum sets that nodes have.
	Sets []Set
	// Leaves are the classes that no quorum set lists, or only inner sets that
	// nothing meets: they can be in a quorum and help nobody.
	Leaves []Part
}

// Item is what quorum sets list: an organization, met when Threshold of its
// members are, or a single validator.
type Item struct {
	Threshold int
	Size      int
	// Parts are its members by class. Validators that are interchangeable are
	// items of their own, of the same class.
	Parts []Part
}

// Part is the members of one class: Set is the quorum set they have, an index
// into Form.Sets, or fbas.NoSet or fbas.Free.
type Part struct {
	Class, Size, Set int
}

// Set asks for Threshold of Items. A negative slack says that nothing meets it.
type Set struct {
	Threshold int
	Items     bitset.Set
}

// Slack is how many items may be missing.
func (s Set) Slack() int { return s.Items.Len() - s.Threshold }

// Of brings a quotient into flat form, or says that it has none: where lists
// repeat an entry, organizations share members or hold further sets, an inner
// set is met by nobody or by everybody, or there are more than bitset.Max items
// or quorum sets.
func Of(q *class.Quotient) (*Form, bool) {
	b := &builder{q: q, form: &Form{}, items: map[int][]int{}, org: map[int]int{}, set: map[int]int{}}
	for c := range q.Size {
		if !b.place(c) {
			return nil, false
		}
	}
	for id := range q.Vertices {
		if len(q.Owners[id]) > 0 && !b.addSet(id) {
			return nil, false
		}
	}
	b.nameSets()
	return b.form, true
}

type builder struct {
	q     *class.Quotient
	form  *Form
	items map[int][]int // by class: its items, where they are validators
	org   map[int]int   // by vertex: the item it is
	set   map[int]int   // by vertex: the quorum set it is
}

// place puts a class into an organization, makes items of its members, or finds
// that it is a leaf.
func (b *builder) place(c int) bool {
	lists := b.q.Lists[c]
	for _, w := range b.q.Weight[c] {
		if w != 1 {
			return false
		}
	}
	switch {
	case len(lists) == 0:
		b.form.Leaves = append(b.form.Leaves, b.part(c, b.q.Size[c]))
		return true
	case len(lists) == 1 && len(b.q.Owners[lists[0]]) == 0:
		return b.join(c, lists[0])
	}
	if len(b.form.Items)+b.q.Size[c] > bitset.Max {
		return false
	}
	for range b.q.Size[c] {
		b.items[c] = append(b.items[c], len(b.form.Items))
		b.form.Items = append(b.form.Items, Item{Threshold: 1, Size: 1, Parts: []Part{b.part(c, 1)}})
	}
	for _, list := range lists {
		if len(b.q.Owners[list]) == 0 {
			return false // also in an inner set
		}
	}
	return true
}

// join makes a class part of the organization that vertex p is.
func (b *builder) join(c, p int) bool {
	v := &b.q.Vertices[p]
	if b.never(p) { // its members count for nobody
		b.form.Leaves = append(b.form.Leaves, b.part(c, b.q.Size[c]))
		return true
	}
	item, known := b.org[p]
	if !known {
		if len(v.Inner) > 0 || v.Threshold < 1 || len(b.form.Items) == bitset.Max {
			return false
		}
		item = len(b.form.Items)
		b.org[p] = item
		b.form.Items = append(b.form.Items, Item{Threshold: v.Threshold})
	}
	i := &b.form.Items[item]
	i.Size += b.q.Size[c]
	i.Parts = append(i.Parts, b.part(c, b.q.Size[c]))
	return true
}

// never says that nothing meets a vertex, whoever is deleted: it asks for more
// than it lists.
func (b *builder) never(p int) bool {
	v := &b.q.Vertices[p]
	entries := len(v.Inner)
	for i, c := range v.Class {
		entries += v.Weight[i] * b.q.Size[c]
	}
	return v.Threshold > entries
}

func (b *builder) part(c, size int) Part {
	return Part{Class: c, Size: size, Set: b.q.Own[c]} // a vertex until nameSets
}

// addSet makes a quorum set of a vertex that nodes have.
func (b *builder) addSet(id int) bool {
	v := &b.q.Vertices[id]
	set := Set{Threshold: v.Threshold}
	for _, c := range v.Class {
		for _, item := range b.items[c] {
			set.Items = set.Items.With(item)
		}
	}
	for _, inner := range v.Inner {
		if b.never(inner) {
			continue
		}
		item, known := b.org[inner]
		if !known || set.Items.Has(item) {
			return false
		}
		set.Items = set.Items.With(item)
	}
	b.set[id] = len(b.form.Sets)
	b.form.Sets = append(b.form.Sets, set)
	return len(b.form.Sets) <= bitset.Max
}

// nameSets replaces vertices by indices of quorum sets.
func (b *builder) nameSets() {
	name := func(p *Part) {
		if p.Set >= 0 {
			p.Set = b.set[p.Set]
		}
	}
	for i := range b.form.Items {
		for j := range b.form.Items[i].Parts {
			name(&b.form.Items[i].Parts[j])
		}
	}
	for i := range b.form.Leaves {
		name(&b.form.Leaves[i])
	}
}

// HasSet says whether the members of the part have a quorum set.
func (p Part) HasSet() bool { return p.Set >= 0 }

// Never says whether the members of the part are never satisfied.
func (p Part) Never() bool { return p.Set == fbas.NoSet }
