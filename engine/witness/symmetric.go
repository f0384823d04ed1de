package witness

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"understudy/engine/fbas"
)

// SymmetricTopTier returns the one quorum set that all its members have, if
// there is exactly one such set and the nodes outside it contain no quorum;
// else nil. Sets are compared in standard form: the owner is appended and the
// threshold raised by one where it is not listed, and order does not count.
func (c *Core) SymmetricTopTier() *fbas.QuorumSet {
	forms := make([]need, len(c.needs))
	owners := make(map[string][]int)
	for v, n := range c.needs {
		if !c.asks[v] {
			continue
		}
		forms[v] = standard(n, v)
		form := forms[v].canonical()
		owners[form] = append(owners[form], v)
	}
	var symmetric []int // owners of the one symmetric set
	for _, own := range owners {
		if len(own) != forms[own[0]].distinct() {
			continue
		}
		if symmetric != nil {
			return nil
		}
		symmetric = own
	}
	if symmetric == nil || len(c.outside(symmetric)) > 0 {
		return nil
	}
	q := c.quorumSet(forms[symmetric[0]])
	return &q
}

// CheckSymmetricTopTier says why claimed, nil for none, is not the symmetric top
// tier. The order of lists does not count.
func (c *Core) CheckSymmetricTopTier(claimed *fbas.QuorumSet) error {
	own := c.SymmetricTopTier()
	switch {
	case own == nil && claimed == nil:
		return nil
	case own == nil:
		return errors.New("no set is the one that all its members have, with no quorum outside it")
	case claimed == nil || unordered(own) != unordered(claimed):
		return errors.New("another set is the one that all its members have, with no quorum outside it")
	}
	return nil
}

// unordered renders q so that two sets have one text exactly if they differ in
// order only.
func unordered(q *fbas.QuorumSet) string {
	var members []string
	for _, key := range q.Validators {
		members = append(members, strconv.Quote(key))
	}
	for i := range q.InnerQuorumSets {
		members = append(members, unordered(&q.InnerQuorumSets[i]))
	}
	slices.Sort(members)
	return strconv.Itoa(q.Threshold) + "{" + strings.Join(members, ", ") + "}"
}

// standard is n with its owner in it.
func standard(n need, owner int) need {
	listed := false
	n.each(func(v int) { listed = listed || v == owner })
	if listed {
		return n
	}
	return need{n.threshold + 1, append(slices.Clone(n.validators), owner), n.inner}
}

// distinct counts the validators of n, each once.
func (n need) distinct() int {
	seen := make(map[int]bool)
	n.each(func(v int) { seen[v] = true })
	return len(seen)
}

// canonical renders n so that two needs have one text exactly if they differ in
// order only.
func (n need) canonical() string {
	validators := slices.Sorted(slices.Values(n.validators))
	inner := make([]string, len(n.inner))
	for i, in := range n.inner {
		inner[i] = in.canonical()
	}
	slices.Sort(inner)
	text := []byte(strconv.Itoa(n.threshold))
	text = append(text, '{')
	for _, v := range validators {
		text = append(strconv.AppendInt(text, int64(v), 10), ' ')
	}
	return string(text) + strings.Join(inner, "") + "}"
}

func (c *Core) quorumSet(n need) fbas.QuorumSet {
	q := fbas.QuorumSet{Threshold: n.threshold, Validators: c.names(n.validators)}
	slices.Sort(q.Validators)
	for _, in := range n.inner {
		q.InnerQuorumSets = append(q.InnerQuorumSets, c.quorumSet(in))
	}
	return q
}
