package shrink

import (
	"bytes"
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"text/template"

	"understudy/compare"
	"understudy/compare/edit"
)

// Report is a bug report about a disagreement.
type Report struct {
	Analysis string // as in the path, such as "quorums"
	Want     Target
	Shrunk   Shrunk
	Kind     compare.PrimaryKind
	// PrimaryName and CandidateName say who answered, such as an address and a
	// version.
	PrimaryName, CandidateName string
	// Primary and Candidate are the answers about the smallest network.
	Primary, Candidate compare.Reply
}

// side is one answer, as the template shows it.
type side struct{ Role, Name, Status, Language, Body string }

type row struct{ Key, Set, Organization, Country, ISP string }

type ruling struct {
	compare.Ruling
	Metric string
}

// view is what the template sees.
type view struct {
	Title, Sentence, Found, Options, Body string
	Rows                                  []row
	Sides                                 []side
	Result                                compare.Result
	Rulings                               []ruling
	Grouped, Rust                         bool
	Service, Install, Script, Engine      string
}

//go:embed report.md.tmpl
var text string

var page = template.Must(template.New("report").Funcs(template.FuncMap{
	"md":     func(v any) string { return escape(fmt.Sprint(v)) },
	"fence":  fence,
	"set":    braces,
	"defect": func(class string) string { return defects[class] },
	"kind":   func(k compare.ProofKind) string { return kinds[k] },
}).Parse(text))

var kinds = map[compare.ProofKind]string{
	compare.ProofContradiction: "the answer contradicts itself",
	compare.ProofWitness:       "sets of nodes that anybody can check",
	compare.ProofExhaustive:    "every set of core nodes was tried",
	compare.ProofTwoSolvers:    "two independent solvers say the same",
	compare.ProofFinding:       "a finding about the request",
}

// defects are the known ones of the Rust scanner.
var defects = map[string]string{
	"R1": "blocking sets are missing where a symmetric set contains some node more than once",
	"R2": "splitting sets that do not split, or are not minimal, where a symmetric set contains some node more than once",
	"R3": "splitting sets that do not split, where deleting them empties an inner set",
	"R4": "splitting sets are missing where validators have different quorum sets",
	"R5": "validators of one inner set are taken as interchangeable, though their own quorum sets differ",
	"R6": "the top tier is taken from cached blocking sets",
}

// Markdown writes the report. What others wrote, names among it, is escaped.
func (r Report) Markdown() ([]byte, error) {
	n, err := edit.Read(r.Shrunk.Body)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	v := view{
		Title: r.title(), Sentence: r.sentence(), Found: r.found(),
		Options: options(n), Body: string(r.Shrunk.Body), Rows: rows(n),
		Sides:  []side{answered("The primary", r.PrimaryName, r.Primary), answered("The candidate", r.CandidateName, r.Candidate)},
		Result: r.Shrunk.Result, Rulings: r.rulings(), Rust: r.Kind != compare.KindPython,
	}
	for _, line := range v.Rows {
		v.Grouped = v.Grouped || line.Organization+line.Country+line.ISP != ""
	}
	v.reproduce(r, n)
	var out bytes.Buffer
	if err := page.Execute(&out, v); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	return out.Bytes(), nil
}

var outcomes = map[compare.Verdict]string{
	compare.VerdictPrimaryWrong:    "the primary is proven wrong",
	compare.VerdictCandidateWrong:  "the candidate is proven wrong",
	compare.VerdictUndecided:       "the two differ, and nothing refutes either",
	compare.VerdictInputSkew:       "the two read the request differently",
	compare.VerdictPrimaryFailed:   "the primary fails",
	compare.VerdictCandidateFailed: "the candidate fails",
	compare.VerdictBothFailed:      "both fail",
	compare.VerdictAgree:           "the two agree",
}

func (r Report) title() string {
	title := r.Analysis
	if r.Want.Metric != "" {
		title += ", " + r.Want.Metric
	}
	title += ": " + outcomes[r.Want.Verdict]
	if r.Want.Class != "" {
		title += " (" + r.Want.Class + ")"
	}
	return escape(title)
}

// sentence says what differs.
func (r Report) sentence() string {
	about := fmt.Sprintf("About a network of %d nodes, asked for %s", r.Shrunk.Nodes, r.Analysis)
	m := r.Want.of(r.Shrunk.Result)
	if m == nil {
		return escape(fmt.Sprintf("%s: %s.", about, r.Shrunk.Result.Reason))
	}
	return escape(fmt.Sprintf("%s, the primary says of %s %q and the candidate %q.", about, m.Metric, m.Primary, m.Candidate))
}

// found says where the network comes from and how small it is.
func (r Report) found() string {
	s := r.Shrunk
	out := fmt.Sprintf("It was reduced from %d nodes and %d members of quorum sets to %d and %d by asking both sides about %d networks",
		s.StartNodes, s.StartMembers, s.Nodes, s.Members, s.Asked)
	if s.Minimal {
		return out + ". No node, member, organization or field can be taken away alone, and no threshold be made simpler, without the difference going away."
	}
	return out + " until the " + s.Stopped + " ended; it may not be the smallest."
}

// rulings are those of the target's metric first, then the others.
func (r Report) rulings() []ruling {
	var first, others []ruling
	for _, m := range r.Shrunk.Result.Metrics {
		for _, one := range m.Rulings {
			if m.Metric == r.Want.Metric {
				first = append(first, ruling{one, m.Metric})
			} else {
				others = append(others, ruling{one, m.Metric})
			}
		}
	}
	return append(first, others...)
}

func answered(role, name string, reply compare.Reply) side {
	s := side{Role: role, Name: escape(name), Status: "status " + strconv.Itoa(reply.Status), Language: "json", Body: string(pretty(reply.Body))}
	if reply.Failure != "" {
		s.Status = "no answer, " + escape(reply.Failure)
	}
	return s
}

// options say what of the request is neither node nor organization.
func options(n *edit.Network) string {
	var out []string
	if merge := edit.Text(n.Fields, "merge_by"); merge != "" {
		out = append(out, "sets merged by "+escape(merge))
	}
	if len(n.Faulty) > 0 {
		out = append(out, "failed already: "+braces(n.Faulty))
	}
	return strings.Join(out, "; ")
}
