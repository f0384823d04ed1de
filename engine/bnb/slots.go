package bnb

func numbers(flags []bool) []int {
	list := make([]int, len(flags))
	for i, flag := range flags {
		if flag {
			list[i] = 1
		}
	}
	return list
}

// leastBoth is the price of the cheapest role that counts for both.
func (r *roles) leastBoth() int {
	least := r.pair[r.deleted()][r.deleted()].cost // thresholds are at most the size
	for a := range r.ways {
		for b := range r.ways {
			if p := r.pair[a][b]; p != nil {
				least = min(least, p.cost)
			}
		}
	}
	return least
}

// alone are the statuses of an item for A with B unknown.
func (r *roles) alone(w int) []choice {
	list := make([]choice, r.count())
	for i, way := range r.ways {
		list[i] = choice{ok: true, counted: true, cost: 2 * w, way: way}
	}
	list[r.deleted()] = choice{ok: true, counted: true, cost: w + r.pair[r.deleted()][r.deleted()].cost}
	list[r.missed()] = choice{ok: true}
	return list
}

// beside are the statuses of an item for B when it has status a for A. Where A
// left the item open it is missed by A, or deleted.
func (r *roles) beside(a int, open bool) []choice {
	list := make([]choice, r.count())
	for b := range list {
		p := r.pair[a][b]
		if open && b == r.deleted() {
			p = r.pair[b][b]
		}
		if p == nil {
			continue
		}
		list[b] = choice{ok: true, counted: b != r.missed(), cost: p.cost}
		if b < len(r.ways) {
			list[b].way = r.ways[b]
		}
	}
	return list
}

// besides are the slots of all items beside A.
func besides(all []*roles) [][]slot {
	table := make([][]slot, len(all))
	for i, r := range all {
		for a := range r.count() {
			table[i] = append(table[i], newSlot(r.beside(a, false)))
		}
		table[i] = append(table[i], newSlot(r.beside(r.missed(), true)))
	}
	return table
}

// keep leaves those statuses that bring a member with a quorum set, or those
// that do not.
func keep(list []choice, someone bool) []choice {
	kept := make([]choice, len(list))
	for status, c := range list {
		if c.way.someone == someone {
			kept[status] = c
		}
	}
	return kept
}
