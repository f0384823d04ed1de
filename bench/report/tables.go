package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"understudy/bench/peers"
	"understudy/bench/rows"
)

// of returns the results of one set and, unless it is "", one analysis.
func (d *Data) of(set rows.Set, analysis rows.Analysis) []Result {
	var some []Result
	for _, r := range d.Results {
		if r.Row.Network.Set == set && (analysis == "" || r.Row.Analysis == analysis) {
			some = append(some, r)
		}
	}
	return some
}

// analyses are the questions about minima.
func analyses() []rows.Analysis { return append(rows.Analyses(), rows.Quorum) }

// minimaSets are the sets of rows that ask for minima.
func minimaSets() []rows.Set {
	return slices.DeleteFunc(rows.Sets(), func(set rows.Set) bool { return set == rows.Whole })
}

// SolvedTable counts solved rows: of those that each was asked.
func (d *Data) SolvedTable() string {
	contenders := d.contenders()
	t := newTable("rows", "question", "number")
	for _, c := range contenders {
		t.head = append(t.head, c.title)
	}
	for _, set := range minimaSets() {
		for _, analysis := range analyses() {
			t.addSolved(string(set), string(analysis), d.of(set, analysis), contenders)
		}
		t.addSolved("**"+string(set)+"**", "**all**", d.of(set, ""), contenders)
	}
	return t.String()
}

func (t *table) addSolved(set, analysis string, results []Result, contenders []contender) {
	if len(results) == 0 {
		return
	}
	line := []string{set, analysis, fmt.Sprint(len(results))}
	for _, c := range contenders {
		solved, asked := 0, 0
		for _, r := range results {
			if !c.asked(r) {
				continue
			}
			asked++
			if _, ok := c.seconds(r); ok {
				solved++
			}
		}
		line = append(line, outOf(solved, asked))
	}
	t.add(line...)
}

func outOf(solved, asked int) string {
	if asked == 0 {
		return "-"
	}
	return fmt.Sprintf("%d of %d", solved, asked)
}

// RatioTable says how many times as long as ours the others needed.
func (d *Data) RatioTable() string {
	t := newTable("rows", "compared with", "both solved", "only Understudy", "only it", "median", "geometric mean", "least", "greatest")
	for _, set := range minimaSets() {
		for _, c := range d.contenders() {
			results := d.of(set, "")
			all := ratios(results, c.seconds)
			if c.peer == peers.Ours || len(all) == 0 {
				continue
			}
			numbers := values(all)
			least, greatest := all[0], all[len(all)-1]
			ours, theirs := c.alone(results)
			t.add(string(set), c.title, fmt.Sprint(len(all)), fmt.Sprint(ours), fmt.Sprint(theirs), ratioText(median(numbers)), ratioText(geometricMean(numbers)),
				fmt.Sprintf("%s (%s)", ratioText(least.value), least.row), fmt.Sprintf("%s (%s)", ratioText(greatest.value), greatest.row))
		}
	}
	return t.String()
}

// GrowthTable has a line for each size and question of the larger networks.
func (d *Data) GrowthTable() string {
	t := newTable("rows", "organizations", "question", "solved", "median", "worst", "worst solve time", "of", "prototype's worst", "times as long", "others that solved any")
	for _, set := range []rows.Set{rows.Growth, rows.Mixed} {
		for _, analysis := range analyses() {
			results := d.of(set, analysis)
			for _, size := range sizes(results) {
				t.addGrowth(d, set, analysis, size, ofSize(results, size))
			}
		}
	}
	return t.String()
}

func (t *table) addGrowth(d *Data, set rows.Set, analysis rows.Analysis, size int, results []Result) {
	longest := worst(results)
	var walls []time.Duration
	solved, solve := 0, time.Duration(-1)
	for _, r := range results {
		outcome := r.Outcomes[peers.Ours]
		walls = append(walls, outcome.Wall)
		solve = max(solve, outcome.Solve)
		if r.Verdict(peers.Ours).Solved() {
			solved++
		}
	}
	var prototype, factor string
	if p, known := d.Prototype[size]; known && set == rows.Growth && analysis == rows.Splitting {
		prototype, factor = prototypeText(p), timesText(p, longest.Outcomes[peers.Ours].Wall, solved == len(results))
	}
	var others []string
	for _, c := range d.contenders() {
		if n := c.solved(results); n > 0 && c.peer != peers.Ours {
			others = append(others, fmt.Sprintf("%s %d", c.title, n))
		}
	}
	t.add(string(set), fmt.Sprint(size), string(analysis), outOf(solved, len(results)), secondsText(median(walls).Seconds()),
		secondsText(longest.Outcomes[peers.Ours].Wall.Seconds()), durationText(solve), longest.Row.Network.Name, prototype, factor, strings.Join(others, ", "))
}

func sizes(results []Result) []int {
	var all []int
	for _, r := range results {
		all = append(all, r.Row.Network.Organizations)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func ofSize(results []Result, size int) []Result {
	return slices.DeleteFunc(slices.Clone(results), func(r Result) bool { return r.Row.Network.Organizations != size })
}

// MismatchTable lists answers that are not what they are held to, or not to the question about all nodes.
func (d *Data) MismatchTable() string {
	t := newTable("row", "who", "answer", "held to", "verdict")
	for _, r := range d.Results {
		for _, peer := range titles {
			if verdict := r.Verdict(peer.name); verdict == Wrong || verdict == OfCore {
				t.add(r.Row.String(), peer.title, string(r.Outcomes[peer.name].Answer), string(r.reference(peer.name)), string(verdict))
			}
		}
	}
	return t.String()
}

// FailureTable lists what ended with an error.
func (d *Data) FailureTable() string {
	t := newTable("row", "who", "error")
	for _, r := range d.Results {
		for _, peer := range titles {
			if r.Verdict(peer.name) == Failed {
				t.add(r.Row.String(), peer.title, r.Outcomes[peer.name].Detail)
			}
		}
	}
	return t.String()
}

// RowTable has every row about a minimum.
func (d *Data) RowTable() string {
	contenders := d.contenders()
	t := newTable("row", "organizations", "answer", "our solve time", "algorithm")
	for _, c := range contenders {
		t.head = append(t.head, c.title)
	}
	results := d.Minima()
	slices.SortStableFunc(results, func(a, b Result) int { return cmp.Compare(a.setOrder(), b.setOrder()) })
	for _, r := range results {
		ours := r.Outcomes[peers.Ours]
		line := []string{r.Row.String(), fmt.Sprint(r.Row.Network.Organizations), string(ours.Answer), durationText(ours.Solve), ours.Algorithm}
		for _, c := range contenders {
			line = append(line, c.cell(r))
		}
		t.add(line...)
	}
	return t.String()
}

// Minima are the results about minima; FamilyTable has the others.
func (d *Data) Minima() []Result {
	return slices.DeleteFunc(slices.Clone(d.Results), func(r Result) bool { return r.Row.Analysis.Whole() })
}

func (r Result) setOrder() int { return slices.Index(rows.Sets(), r.Row.Network.Set) }
