package witness

// lists is a forest of quorum sets laid out flat, inner sets before the set
// that holds them, so that the greatest quorum takes time linear in the number
// of mentions.
type lists struct {
	list     []list
	mentions [][]int // mentions[v] are the lists that name node v, once per mention
	work     int     // lists and mentions: what one pass costs
}

// list is one quorum set without its inner sets.
type list struct {
	threshold int
	members   []int // validators it names
	inner     []int // lists inside it
	parent    int   // the list it is in, or -1
	owner     int   // the node whose quorum set it belongs to
}

func newLists(needs []need) *lists {
	l := &lists{mentions: make([][]int, len(needs))}
	for owner, n := range needs {
		l.add(n, owner)
	}
	return l
}

// add appends n and what is inside it, and returns its place.
func (l *lists) add(n need, owner int) int {
	inner := make([]int, len(n.inner))
	for i, in := range n.inner {
		inner[i] = l.add(in, owner)
	}
	at := len(l.list)
	for _, i := range inner {
		l.list[i].parent = at
	}
	for _, v := range n.validators {
		l.mentions[v] = append(l.mentions[v], at)
	}
	l.list = append(l.list, list{n.threshold, n.validators, inner, -1, owner})
	l.work += 1 + len(n.validators)
	return at
}

// greatest shrinks in, a set of nodes, to the greatest quorum inside it and
// returns its size. It is unique: the union of two quorums is a quorum.
func (l *lists) greatest(in []bool) int {
	standing, fallen := l.count(in)
	for _, v := range fallen {
		in[v] = false
	}
	for len(fallen) > 0 {
		v := fallen[len(fallen)-1]
		fallen = fallen[:len(fallen)-1]
		for _, at := range l.mentions[v] {
			if owner := l.list[at].owner; in[owner] && l.drop(standing, at) {
				in[owner] = false
				fallen = append(fallen, owner)
			}
		}
	}
	size := 0
	for _, member := range in {
		if member {
			size++
		}
	}
	return size
}

// count returns how many members of each list stand when in does, and the
// nodes of in whose quorum set is not met by it.
func (l *lists) count(in []bool) (standing, unmet []int) {
	standing = make([]int, len(l.list))
	for at, list := range l.list {
		if !in[list.owner] {
			continue
		}
		for _, v := range list.members {
			if in[v] {
				standing[at]++
			}
		}
		for _, i := range list.inner {
			if standing[i] >= l.list[i].threshold {
				standing[at]++
			}
		}
		if list.parent < 0 && standing[at] < list.threshold {
			unmet = append(unmet, list.owner)
		}
	}
	return standing, unmet
}

// drop takes one member from the list at and says whether its owner's quorum
// set falls with it. A list passes the loss on only at the moment it falls.
func (l *lists) drop(standing []int, at int) bool {
	for at >= 0 {
		standing[at]--
		if standing[at] != l.list[at].threshold-1 {
			return false
		}
		at = l.list[at].parent
	}
	return true
}
