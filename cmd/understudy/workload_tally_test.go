package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"understudy/compare"
	"understudy/store"
)

// unclassified are proven differences that no known defect fits.
const unclassified = "unclassified"

// workloadTally counts what became of the scans of a workload.
type workloadTally struct {
	scans, exchanges, failures int
	verdicts                   map[string]map[string]int // by metric
	classes, proofs            map[string]int            // of what is wrong with the primary
	differing                  map[string]int            // exchanges that differ, by kind of network
}

func newWorkloadTally() workloadTally {
	return workloadTally{
		verdicts: make(map[string]map[string]int), classes: make(map[string]int),
		proofs: make(map[string]int), differing: make(map[string]int),
	}
}

// add counts an exchange and says what is wrong with it, "" for nothing.
func (w *workloadTally) add(kind string, e store.Exchange) string {
	w.exchanges++
	if e.Outcome != string(compare.Agree) && e.Outcome != string(compare.Differ) {
		return fmt.Sprintf("outcome %s (%s%s)", e.Outcome, e.Skip, e.Note)
	}
	if e.Outcome == string(compare.Differ) {
		w.differing[kind]++
	}
	var wrong []string
	for _, m := range e.Metrics {
		if w.verdicts[m.Name] == nil {
			w.verdicts[m.Name] = make(map[string]int)
		}
		w.verdicts[m.Name][m.Verdict]++
		if why := w.explain(m); why != "" {
			wrong = append(wrong, fmt.Sprintf("%s, %s to %s: %s", m.Name, m.Primary, m.Candidate, why))
		}
	}
	return strings.Join(wrong, "; ")
}

// explain counts the rulings of a metric and says what leaves the difference
// without an explanation.
func (w *workloadTally) explain(m store.Metric) string {
	switch compare.Verdict(m.Verdict) {
	case compare.VerdictAgree:
		return ""
	case compare.VerdictPrimaryWrong, compare.VerdictInputSkew:
	default:
		return fmt.Sprintf("%s %+v", m.Verdict, m.Rulings)
	}
	for _, r := range m.Rulings {
		if r.Proof == nil || r.Sentence == "" {
			return fmt.Sprintf("%s without a proof", r.Verdict)
		}
		class := r.Class
		if class == "" {
			class = unclassified
		}
		if r.Verdict == string(compare.VerdictPrimaryWrong) {
			w.classes[class]++
			w.proofs[r.ProofKind]++
		}
	}
	if len(m.Rulings) == 0 {
		return "no ruling"
	}
	return ""
}

// String is a table for people.
func (w *workloadTally) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%d scans, %d exchanges, %d failures\n", w.scans, w.exchanges, w.failures)
	table := tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(table, "metric\t")
	for _, verdict := range compare.Verdicts {
		fmt.Fprintf(table, "%s\t", verdict)
	}
	fmt.Fprintln(table)
	for _, metric := range compare.Metrics {
		if w.verdicts[metric] == nil {
			continue
		}
		fmt.Fprintf(table, "%s\t", metric)
		for _, verdict := range compare.Verdicts {
			fmt.Fprintf(table, "%d\t", w.verdicts[metric][string(verdict)])
		}
		fmt.Fprintln(table)
	}
	_ = table.Flush() // into memory
	for _, counts := range []struct {
		name string
		by   map[string]int
	}{{"defects of the primary", w.classes}, {"proofs", w.proofs}, {"differing exchanges", w.differing}} {
		fmt.Fprintf(&out, "%s:", counts.name)
		for _, key := range slices.Sorted(maps.Keys(counts.by)) {
			fmt.Fprintf(&out, " %s %d;", key, counts.by[key])
		}
		fmt.Fprintln(&out)
	}
	return out.String()
}

func TestWorkload_TellsWhatIsNotExplained(t *testing.T) {
	proven := store.Ruling{Verdict: "primary_wrong", ProofKind: "witness", Sentence: "it is", Proof: []byte(`{}`)}
	metric := func(verdict string, rulings ...store.Ruling) store.Exchange {
		return store.Exchange{Outcome: "differ", Metrics: []store.Metric{{Name: "min_blocking", Outcome: "differ", Verdict: verdict, Rulings: rulings}}}
	}
	for name, test := range map[string]struct {
		exchange  store.Exchange
		explained bool
	}{
		"agreement":                  {store.Exchange{Outcome: "agree", Metrics: []store.Metric{{Verdict: "agree"}}}, true},
		"a proven defect":            {metric("primary_wrong", proven), true},
		"a defect without a proof":   {metric("primary_wrong", store.Ruling{Verdict: "primary_wrong"}), false},
		"a defect without a ruling":  {metric("primary_wrong"), false},
		"the candidate is wrong":     {metric("candidate_wrong", proven), false},
		"nobody knows":               {metric("undecided", store.Ruling{Verdict: "undecided"}), false},
		"the candidate did not know": {store.Exchange{Outcome: "candidate_failed"}, false},
		"it was not compared":        {store.Exchange{Outcome: "skipped", Skip: "mirror_full"}, false},
	} {
		tally := newWorkloadTally()
		if wrong := tally.add("flat", test.exchange); (wrong == "") != test.explained {
			t.Errorf("%s: told %q", name, wrong)
		}
	}
}
