package bnb

import (
	"slices"

	"understudy/engine/bitset"
	"understudy/engine/flat"
	"understudy/engine/twin"
)

// side is the search for one quorum, item by item: which items count for it and
// how, at least total cost. It visits quorums that cost at most limit and miss
// as many items as they can.
//
// The quorum demands the quorum sets of its members, and a demanded set p can
// do without slack(p) of its items. That bounds what missing items can save:
// the undecided items outside p, and of those inside as many as the slack left,
// dearest first. If even that leaves more cost than the limit, there is nothing
// to find. The same bound says of an item that it must be missed (if a demanded
// set can't afford to count it), and of a set not yet demanded that its owners
// can't be in the quorum: their statuses are struck out until nothing changes.
type side struct {
	form  *flat.Form
	slots []slot // by item
	twins twin.Order
	limit int
	run   *run
	part  int64 // of the run
	// hopeless may say of a node that nothing below it is wanted; nil: nothing
	// is known.
	hopeless func(*state) bool
	// leaf is told of a quorum: undecided items are missed. It says whether to
	// stop.
	leaf func(*state) bool

	owners []bitset.Set // by quorum set: items with a way that demands it
	levels []level
	bounds bounds
	status []int // of decided items
}

// choice is a status that an item may have, at a cost.
type choice struct {
	ok, counted bool
	cost        int
	way         way
}

// slot is the choices of one item, by status, and what follows from them: which
// are possible, what the item costs at least, and what of that missing it saves
// (as long as members may count it, and once it counts only when deleted).
type slot struct {
	choices []choice
	allowed uint16
	demands bitset.Set // of any way
	price   [2]int
	save    [2]int
}

func newSlot(choices []choice) slot {
	s := slot{choices: choices}
	for status, c := range choices {
		if c.ok {
			s.allowed |= 1 << status
			s.demands = s.demands.Or(c.way.demand)
		}
	}
	s.price[0], s.save[0] = priceOf(choices)
	s.price[1], s.save[1] = priceOf(choices[len(choices)-2:])
	return s
}

// priceOf is the least cost of an item that counts, and what missing it saves;
// where it can't count, the cost of missing it.
func priceOf(list []choice) (price, save int) {
	counted, missed := -1, -1
	for _, c := range list {
		switch {
		case !c.ok:
		case !c.counted:
			missed = c.cost
		case counted < 0 || c.cost < counted:
			counted = c.cost
		}
	}
	switch {
	case missed < 0:
		return max(counted, 0), 0
	case counted < 0:
		return missed, 0
	}
	return counted, max(0, counted-missed)
}

// level is the items that save the same when missed, in either case.
type level struct {
	save  int
	items [2]bitset.Set
}

// state is a node of the search tree.
type state struct {
	open    bitset.Set // undecided items
	dear    bitset.Set // of these, those that count only when deleted
	missing bitset.Set
	// demanded are the quorum sets that members have, forbidden those that no
	// member can have.
	demanded, forbidden bitset.Set
	someone             bool // a member has a quorum set
	cost                int  // of decided items
	rest                int  // least cost of the open ones, none missed
	allowed             [bitset.Max]uint16
}

func newSide(form *flat.Form, twins twin.Order, r *run, part int64) *side {
	return &side{
		form: form, twins: twins, run: r, part: part,
		slots: make([]slot, len(form.Items)), owners: make([]bitset.Set, len(form.Sets)), status: make([]int, len(form.Items)),
	}
}

// start is the root of the search over the slots: nothing is decided.
func (s *side) start() state {
	st := state{open: bitset.Upto(len(s.slots))}
	s.levels = s.levels[:0]
	clear(s.owners)
	for i := range s.slots {
		slot := &s.slots[i]
		for p := range slot.demands.All {
			s.owners[p] = s.owners[p].With(i)
		}
		st.allowed[i] = slot.allowed
		st.rest += slot.price[0]
		for dear, save := range slot.save {
			l := s.level(save)
			l.items[dear] = l.items[dear].With(i)
		}
	}
	return st
}

// level gives the level of a saving; levels fall.
func (s *side) level(save int) *level {
	at := 0
	for ; at < len(s.levels) && s.levels[at].save > save; at++ {
	}
	if at == len(s.levels) || s.levels[at].save != save {
		s.levels = slices.Insert(s.levels, at, level{save: save})
	}
	return &s.levels[at]
}

// visit searches below a node; it says whether to stop.
func (s *side) visit(st *state) bool {
	if s.run.over(s.part) {
		return true
	}
	if !s.propagate(st) || s.hopeless != nil && s.hopeless(st) {
		return false
	}
	i, ok := s.pick(st)
	if !ok {
		return s.leaf(st)
	}
	for status := range s.slots[i].choices {
		if st.allowed[i]>>status&1 == 0 {
			continue
		}
		next := *st
		s.decide(&next, i, status)
		if s.visit(&next) {
			return true
		}
	}
	return false
}

// decide gives an open item a status. Statuses rise from twin to twin.
func (s *side) decide(st *state, i, status int) {
	c := s.slots[i].choices[status]
	st.open = st.open.Without(i)
	dear := 0
	if st.dear.Has(i) {
		dear, st.dear = 1, st.dear.Without(i)
	}
	st.rest -= s.slots[i].price[dear]
	st.cost += c.cost
	s.status[i] = status
	if c.counted {
		st.demanded = st.demanded.Or(c.way.demand)
		st.someone = st.someone || c.way.someone
	} else {
		st.missing = st.missing.With(i)
	}
	for j := range s.twins.Later(i).And(st.open).All {
		st.allowed[j] &^= 1<<status - 1
	}
	for j := range s.twins.Earlier(i).And(st.open).All {
		st.allowed[j] &= 1<<(status+1) - 1
	}
}

// pick chooses the item to branch on. A demanded set that can afford little
// needs almost all items outside itself to be missed, so the item is one that
// such sets do not list: the less they can afford, the more they say. Sets that
// can do without all their open items have no say. pick says false at a leaf:
// everything open can be missed.
func (s *side) pick(st *state) (int, bool) {
	const most = 1000
	var score [bitset.Max]int
	leaf := true
	for p := range st.demanded.All {
		in, d := s.form.Sets[p].Items, s.bounds.known[p]
		if in.And(st.open).Len() <= d.slack {
			continue
		}
		leaf = false
		for i := range st.open.Minus(in).All {
			score[i] += most / (1 + d.spare*d.spare)
		}
	}
	if !leaf {
		best := st.open.First()
		for i := range st.open.All {
			if score[i] > score[best] {
				best = i
			}
		}
		return s.lowest(st, best), true
	}
	for i := range st.open.All {
		if st.allowed[i]>>(len(s.slots[i].choices)-1) == 0 || !st.someone && s.canBeSomeone(st, i) {
			return s.lowest(st, i), true
		}
	}
	return 0, false
}

// lowest is the first open twin of an item.
func (s *side) lowest(st *state, i int) int {
	return min(i, s.twins.Earlier(i).And(st.open).First())
}
