package main

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"understudy/compare"
	"understudy/engine/fbas"
)

// sameValues says of each metric whether two answers to one question have the
// same value. Evidence does not count: one may show another set each time and be
// right. Nil where an answer can't be read.
func sameValues(analysis string, replies [2]compare.Reply) map[string]bool {
	var values [2]map[string]string
	for i, reply := range replies {
		if reply.Failure != "" || reply.Status != http.StatusOK {
			return nil
		}
		answer, err := compare.ParseAnswer(analysis, reply.Body)
		if err != nil || answer.Incomplete {
			return nil
		}
		values[i] = valuesOf(answer)
	}
	same := make(map[string]bool)
	for metric, value := range values[0] {
		same[metric] = value == values[1][metric]
	}
	for metric := range values[1] {
		if _, both := values[0][metric]; !both {
			same[metric] = false
		}
	}
	return same
}

// valuesOf writes what an answer says about each metric, order aside.
func valuesOf(a *compare.Answer) map[string]string {
	v := make(map[string]string)
	if a.TopTier != nil {
		v[compare.MetricTopTier] = fmt.Sprint(a.TopTier.Size) + sortedSet(a.TopTier.Members)
	}
	if a.Symmetric != nil {
		v[compare.MetricSymmetric] = sortedQuorumSet(a.Symmetric.QuorumSet)
	}
	if a.Quorums != nil {
		v[compare.MetricIntersection] = strconv.FormatBool(a.Quorums.Intersect)
		familyValues(v, compare.MetricMinQuorum, compare.MetricQuorumFamily, &a.Quorums.Family)
	}
	if a.Blocking != nil {
		familyValues(v, compare.MetricMinBlocking, compare.MetricBlockingFamily, a.Blocking)
	}
	if a.Splitting != nil {
		familyValues(v, compare.MetricMinSplitting, compare.MetricSplittingFamily, &a.Splitting.Family)
		v[compare.MetricMinSplitting] += fmt.Sprint(" ", a.Splitting.Split)
	}
	if n := a.Network; n != nil {
		v[compare.MetricIntersection], v[compare.MetricSymmetric] = strconv.FormatBool(n.Intersect), strconv.FormatBool(n.Symmetric)
		for _, level := range n.Levels {
			v[compare.MetricTopTier] += fmt.Sprint(" ", level.TopTier)
			v[compare.MetricMinBlocking] += fmt.Sprint(" ", level.Blocking, level.BlockingFiltered)
			v[compare.MetricMinSplitting] += fmt.Sprint(" ", level.Splitting)
		}
	}
	return v
}

func familyValues(v map[string]string, least, family string, f *compare.Family) {
	v[least] = fmt.Sprint(f.Min, f.None())
	if f.Total == nil {
		return
	}
	v[family] = f.Total.String()
	if f.Known() == compare.KnownWhole {
		v[family] += sortedFamily(f.Sets)
	}
}

func sortedSet(members []string) string {
	return fmt.Sprintf("%q", slices.Sorted(slices.Values(members)))
}

func sortedFamily(sets [][]string) string {
	texts := make([]string, len(sets))
	for i, set := range sets {
		texts[i] = sortedSet(set)
	}
	slices.Sort(texts)
	return strings.Join(texts, " ")
}

func sortedQuorumSet(q *fbas.QuorumSet) string {
	if q == nil {
		return "none"
	}
	inner := make([]string, len(q.InnerQuorumSets))
	for i := range q.InnerQuorumSets {
		inner[i] = sortedQuorumSet(&q.InnerQuorumSets[i])
	}
	slices.Sort(inner)
	return fmt.Sprintf("%d%s%q", q.Threshold, sortedSet(q.Validators), inner)
}

// noiseReport is how far the primary agrees with itself.
type noiseReport struct {
	// Repeatable: no two answers to one question had two values.
	Repeatable bool          `json:"repeatable"`
	Asked      int           `json:"asked_twice"` // questions with two whole answers
	Metrics    []noiseMetric `json:"metrics"`

	counts map[string]*noiseMetric
}

// noiseMetric counts, for one metric, pairs of answers to one question.
type noiseMetric struct {
	Metric string `json:"metric"`
	Same   int    `json:"same"`
	Differ int    `json:"differ"`
}

func (n *noiseReport) add(same map[string]bool) {
	if same == nil {
		return
	}
	n.Asked++
	for metric, is := range same {
		m := n.counts[metric]
		if m == nil {
			m = &noiseMetric{Metric: metric}
			n.counts[metric] = m
		}
		if is {
			m.Same++
		} else {
			m.Differ++
		}
	}
}

func (n *noiseReport) finish() {
	n.Repeatable = n.Asked > 0
	n.Metrics = []noiseMetric{}
	for _, metric := range compare.Metrics {
		if m := n.counts[metric]; m != nil {
			n.Metrics = append(n.Metrics, *m)
			n.Repeatable = n.Repeatable && m.Differ == 0
		}
	}
}

// words say what it means.
func (n *noiseReport) words() string {
	switch {
	case n.Asked == 0:
		return "nothing is known: no question had two whole answers"
	case n.Repeatable:
		return fmt.Sprintf("repeatable: both answers to each of %s have the same values, so a difference from the candidate is no noise", count(n.Asked, "question"))
	}
	return "not repeatable: the primary contradicts itself, and where it does, a difference from the candidate says nothing"
}

// exit is the exit code as an error.
func (n *noiseReport) exit(failed conclusion) error {
	switch {
	case n.Asked > 0 && !n.Repeatable:
		return &codedError{exitFailed, errors.New("the primary is not repeatable")}
	case n.Asked == 0 || failed.failed+failed.problems > 0:
		return incomplete("incomplete: %s had two whole answers, %d failed, %s not asked about",
			count(n.Asked, "question"), failed.failed, count(failed.problems, "input"))
	}
	return nil
}
