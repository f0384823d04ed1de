package compare

import (
	"fmt"
	"slices"

	"understudy/engine/fbas"
	"understudy/engine/quality"
	"understudy/engine/witness"
)

// optionSkew names the option of the request, "" for none, that one side does
// not know and therefore reads as if it were not there. Then the two answer
// different questions, and nobody is wrong where they differ.
func (p *Prepared) optionSkew(kind PrimaryKind) string {
	switch {
	case p.clean:
		return "clean"
	case kind == KindRust && p.semantics != "" && p.semantics != semanticsRust:
		return "semantics"
	case kind == KindRust && p.field:
		return "merge_by"
	case kind == KindPython && p.mergeBy != witness.MergeNone:
		return "merge_by" // the service does not merge at all
	case kind == KindPython && len(p.faulty) > 0:
		return "faulty_nodes"
	}
	return ""
}

// readDifferently are the findings about a network that make the definitions of
// the Rust scanner and those of the Python service two different questions.
var readDifferently = []string{
	quality.UnknownValidator, quality.MissingQuorumSet, quality.ThresholdZero, quality.ThresholdAboveMembers, quality.OneNodeQuorum,
	quality.DuplicateValidator, quality.DuplicateNode, quality.UnsatisfiableNode, quality.OutsideCore,
}

// skew explains a difference by how the two sides read the request, where they
// read it differently; nil where they do not.
func (b *bout) skew() *Ruling {
	if option := b.p.optionSkew(b.kind); option != "" {
		return skewed(option, fmt.Sprintf("the request has %s, which one side does not know: the two answer different questions", option))
	}
	if b.kind != KindPython || b.p.err != nil || b.p.semantics == semanticsPython {
		return nil
	}
	for i := range b.p.network.Nodes {
		if q := b.p.network.Nodes[i].QuorumSet; q != nil && depth(q) > serviceDepth {
			return skewed(findingDepth, fmt.Sprintf("The quorum set of %s is nested deeper than %d levels. The Python service cuts off what is below.", b.p.network.Nodes[i].PublicKey, serviceDepth))
		}
	}
	for _, f := range quality.Find(b.p.network) {
		if slices.Contains(readDifferently, f.Code) {
			return skewed(f.Code, fmt.Sprintf("%s The Python service reads this otherwise than the engine.", f.Detail))
		}
	}
	return nil
}

// What the Python service reads or answers otherwise and no data-quality finding
// is about.
const (
	findingDepth    = "nested-deeper-than-service"
	findingDisjoint = "disjoint-quorums"
)

// serviceDepth is how many levels of a quorum set the Python service passes on.
const serviceDepth = 2

func depth(q *fbas.QuorumSet) int {
	deepest := 0
	for i := range q.InnerQuorumSets {
		deepest = max(deepest, depth(&q.InnerQuorumSets[i]))
	}
	return deepest + 1
}

// tierSkew explains an empty top tier of the Python service, which has none where
// quorums are disjoint.
func (b *bout) tierSkew(metric string) *Ruling {
	if metric != MetricTopTier || b.kind != KindPython || !b.checkers[1].able() || b.primary.TopTier == nil || b.primary.TopTier.Size > 0 {
		return nil
	}
	if b.findDisjoint(); b.pool.disjoint == nil {
		return nil
	}
	return skewed(findingDisjoint, fmt.Sprintf("%s and %s are quorums that share no node. The Python service then names no top tier.", braces(b.pool.disjoint[0]), braces(b.pool.disjoint[1])))
}

func skewed(finding, sentence string) *Ruling {
	return &Ruling{
		Verdict: VerdictInputSkew, Finding: finding,
		Proof: &Proof{Kind: ProofFinding, Check: checkReading, Sentence: sentence},
	}
}
