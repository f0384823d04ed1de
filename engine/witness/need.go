package witness

import "understudy/engine/fbas"

// need is a quorum set whose validators are indices of nodes. A validator
// listed twice counts twice; members unknown to the network are not in it, the
// threshold stays as sent.
type need struct {
	threshold  int
	validators []int
	inner      []need
}

// unmeetable is the need of a node without a quorum set.
func unmeetable() need { return need{threshold: 1} }

// newNeed reads q with the validators that index knows.
func newNeed(q *fbas.QuorumSet, index map[string]int) need {
	if q == nil {
		return unmeetable()
	}
	n := need{threshold: q.Threshold}
	for _, key := range q.Validators {
		if v, known := index[key]; known {
			n.validators = append(n.validators, v)
		}
	}
	for i := range q.InnerQuorumSets {
		n.inner = append(n.inner, newNeed(&q.InnerQuorumSets[i], index))
	}
	return n
}

// nobody is the empty set of nodes.
func nobody(int) bool { return false }

// met says whether the nodes of in meet n after the deletion of the nodes of
// deleted. Deletion lowers the threshold of a list by the entries it takes out
// of that very list, not below 0; inner sets lose entries on their own account.
func (n need) met(in, deleted func(int) bool) bool {
	have, threshold := 0, n.threshold
	for _, v := range n.validators {
		switch {
		case deleted(v):
			threshold--
		case in(v):
			have++
		}
	}
	for _, i := range n.inner {
		if i.met(in, deleted) {
			have++
		}
	}
	return have >= threshold
}

// shrink is n without the validators that keep refuses. Thresholds stay; an
// inner set left with fewer members than its threshold goes.
func (n need) shrink(keep func(int) bool) need {
	out := need{threshold: n.threshold}
	for _, v := range n.validators {
		if keep(v) {
			out.validators = append(out.validators, v)
		}
	}
	for _, i := range n.inner {
		if s := i.shrink(keep); len(s.validators)+len(s.inner) >= s.threshold {
			out.inner = append(out.inner, s)
		}
	}
	return out
}

// each calls visit for every mention of a validator in n, at any depth.
func (n need) each(visit func(v int)) {
	for _, v := range n.validators {
		visit(v)
	}
	for _, i := range n.inner {
		i.each(visit)
	}
}

// renumber is n with each validator v replaced by to[v].
func (n need) renumber(to []int) need {
	out := need{threshold: n.threshold}
	for _, v := range n.validators {
		out.validators = append(out.validators, to[v])
	}
	for _, i := range n.inner {
		out.inner = append(out.inner, i.renumber(to))
	}
	return out
}
