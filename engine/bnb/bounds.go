package bnb

import "understudy/engine/bitset"

// demand is what is known of a quorum set at a node: how many more of its items
// may be missing, and what is left of the limit if it is demanded and the items
// are missed that save most.
type demand struct{ slack, spare int }

// bounds looks at every quorum set that is demanded or still may be.
type bounds struct {
	known [bitset.Max]demand
	// count and miss are the open items that must count and must be missed, and
	// spare is what is left to spend beyond the least cost.
	count, miss bitset.Set
	spare       int
}

// at is the open items of a level.
func (l *level) at(st *state) bitset.Set {
	return l.items[0].Minus(st.dear).Or(l.items[1].And(st.dear)).And(st.open)
}

// look computes the slack and what is left to spend for one set.
func (s *side) look(st *state, p int) demand {
	set := &s.form.Sets[p]
	d := demand{slack: set.Slack() - set.Items.And(st.missing).Len()}
	if d.slack < 0 {
		d.spare = -1
		return d
	}
	d.spare = s.limit - st.cost - st.rest
	r := d.slack
	for k := range s.levels {
		l := &s.levels[k]
		if l.save == 0 {
			break
		}
		items := l.at(st)
		inside := min(r, items.And(set.Items).Len())
		r -= inside
		d.spare += l.save * (items.Minus(set.Items).Len() + inside)
	}
	return d
}

// conflict says whether two demanded sets leave too little together: of the
// items outside p those that q lists can be missed only as far as q's slack
// goes.
func (s *side) conflict(st *state, b *bounds, p, q int) bool {
	inP := s.form.Sets[p].Items
	inQ := s.form.Sets[q].Items.Minus(inP)
	excess := inQ.And(st.open).Len() - b.known[q].slack
	if excess <= 0 || b.known[p].spare >= excess*s.levels[0].save {
		return false
	}
	spare := s.limit - st.cost - st.rest
	rp, rq := b.known[p].slack, b.known[q].slack
	for k := range s.levels {
		l := &s.levels[k]
		if l.save == 0 {
			break
		}
		items := l.at(st)
		ofP, ofQ := min(rp, items.And(inP).Len()), min(rq, items.And(inQ).Len())
		rp, rq = rp-ofP, rq-ofQ
		spare += l.save * (items.Minus(inP).Minus(inQ).Len() + ofP + ofQ)
	}
	return spare < 0
}

// propagate strikes out what the bounds exclude; it says false when nothing is
// left below the node.
func (s *side) propagate(st *state) bool {
	for {
		b := &s.bounds
		if !s.required(st, b) {
			return false
		}
		s.forbid(st, b)
		changed, ok := s.strike(st, b)
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
func (s *side) required(st *state, b *bounds) bool {
	b.count, b.miss, b.spare = bitset.Set{}, bitset.Set{}, s.limit-st.cost
	for p := range st.demanded.All {
		d := s.look(st, p)
		if d.spare < 0 {
			return false
		}
		b.known[p] = d
		in := s.form.Sets[p].Items
		if d.slack == 0 {
			b.count = b.count.Or(in.And(st.open))
		}
		b.spare = min(b.spare, d.spare)
		for k := range s.levels {
			if s.levels[k].save <= d.spare {
				break
			}
			b.miss = b.miss.Or(s.levels[k].at(st).Minus(in))
		}
	}
	if b.spare < 0 || !b.count.And(b.miss).Empty() {
		return false
	}
	for p := range st.demanded.All {
		for q := range st.demanded.All {
			if s.conflict(st, b, p, q) {
				return false
			}
		}
	}
	return true
}

// forbid finds the quorum sets that can't be demanded any more.
func (s *side) forbid(st *state, b *bounds) {
	for p := range s.form.Sets {
		if st.demanded.Has(p) || st.forbidden.Has(p) || s.owners[p].And(st.open).Empty() {
			continue
		}
		if b.known[p] = s.look(st, p); b.known[p].spare < 0 {
			st.forbidden = st.forbidden.With(p)
			continue
		}
		for q := range st.demanded.All {
			if s.conflict(st, b, p, q) || s.conflict(st, b, q, p) {
				st.forbidden = st.forbidden.With(p)
				break
			}
		}
	}
}

// strike removes statuses from open items, and decides those with one left.
func (s *side) strike(st *state, b *bounds) (changed, ok bool) {
	for i := range st.open.All {
		allowed := st.allowed[i]
		missed := len(s.slots[i].choices) - 1
		if b.count.Has(i) {
			allowed &^= 1 << missed
		}
		if b.miss.Has(i) {
			allowed &= 1 << missed
		}
		price := s.slots[i].price[0]
		if st.dear.Has(i) {
			price = s.slots[i].price[1]
		}
		for status := range missed {
			c := &s.slots[i].choices[status]
			if allowed>>status&1 == 1 && (c.cost-price > b.spare || !c.way.demand.And(st.forbidden).Empty()) {
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
			st.rest += s.slots[i].price[1] - price
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
	for status, c := range s.slots[i].choices {
		if c.way.someone && st.allowed[i]>>status&1 == 1 {
			return true
		}
	}
	return false
}
