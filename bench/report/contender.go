package report

import (
	"slices"

	"understudy/bench/peers"
	"understudy/bench/rows"
)

// contender is a column: a peer of this run or a published one.
type contender struct {
	title   string
	peer    peers.Name // "" if published
	seconds func(Result) (float64, bool)
	// asked says whether it was asked about the row at all.
	asked func(Result) bool
}

// titles of the peers of this run, in the order of the columns.
var titles = []struct {
	name  peers.Name
	title string
}{
	{peers.Ours, "Understudy"},
	{peers.Second, "its second engine"},
	{peers.RustScanner, "Rust scanner"},
	{peers.FBASAnalyzer, "fbas_analyzer " + peers.NativeVersion},
}

// contenders are the peers that were asked about anything, then the published ones.
func (d *Data) contenders() []contender {
	var all []contender
	for _, t := range titles {
		asked := func(r Result) bool { return r.Verdict(t.name) != NotAsked }
		if slices.ContainsFunc(d.Results, asked) {
			all = append(all, contender{t.title, t.name, wallOf(t.name), asked})
		}
	}
	published := func(title string, pick func(rows.Figures) rows.Figure) contender {
		figure := func(r Result) rows.Figure {
			return pick(d.Published[rows.Key{Network: r.Row.Network.Name, Analysis: r.Row.Analysis}])
		}
		return contender{
			title: title,
			seconds: func(r Result) (float64, bool) {
				return figure(r).Seconds, r.Row.Network.Set == rows.Published && figure(r).Solved
			},
			asked: func(r Result) bool { return r.Row.Network.Set == rows.Published },
		}
	}
	return append(all,
		published("python-fbas (published)", func(f rows.Figures) rows.Figure { return f.PythonFBAS }),
		published("fbas_analyzer (published)", func(f rows.Figures) rows.Figure { return f.FBASAnalyzer }))
}

// solved counts the rows that it has solved.
func (c contender) solved(results []Result) int { return len(times(results, c.seconds)) }

// alone counts the rows, of those that it was asked, that only we have solved, and those that only it has.
func (c contender) alone(results []Result) (ours, theirs int) {
	for _, r := range results {
		_, solved := c.seconds(r)
		switch weSolved := r.Verdict(peers.Ours).Solved(); {
		case weSolved && !solved && c.asked(r):
			ours++
		case solved && !weSolved:
			theirs++
		}
	}
	return ours, theirs
}

// cell is the time of a solved row, else why there is none.
func (c contender) cell(r Result) string {
	if !c.asked(r) {
		return ""
	}
	if seconds, solved := c.seconds(r); solved {
		text := secondsText(seconds)
		if c.peer != "" && r.Verdict(c.peer) == OfCore {
			text += " (core)"
		}
		return text
	}
	if c.peer == "" {
		return string(Unsolved)
	}
	return string(r.Verdict(c.peer))
}
