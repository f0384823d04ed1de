package report

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"understudy/bench/peers"
	"understudy/bench/rows"
)

// FamilyTable has every whole family. What was found of an unfinished one is no count, and so is not in it.
func (d *Data) FamilyTable() string {
	results, others := d.of(rows.Whole, ""), d.counters()
	t := newTable("network", "organizations", "family", "sets", "Understudy", "our solve time")
	for _, c := range others {
		t.head = append(t.head, c.title)
	}
	for _, r := range results {
		ours := r.Outcomes[peers.Ours]
		count, wall := string(ours.Answer), secondsText(ours.Wall.Seconds())
		if ours.Status != peers.Solved {
			count, wall = "", string(ours.Status)+" after "+wall
		}
		line := []string{r.Row.Network.Name, fmt.Sprint(r.Row.Network.Organizations), string(r.Row.Analysis), count, wall, durationText(ours.Solve)}
		for _, c := range others {
			line = append(line, c.cell(r))
		}
		t.add(line...)
	}
	return t.String()
}

// counters are the other programs of this run that were asked about any family.
func (d *Data) counters() []contender {
	results := d.of(rows.Whole, "")
	return slices.DeleteFunc(d.contenders(), func(c contender) bool {
		return c.peer == "" || c.peer == peers.Ours || !slices.ContainsFunc(results, c.asked)
	})
}

// FamilyWords say what the table comes to.
func (d *Data) FamilyWords() []string {
	results := d.of(rows.Whole, "")
	if len(results) == 0 {
		return nil
	}
	var counted, inTime, unchecked int
	var open []string
	for _, r := range results {
		ours := r.Outcomes[peers.Ours]
		if ours.Status != peers.Solved {
			open = append(open, r.Row.String())
			continue
		}
		counted++
		if ours.Wall <= d.Head.Limit {
			inTime++
		}
		if r.Verdict(peers.Ours) == Unchecked {
			unchecked++
		}
	}
	lines := []string{fmt.Sprintf("Understudy counted %d of %d families within %s, %d of them within the %s that others get.",
		counted, len(results), d.Head.FamilyLimit, inTime, d.Head.Limit)}
	if len(open) > 0 {
		lines = append(lines, fmt.Sprintf("Not finished: %s. The sets that were found of them until then are no count.", strings.Join(open, ", ")))
	}
	if most := mostSets(results); most != nil {
		ours := most.Outcomes[peers.Ours]
		lines = append(lines, fmt.Sprintf("The largest has %s sets (%s) and took %s; sets that differ only by interchangeable validators are counted together, not one by one.",
			ours.Answer, most.Row, secondsText(ours.Wall.Seconds())))
	}
	for _, c := range d.counters() {
		lines = append(lines, c.countWords(results))
	}
	return append(lines, fmt.Sprintf("%d of our counts are compared with nobody's in this run.", unchecked))
}

// mostSets is the largest family that we have counted; nil if there is none.
func mostSets(results []Result) *Result {
	var most *Result
	greatest := new(big.Int)
	for i := range results {
		count, ok := new(big.Int).SetString(string(results[i].Outcomes[peers.Ours].Answer), 10)
		if ok && results[i].Outcomes[peers.Ours].Status == peers.Solved && count.Cmp(greatest) > 0 {
			most, greatest = &results[i], count
		}
	}
	return most
}

// countWords say what another program has counted, and whether to the same numbers.
func (c contender) countWords(results []Result) string {
	var asked, finished, same, core, other int
	for _, r := range results {
		if c.asked(r) {
			asked++
		}
		if r.Outcomes[c.peer].Status == peers.Solved {
			finished++
		}
		switch r.Verdict(c.peer) {
		case Right:
			same++
		case OfCore:
			core++
		case Wrong:
			other++
		}
	}
	words := fmt.Sprintf("%s finished %d of %d that it was asked: %d to the same number, %d to another", c.title, finished, asked, same, other)
	if core > 0 {
		words += fmt.Sprintf(", %d to the number that Understudy counts in the core", core)
	}
	if shared := ratios(results, c.seconds); len(shared) > 0 {
		words += fmt.Sprintf("; over what both finished it took %s times as long (geometric mean; from %s to %s)",
			ratioText(geometricMean(values(shared))), ratioText(shared[0].value), ratioText(shared[len(shared)-1].value))
	}
	return words + "."
}
