package compare

// bout is two whole answers side by side, with what each is and shows.
type bout struct {
	p                  *Prepared
	kind               PrimaryKind
	primary, candidate *Answer
	values             [2]map[string]value // of primary, of candidate
	checkers           [2]*checker
	pool               evidence // of both sides: what holds does so whoever said it
	disjointTried      bool
}

var sides = [2]string{sidePrimary, sideCandidate}

func (p *Prepared) newBout(primary, candidate *Answer, kind PrimaryKind) *bout {
	b := &bout{p: p, kind: kind, primary: primary, candidate: candidate}
	// The Python service's own answers are believed as far as they are compared,
	// and so is everyone about a request that the two read differently.
	skewed := p.optionSkew(kind) != ""
	b.checkers = [2]*checker{p.checker(skewed || kind == KindPython), p.checker(skewed)}
	for i, a := range []*Answer{primary, candidate} {
		b.values[i] = values(a, kind, b.checkers[i])
		b.pool.add(b.checkers[i].found)
	}
	return b
}

func (e *evidence) add(o evidence) {
	e.quorums = append(e.quorums, o.quorums...)
	e.blocking = append(e.blocking, o.blocking...)
	e.splits = append(e.splits, o.splits...)
	e.open = append(e.open, o.open...)
	e.tier = append(e.tier, o.tier...)
	if e.disjoint == nil {
		e.disjoint = o.disjoint
	}
}

func (b *bout) answer(side int) *Answer { return []*Answer{b.primary, b.candidate}[side] }

// judge rules on every metric that both sides have a value for.
func (b *bout) judge() []MetricResult {
	metrics := diff(b.values[0], b.values[1])
	for i := range metrics {
		m := &metrics[i]
		if m.Outcome == Agree && b.open(m.Metric) {
			m.Outcome = Differ // in an example that nothing is known of
		}
		if m.Outcome == Agree {
			m.rule()
			continue
		}
		m.rule(b.rulings(m.Metric)...)
	}
	return metrics
}

// rulings are the verdicts on a metric in which the sides differ, by what the
// two answers show and nothing else.
func (b *bout) rulings(metric string) []Ruling {
	if skew := b.skew(); skew != nil {
		return []Ruling{*skew}
	}
	if skew := b.tierSkew(metric); skew != nil && b.values[1][metric].fault == nil {
		return []Ruling{*skew}
	}
	var out []Ruling
	for side, name := range sides {
		proof := b.values[side][metric].fault
		if proof != nil {
			proof = says(name, proof)
		} else {
			proof = b.refuted(side, metric)
		}
		if proof != nil {
			out = append(out, b.ruling(name, metric, proof))
		}
	}
	if len(out) == 0 {
		return []Ruling{{Verdict: VerdictUndecided}}
	}
	return out
}

func (b *bout) ruling(side, metric string, proof *Proof) Ruling {
	r := Ruling{Verdict: wrong(side), Proof: proof}
	if side == sidePrimary && b.kind == KindRust {
		r.Class = b.defectClass(metric)
	}
	return r
}

// says is the proof with a sentence that names the side it is about.
func says(side string, proof *Proof) *Proof {
	named := *proof
	named.Sentence = "the " + side + ": " + proof.Sentence
	return &named
}

// greatest is the greatest quorum that is left without some nodes.
func (p *Prepared) greatest(without []string) []string {
	gone := make(map[string]bool, len(without))
	for _, key := range without {
		gone[key] = true
	}
	var rest []string
	for _, key := range p.core.Keys() {
		if !gone[key] {
			rest = append(rest, key)
		}
	}
	quorum, err := p.core.GreatestQuorum(rest)
	if err != nil {
		return nil // never: these are core nodes
	}
	return quorum
}
