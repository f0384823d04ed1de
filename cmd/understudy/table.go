package main

import (
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"unicode"

	"understudy/engine"
	"understudy/engine/api"
	"understudy/engine/fbas"
)

// table prints answers in two columns for a person.
type table struct {
	out    io.Writer
	label  map[string]string // what stands for a public key; others stand for themselves
	member string            // "node", or the group that sets are shown by
	ended  api.StoppedBy     // why an answer is not complete
	colour bool
	// minimum says that families were not asked for, be they known or not.
	minimum bool
	// everything lists all findings, not just the first of each code.
	everything bool
}

func newTable(out io.Writer, network *fbas.Network, mergeBy string) *table {
	t := &table{out: out, label: labels(network), member: "node"}
	switch engine.MergeBy(mergeBy) {
	case engine.MergeOrganization:
		t.member = "organization"
	case engine.MergeCountry:
		t.member = "country"
	case engine.MergeISP:
		t.member = "ISP"
	case engine.MergeNone:
	default:
		t.member = "group"
	}
	return t
}

// labels names each node that has a name of its own that a terminal can show.
func labels(network *fbas.Network) map[string]string {
	uses := make(map[string]int)
	for _, n := range network.Nodes {
		uses[n.Name]++
	}
	named := make(map[string]string)
	for _, n := range network.Nodes {
		unprintable := strings.ContainsFunc(n.Name, func(r rune) bool { return !unicode.IsPrint(r) })
		if n.Name != "" && uses[n.Name] == 1 && !unprintable {
			named[n.PublicKey] = n.Name
		}
	}
	return named
}

func (t *table) head(file string, network *fbas.Network, core int, semantics string) {
	t.row("network", fmt.Sprintf("%s: %s, %s", file, count(len(network.Nodes), "node"), count(len(network.Organizations), "organization")))
	switch {
	case core < 0:
	case semantics == string(engine.SemanticsRust):
		t.row("core", count(core, "node")+" take part in quorums that matter; the rest never appears below")
	default:
		t.row("semantics", semantics+": "+count(core, "node")+" and no reduction")
	}
}

func (t *table) row(label, value string) {
	fmt.Fprintf(t.out, "%-24s%s\n", label, value)
}

// list prints names below a row, broken into lines.
func (t *table) list(label string, members []string) {
	const width = 96
	line := ""
	for i, name := range t.labelled(members) {
		if i < len(members)-1 {
			name += ","
		}
		switch {
		case line == "":
			line = name
		case len(line)+1+len(name) > width:
			t.row(label, line)
			label, line = "", name
		default:
			line += " " + name
		}
	}
	if line != "" {
		t.row(label, line)
	}
}

func (t *table) names(members []string) string { return strings.Join(t.labelled(members), ", ") }

func (t *table) labelled(members []string) []string {
	names := make([]string, 0, len(members))
	for _, m := range members {
		if name, ok := t.label[m]; ok {
			m = name
		}
		names = append(names, m)
	}
	slices.Sort(names)
	return names
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n != 1 {
		if stem, ok := strings.CutSuffix(noun, "y"); ok {
			noun = stem + "ie"
		}
		if strings.HasSuffix(noun, "ss") {
			noun += "e"
		}
		noun += "s"
	}
	return thousands(big.NewInt(int64(n))) + " " + noun
}

// thousands writes 5103 as 5,103.
func thousands(n *big.Int) string {
	digits := n.String()
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}
