package main

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"understudy/engine"
	"understudy/engine/api"
	"understudy/engine/fbas"
)

func (r *results) show(t *table) {
	if r.intersection != nil {
		t.row("quorum intersection", t.intersection(*r.intersection))
	}
	if r.topTier != nil {
		t.topTier(*r.topTier)
	}
	if r.symmetric != nil {
		t.symmetric(r.symmetric.QuorumSet)
	}
	if r.quorums != nil {
		if r.intersection == nil {
			t.row("quorum intersection", t.intersection(r.quorums.Intersection))
		}
		t.family("minimal quorums", r.quorums.Family, "")
	}
	if r.blocking != nil {
		label := "minimal blocking sets"
		if r.faulty > 0 {
			label = fmt.Sprintf("blocking, %d faulty", r.faulty)
		}
		t.family(label, *r.blocking, "the faulty nodes block already")
	}
	if r.splitting != nil {
		t.family("minimal splitting sets", r.splitting.Family, "quorums are disjoint already")
	}
	if r.history != nil {
		t.family("history-critical sets", r.history.Family, "a quorum has no archive that is known to work")
	}
	if r.network != nil {
		t.network(*r.network)
	}
	switch {
	case r.quality == nil:
	case r.alone:
		t.quality(*r.quality)
	default:
		t.row("data quality", tally(*r.quality)+" (--analysis data-quality)")
	}
}

// why says in a few words what ended a search early.
func (t *table) why() string {
	if t.ended == api.StoppedBySize {
		return "too large to be solved or kept"
	}
	return "the time ended"
}

func (t *table) intersection(r engine.IntersectionResult) string {
	switch {
	case !r.Complete:
		return "unknown, " + t.why()
	case !r.HasQuorum:
		return "no: there is no quorum at all"
	case r.Intersects:
		return "yes: every two quorums share a node"
	}
	return fmt.Sprintf("no: {%s} and {%s} are disjoint quorums", t.names(r.Disjoint[0]), t.names(r.Disjoint[1]))
}

func (t *table) topTier(r engine.TopTierResult) {
	size := count(len(r.Members), t.member)
	if !r.Complete {
		size = "at least " + size
	}
	t.row("top tier", size)
	t.list("", r.Members)
}

func (t *table) symmetric(q *fbas.QuorumSet) {
	if q == nil {
		t.row("symmetric top tier", "no")
		return
	}
	members := t.members(*q)
	t.row("symmetric top tier", fmt.Sprintf("yes: every member wants %d of these %d", q.Threshold, len(members)))
	for _, m := range members {
		t.row("", m)
	}
}

// members writes the entries of a quorum set, an inner one as 2{a, b, c}.
func (t *table) members(q fbas.QuorumSet) []string {
	members := t.labelled(q.Validators)
	for _, inner := range q.InnerQuorumSets {
		members = append(members, strconv.Itoa(inner.Threshold)+"{"+strings.Join(t.members(inner), ", ")+"}")
	}
	return members
}

// family prints how many sets there are and how small they get; empty says what
// it means that the empty set is among them.
func (t *table) family(label string, f engine.Family, empty string) {
	switch {
	case f.Outcome == engine.NoSet:
		t.row(label, "none: there is no such set")
	case f.Outcome == engine.GaveUp:
		t.row(label, fmt.Sprintf("unknown, %s; minimum at least %d", t.why(), f.LowerBound))
	case f.MinSize == 0 && f.Complete:
		t.row(label, "the empty set: "+empty)
	case !f.Complete && f.LowerBound < f.MinSize:
		t.row(label, fmt.Sprintf("not counted, %s; minimum %d to %d", t.why(), f.LowerBound, f.MinSize))
		t.list("  for example", f.Example)
	case !f.Complete:
		t.row(label, fmt.Sprintf("not counted, %s; minimum %s", t.why(), count(f.MinSize, t.member)))
		t.list("  for example", f.Example)
	case f.Total == nil || t.minimum:
		t.row(label, "not counted; minimum "+count(f.MinSize, t.member))
		t.list("  for example", f.Example)
	default:
		t.row(label, fmt.Sprintf("%s; minimum %s", thousands(f.Total), count(f.MinSize, t.member)))
		t.list("  for example", f.Example)
	}
	for _, set := range f.Sets {
		t.row("", strings.Join(set, " "))
	}
	if missing := listed(f); missing != "" {
		t.row("", missing)
	}
}

// listed says how many sets the list leaves out.
func listed(f engine.Family) string {
	if len(f.Sets) == 0 || f.Total == nil {
		return ""
	}
	rest := new(big.Int).Sub(f.Total, big.NewInt(int64(len(f.Sets))))
	if rest.Sign() <= 0 {
		return ""
	}
	return "and " + thousands(rest) + " more (--max-sets)"
}

func (t *table) network(r engine.NetworkResult) {
	sizes, intersection := "minimum size", yesNo(r.HasQuorumIntersection)
	if !r.Complete {
		sizes = "size, the best found"
		if !r.HasQuorumIntersection {
			intersection = "unknown, " + t.why()
		}
	}
	t.row("quorum intersection", intersection)
	t.row("symmetric top tier", yesNo(r.HasSymmetricTopTier))
	fmt.Fprintf(t.out, "\n%-24s%8s%15s%11s%6s\n", sizes, "nodes", "organizations", "countries", "ISPs")
	for _, line := range []struct {
		label string
		of    func(engine.LevelResult) int
	}{
		{"top tier", func(l engine.LevelResult) int { return l.TopTierSize }},
		{"blocking sets", func(l engine.LevelResult) int { return l.BlockingSetsMinSize }},
		{"  beside faulty nodes", func(l engine.LevelResult) int { return l.BlockingSetsFilteredMinSize }},
		{"splitting sets", func(l engine.LevelResult) int { return l.SplittingSetsMinSize }},
	} {
		fmt.Fprintf(t.out, "%-24s%8d%15d%11d%6d\n", line.label, line.of(r.Node), line.of(r.Organization), line.of(r.Country), line.of(r.ISP))
	}
}
