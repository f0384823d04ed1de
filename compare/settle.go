package compare

import (
	"context"
	"fmt"
	"slices"

	"understudy/engine/witness"
)

// Settle is Compare, and asks the arbiter about every metric that does not
// agree: about one that no witness settles, who is wrong; about one in which a
// side is refuted, whether the other side is right. It ends soon after ctx.
func (p *Prepared) Settle(ctx context.Context, arbiter Arbiter, primary, candidate Reply, kind PrimaryKind) Result {
	r, b := p.compare(primary, candidate, kind)
	if b == nil || arbiter == nil || p.err != nil || r.Verdict == VerdictAgree || p.semantics == semanticsPython {
		return r
	}
	s := settling{bout: b, ctx: ctx, arbiter: arbiter}
	s.dispute = Dispute{
		Analysis: p.analysis, MergeBy: p.mergeBy, Faulty: p.faulty,
		Core: p.core, Groups: p.groups,
	}
	if p.analysis == analysisNetwork {
		s.dispute.MergeBy = witness.MergeNone
	}
	for _, m := range r.Metrics {
		if m.Verdict != VerdictAgree && m.Verdict != VerdictInputSkew {
			s.dispute.Metrics = append(s.dispute.Metrics, m.Metric)
		}
	}
	if len(s.dispute.Metrics) > 0 {
		s.learn()
		for i := range r.Metrics {
			s.settle(&r.Metrics[i])
		}
		r.conclude()
	}
	return r
}

// settling is a bout before an arbiter.
type settling struct {
	*bout
	ctx     context.Context
	arbiter Arbiter
	dispute Dispute
	truth   *Answer // nil: the arbiter came to no answer
	proof   Truth
	values  map[string]value // of truth
}

// learn asks the arbiter. What it answers must pass the same checks as everyone
// else's evidence; one that does not is no arbiter.
func (s *settling) learn() {
	truth, err := s.arbiter.Answer(s.ctx, s.dispute)
	if err != nil || truth.Answer == nil {
		return
	}
	c := s.p.checker(false)
	s.values = values(truth.Answer, s.kind, c)
	for metric, v := range s.values {
		if v.fault != nil || v.parts == nil {
			delete(s.values, metric)
		}
	}
	s.truth, s.proof = truth.Answer, truth
	s.pool.add(c.found)
}

// settle adds what the arbiter knows to the rulings of a metric.
func (s *settling) settle(m *MetricResult) {
	if !slices.Contains(s.dispute.Metrics, m.Metric) {
		return
	}
	rulings := slices.DeleteFunc(slices.Clone(m.Rulings), func(r Ruling) bool { return r.Verdict == VerdictUndecided })
	settled := true // both sides are known to be right or wrong
	for side, name := range sides {
		if slices.ContainsFunc(rulings, func(r Ruling) bool { return r.Verdict == wrong(name) }) {
			continue
		}
		proof, known := s.refuted(side, m.Metric), true // what the arbiter shows is a witness too
		if proof == nil {
			proof, known = s.judgeSide(side, m.Metric)
		}
		settled = settled && known
		if proof != nil {
			rulings = append(rulings, s.ruling(name, m.Metric, proof))
		}
	}
	switch {
	case len(rulings) == 0 && settled && s.equal(m.Metric):
		m.Outcome = Agree // different examples, both valid
	case len(rulings) == 0:
		rulings = []Ruling{{Verdict: VerdictUndecided}}
	}
	m.rule(rulings...)
}

// equal says whether both sides give the same value.
func (s *settling) equal(metric string) bool {
	return diffValues(metric, s.bout.values[0][metric], s.bout.values[1][metric]).Outcome == Agree
}

// judgeSide says why a side is wrong about a metric, and whether the arbiter
// knows enough to say.
func (s *settling) judgeSide(side int, metric string) (proof *Proof, known bool) {
	claim := s.bout.values[side][metric]
	if claim.fault != nil {
		return nil, true // ruled on before
	}
	truth, known := s.values[metric]
	if !known {
		return s.judgeShown(side, metric)
	}
	shown, whole := s.families(side, metric)
	if proof, _ := s.judgeMembership(side, metric, shown, whole); whole != nil && proof != nil {
		return proof, true // names the set, which says more than a number
	}
	for i, part := range truth.parts {
		if i >= len(claim.parts) || part.means(claim.parts[i]) && sameListing(part, claim.parts[i]) {
			continue
		}
		return s.byDefinition(side, metric, i, claim.parts[i]), true
	}
	switch {
	case whole != nil:
		return nil, true
	case metric == MetricSplittingFamily:
		return s.judgeListed(side)
	case metric == MetricQuorumFamily, metric == MetricBlockingFamily:
		return nil, !s.checkers[side].unverified[metric]
	}
	return s.judgeExample(side, metric)
}

// judgeShown looks for a splitting set that does not split among those that a
// side shows, where nothing else is known. A family of which every listed set is
// known is right as far as the sides differ in it.
func (s *settling) judgeShown(side int, metric string) (proof *Proof, known bool) {
	switch metric {
	case MetricMinSplitting:
		proof, _ = s.judgeExample(side, metric)
	case MetricSplittingFamily:
		return s.judgeListed(side)
	}
	return proof, false
}

// means says whether two parts have the same value. The Python service's 0
// stands for none too.
func (p part) means(claim part) bool {
	return p.key == claim.key || claim.key == zeroOrNone && (p.key == "0" || p.key == "none")
}

func sameListing(a, b part) bool { return a.listed == b.listed || !a.whole || !b.whole }

// byDefinition is the proof that a side's number or family is another one.
func (s *settling) byDefinition(side int, metric string, at int, claim part) *Proof {
	truth := s.values[metric].parts[at]
	text, claimed := truth.text, claim.text
	if truth.key == claim.key {
		text += " (other sets)"
	}
	what := metric
	if truth.name != "" {
		what += " (" + truth.name + ")"
	}
	return &Proof{
		Kind: s.proof.Kind, Check: checkByDefinition, Sets: s.shown(metric),
		Sentence: fmt.Sprintf("by the definition %s is %s%s, found by %s; the %s says %s%s",
			what, text, truth.only(claim), s.proof.How, sides[side], claimed, claim.only(truth)),
	}
}

// shown are the sets that support what the arbiter found.
func (s *settling) shown(metric string) []NamedSet {
	a := s.truth
	switch metric {
	case MetricIntersection:
		if a.Quorums != nil {
			return numbered("quorum", a.Quorums.Disjoint)
		}
	case MetricTopTier:
		if a.TopTier != nil {
			return numbered("minimal quorum", a.TopTier.Quorums)
		}
	case MetricMinQuorum, MetricQuorumFamily:
		return exampleSets("minimal quorum", &a.Quorums.Family)
	case MetricMinBlocking, MetricBlockingFamily:
		if a.Blocking != nil {
			return exampleSets("minimal blocking set", a.Blocking)
		}
	case MetricMinSplitting, MetricSplittingFamily:
		if a.Splitting != nil && !a.Splitting.None() {
			return splitSets(a.Splitting.Example, orElse(a.Splitting.Members, a.Splitting.Example), a.Splitting.Quorums)
		}
	}
	return nil
}

func exampleSets(name string, f *Family) []NamedSet {
	if f.None() {
		return nil
	}
	return []NamedSet{{name, f.Example}}
}

func orElse(a, b []string) []string {
	if a != nil {
		return a
	}
	return b
}
