package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"understudy/compare"
	"understudy/compare/shrink"
)

// shrinkOutput is what --json prints.
type shrinkOutput struct {
	Metric  string          `json:"metric,omitempty"`
	Verdict compare.Verdict `json:"verdict"`
	Class   string          `json:"class,omitempty"`

	StartNodes   int `json:"start_nodes"`
	StartMembers int `json:"start_members"`
	Nodes        int `json:"nodes"`
	Members      int `json:"members"`
	Asked        int `json:"asked"`
	// Minimal is false where asks or time ended the search; Stopped says which.
	Minimal bool   `json:"minimal"`
	Stopped string `json:"stopped,omitempty"`

	Names   map[string]string `json:"names,omitempty"` // former keys by new ones
	Result  compare.Result    `json:"result"`
	Request json.RawMessage   `json:"request"`
}

// write writes the smallest network and what there is to say about it.
func (c *shrinkCommand) write(r shrink.Report, s streams) error {
	if c.Out != "" {
		if err := os.WriteFile(c.Out, r.Shrunk.Body, 0o644); err != nil {
			return fmt.Errorf("write network: %w", err)
		}
	}
	if c.Report != "" {
		page, err := r.Markdown()
		if err != nil {
			return err
		}
		if err := os.WriteFile(c.Report, page, 0o644); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	}
	out := &keeper{out: s.out}
	switch {
	case c.JSON:
		writeLine(out, shrinkOutput{
			Metric: r.Want.Metric, Verdict: r.Want.Verdict, Class: r.Want.Class,
			StartNodes: r.Shrunk.StartNodes, StartMembers: r.Shrunk.StartMembers, Nodes: r.Shrunk.Nodes, Members: r.Shrunk.Members,
			Asked: r.Shrunk.Asked, Minimal: r.Shrunk.Minimal, Stopped: r.Shrunk.Stopped,
			Names: r.Shrunk.Names, Result: r.Shrunk.Result, Request: r.Shrunk.Body,
		})
	case c.Out != "" || c.Report != "":
		summarize(out, r)
	default:
		summarize(s.err, r)
		fmt.Fprintf(out, "%s", r.Shrunk.Body)
	}
	if err := out.failed(); err != nil {
		return err
	}
	if !r.Shrunk.Minimal {
		return incomplete("incomplete: the %s ended before the network was as small as it gets (--max-asks, --timeout)", r.Shrunk.Stopped)
	}
	return nil
}

// summarize says in a few lines what was found.
func summarize(out io.Writer, r shrink.Report) {
	f := r.Shrunk
	fmt.Fprintf(out, "%s: from %s to %s, from %s of quorum sets to %s, by asking about %s\n",
		r.Want, count(f.StartNodes, "node"), count(f.Nodes, "node"), count(f.StartMembers, "member"), count(f.Members, "member"), count(f.Asked, "network"))
	for _, m := range f.Result.Metrics {
		if m.Metric != r.Want.Metric {
			continue
		}
		fmt.Fprintf(out, "primary %s, candidate %s\n", m.Primary, m.Candidate)
		for _, ruling := range m.Rulings {
			if ruling.Proof != nil {
				fmt.Fprintf(out, "%s: %s\n", ruling.Verdict, ruling.Proof.Sentence)
			}
		}
	}
}

// shrinkProgress says how far it is: one line drawn again and again where a
// person looks at it, else a line for every smaller network.
type shrinkProgress struct {
	out    io.Writer
	redraw bool
	drawn  time.Time
}

func newShrinkProgress(stderr io.Writer) *shrinkProgress {
	return &shrinkProgress{out: stderr, redraw: isTerminal(stderr)}
}

func (p *shrinkProgress) begin(want shrink.Target) {
	fmt.Fprintf(p.out, "shrinking %s\n", want)
}

func (p *shrinkProgress) step(s shrink.Step) {
	line := fmt.Sprintf("%s, %s of quorum sets; asked about %s (%s)",
		count(s.Nodes, "node"), count(s.Members, "member"), count(s.Asked, "network"), s.Phase)
	switch {
	case p.redraw && (s.Shown || time.Since(p.drawn) >= redrawEvery):
		p.drawn = time.Now()
		fmt.Fprintf(p.out, "\r%s\x1b[K", line)
	case !p.redraw && s.Shown:
		fmt.Fprintln(p.out, line)
	}
}

// end takes the line away.
func (p *shrinkProgress) end() {
	if p.redraw {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
