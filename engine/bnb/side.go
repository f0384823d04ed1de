package bnb

import (
	"cmp"
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
	form    *flat.Form
	choices [][]choice // by item, by status
	twins   twin.Order
	limit   int
	run     *run
	// leaf is told of a quorum: undecided items are missed. It says whether to
	// stop.
	leaf func(*state) bool

	item   []itemPrice
	levels []level
	status []int // of decided items
}

// choice is a status that an item may have, at a cost.
type choice struct {
	ok, counted bool
	cost        int
	way         way
}

// itemPrice is what an item costs at least, and what of that missing it saves:
// as long as members may count it, and once it counts only when deleted.
type itemPrice struct{ price, save [2]int }

// level is the items that save the same when missed, in either case.
type level struct {
	save  int
	items [2]bitset.Set
}

// state is a node of the search tree.
type state struct {
	open     bitset.Set // undecided items
	dear     bitset.Set // of these, those that count only when deleted
	missing  bitset.Set
	demanded bitset.Set // quorum sets
	someone  bool       // a member has a quorum set
	cost     int        // of decided items
	rest     int        // least cost of the open ones, none missed
	allowed  [bitset.Max]uint16
}

func newSide(form *flat.Form, choices [][]choice, twins twin.Order, r *run) *side {
	s := &side{form: form, choices: choices, twins: twins, run: r, status: make([]int, len(form.Items))}
	at := map[int]int{}
	for i, list := range choices {
		var p itemPrice
		p.price[0], p.save[0] = priceOf(list)
		p.price[1], p.save[1] = priceOf(list[len(list)-2:])
		s.item = append(s.item, p)
		for dear, save := range p.save {
			n, known := at[save]
			if !known {
				n = len(s.levels)
				at[save] = n
				s.levels = append(s.levels, level{save: save})
			}
			s.levels[n].items[dear] = s.levels[n].items[dear].With(i)
		}
	}
	slices.SortFunc(s.levels, func(a, b level) int { return cmp.Compare(b.save, a.save) })
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

// start is the root of the search: nothing is decided.
func (s *side) start() state {
	st := state{open: bitset.Upto(len(s.choices))}
	for i, list := range s.choices {
		for status, c := range list {
			if c.ok {
				st.allowed[i] |= 1 << status
			}
		}
		st.rest += s.item[i].price[0]
	}
	return st
}

// visit searches below a node; it says whether to stop.
func (s *side) visit(st *state) bool {
	if s.run.over() {
		return true
	}
	if !s.propagate(st) {
		return false
	}
	i, ok := s.pick(st)
	if !ok {
		return s.leaf(st)
	}
	for status := len(s.choices[i]) - 1; status >= 0; status-- {
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
	c := s.choices[i][status]
	st.open = st.open.Without(i)
	dear := 0
	if st.dear.Has(i) {
		dear, st.dear = 1, st.dear.Without(i)
	}
	st.rest -= s.item[i].price[dear]
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

// slackLeft is how many more items a quorum set can do without.
func (s *side) slackLeft(st *state, p int) int {
	set := &s.form.Sets[p]
	return set.Items.Len() - set.Threshold - set.Items.And(st.missing).Len()
}

// spare is what is left of the limit when a quorum set is demanded whose slack
// left is r, and the items are missed that save most.
func (s *side) spare(st *state, p, r int) int {
	in := s.form.Sets[p].Items
	spare := s.limit - st.cost - st.rest
	for _, l := range s.levels {
		if l.save == 0 {
			break
		}
		items := l.items[0].Minus(st.dear).Or(l.items[1].And(st.dear)).And(st.open)
		inside := min(r, items.And(in).Len())
		r -= inside
		spare += l.save * (items.Minus(in).Len() + inside)
	}
	return spare
}

// propagate strikes out what the bounds exclude; it says false when nothing is
// left below the node.
func (s *side) propagate(st *state) bool {
	for {
		count, miss, spare, ok := s.required(st)
		if !ok {
			return false
		}
		changed, ok := s.strike(st, count, miss, spare, s.forbidden(st))
		if !ok {
			return false
		}
		if !changed {
			return st.someone || s.someoneLeft(st)
		}
	}
}

// required looks at the demanded sets: which open items must count and which
// must be missed, and what is left to spend beyond the least cost.
func (s *side) required(st *state) (count, miss bitset.Set, least int, ok bool) {
	least = s.limit - st.cost
	for p := range st.demanded.All {
		r := s.slackLeft(st, p)
		if r < 0 {
			return count, miss, 0, false
		}
		in := s.form.Sets[p].Items
		if r == 0 {
			count = count.Or(in.And(st.open))
		}
		spare := s.spare(st, p, r)
		if spare < 0 {
			return count, miss, 0, false
		}
		least = min(least, spare)
		for _, l := range s.levels {
			if l.save <= spare {
				break
			}
			items := l.items[0].Minus(st.dear).Or(l.items[1].And(st.dear))
			miss = miss.Or(items.And(st.open).Minus(in))
		}
	}
	return count, miss, least, count.And(miss).Empty() && least >= 0
}

// forbidden are the quorum sets that can't be demanded any more.
func (s *side) forbidden(st *state) bitset.Set {
	var sets bitset.Set
	for p := range s.form.Sets {
		if st.demanded.Has(p) {
			continue
		}
		if r := s.slackLeft(st, p); r < 0 || s.spare(st, p, r) < 0 {
			sets = sets.With(p)
		}
	}
	return sets
}

// strike removes statuses from open items, and decides those with one left.
func (s *side) strike(st *state, count, miss bitset.Set, spare int, forbidden bitset.Set) (changed, ok bool) {
	for i := range st.open.All {
		allowed := st.allowed[i]
		missed := len(s.choices[i]) - 1
		if count.Has(i) {
			allowed &^= 1 << missed
		}
		if miss.Has(i) {
			allowed &= 1 << missed
		}
		price := s.item[i].price[0]
		if st.dear.Has(i) {
			price = s.item[i].price[1]
		}
		for status := range missed {
			c := &s.choices[i][status]
			if allowed>>status&1 == 1 && (c.cost-price > spare || !c.way.demand.And(forbidden).Empty()) {
				allowed &^= 1 << status
			}
		}
		st.allowed[i] = allowed
		switch {
		case allowed == 0:
			return false, false
		case allowed&(allowed-1) == 0:
			s.decide(st, i, bitOf(allowed))
			changed = true
		case allowed&(1<<(missed-1)-1) == 0 && !st.dear.Has(i): // deleted or missed
			st.dear = st.dear.With(i)
			st.rest += s.item[i].price[1] - price
			changed = true
		}
	}
	return changed, true
}

func bitOf(allowed uint16) int {
	n := 0
	for allowed > 1 {
		allowed >>= 1
		n++
	}
	return n
}

// someoneLeft says whether an open item may still bring a member with a set.
func (s *side) someoneLeft(st *state) bool {
	for i := range st.open.All {
		if s.canBeSomeone(st, i) {
			return true
		}
	}
	return false
}

func (s *side) canBeSomeone(st *state, i int) bool {
	for status, c := range s.choices[i] {
		if c.way.someone && st.allowed[i]>>status&1 == 1 {
			return true
		}
	}
	return false
}

// pick chooses the item to branch on: of the demanded set that can afford least
// and can't do without all its open items, the one in most demanded sets. It
// says false at a leaf: everything open can be missed.
func (s *side) pick(st *state) (int, bool) {
	best, tightest := -1, 0
	for p := range st.demanded.All {
		r := s.slackLeft(st, p)
		if s.form.Sets[p].Items.And(st.open).Len() <= r {
			continue
		}
		if spare := s.spare(st, p, r); best < 0 || spare < tightest {
			best, tightest = p, spare
		}
	}
	if best >= 0 {
		return s.lowest(st, s.busiest(st, s.form.Sets[best].Items.And(st.open))), true
	}
	for i := range st.open.All {
		if st.allowed[i]>>(len(s.choices[i])-1) == 0 || !st.someone && s.canBeSomeone(st, i) {
			return s.lowest(st, i), true
		}
	}
	return 0, false
}

// busiest is the item that most demanded sets hold.
func (s *side) busiest(st *state, items bitset.Set) int {
	best, most := -1, -1
	for i := range items.All {
		n := 0
		for p := range st.demanded.All {
			if s.form.Sets[p].Items.Has(i) {
				n++
			}
		}
		if n > most {
			best, most = i, n
		}
	}
	return best
}

// lowest is the first open twin of an item.
func (s *side) lowest(st *state, i int) int {
	return min(i, s.twins.Earlier(i).And(st.open).First())
}
