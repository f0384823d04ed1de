package compare

import (
	"fmt"
	"slices"

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
	for _, f := range quality.Find(b.p.network) {
		if slices.Contains(readDifferently, f.Code) {
			return skewed(f.Code, fmt.Sprintf("%s The Python service reads this otherwise than the engine.", f.Detail))
		}
	}
	return nil
}

func skewed(finding, sentence string) *Ruling {
	return &Ruling{
		Verdict: VerdictInputSkew, Finding: finding,
		Proof: &Proof{Kind: ProofFinding, Check: checkReading, Sentence: sentence},
	}
}
