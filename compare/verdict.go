package compare

import "slices"

// Verdict says who is wrong, about one metric or, as the gravest one of its
// metrics, about a whole exchange.
type Verdict string

// The verdicts. Both sides may be refuted; then both verdicts stand.
const (
	VerdictAgree          Verdict = "agree"           // equal, or different examples that are both valid
	VerdictPrimaryWrong   Verdict = "primary_wrong"   // with proof
	VerdictInputSkew      Verdict = "input_skew"      // the two read the request differently; nobody is wrong
	VerdictUndecided      Verdict = "undecided"       // nothing refutes either side
	VerdictCandidateWrong Verdict = "candidate_wrong" // with proof

	VerdictPrimaryFailed   Verdict = "primary_failed"
	VerdictCandidateFailed Verdict = "candidate_failed"
	VerdictBothFailed      Verdict = "both_failed"
	VerdictInconclusive    Verdict = "inconclusive" // nothing was compared, see Result.Skip
)

// Verdicts are those that a metric may have, from the best to the gravest.
var Verdicts = []Verdict{VerdictAgree, VerdictPrimaryWrong, VerdictInputSkew, VerdictUndecided, VerdictCandidateWrong}

// gravest is the verdict that stands for all of them.
func gravest(verdicts []Verdict) Verdict {
	worst := 0
	for _, v := range verdicts {
		worst = max(worst, slices.Index(Verdicts, v))
	}
	return Verdicts[worst]
}

// ProofKind says what a proof rests on.
type ProofKind string

// The kinds of proof.
const (
	// ProofContradiction: the answer's own fields cannot all be true.
	ProofContradiction ProofKind = "contradiction"
	// ProofWitness: sets of nodes, checked with plain set arithmetic.
	ProofWitness ProofKind = "witness"
	// ProofExhaustive: every set of core nodes was tried.
	ProofExhaustive ProofKind = "exhaustive"
	// ProofTwoSolvers: two independent solvers say the same.
	ProofTwoSolvers ProofKind = "two_solvers"
	// ProofFinding: a finding about the request explains the difference.
	ProofFinding ProofKind = "finding"
)

// Proof is what a person needs to check a verdict.
type Proof struct {
	Kind ProofKind `json:"kind"`
	// Check names what was checked, such as "minimal blocking set".
	Check string `json:"check"`
	// Sets are the witness: sets of public keys or, where merged, of names.
	Sets []NamedSet `json:"sets,omitempty"`
	// Sentence says it in words.
	Sentence string `json:"sentence"`
}

// NamedSet is a set of a witness and what it is.
type NamedSet struct {
	Name    string   `json:"name"`
	Members []string `json:"members"`
}

// Ruling is one verdict about one metric, with its proof.
type Ruling struct {
	Verdict Verdict `json:"verdict"`
	// Proof is nil for an undecided metric only.
	Proof *Proof `json:"proof,omitempty"`
	// Class is the known defect of the Rust scanner that fits a primary_wrong, R1
	// to R6, or "". It is a label, never the reason.
	Class string `json:"class,omitempty"`
	// Finding is the code of the data-quality finding behind an input_skew, or
	// the option of the request, such as semantics.
	Finding string `json:"finding,omitempty"`
}

// rule sets the rulings of a metric and, from them, its verdict.
func (m *MetricResult) rule(rulings ...Ruling) {
	verdicts := []Verdict{VerdictAgree}
	for _, r := range rulings {
		verdicts = append(verdicts, r.Verdict)
	}
	m.Rulings, m.Verdict = rulings, gravest(verdicts)
}

// Serves says whether the candidate's answer may go to a client as far as the
// comparison goes: the two agree, or wherever they do not the primary is proven
// wrong and nothing speaks against the candidate. It must be servable besides.
func (r Result) Serves() bool {
	return r.Verdict == VerdictAgree || r.Verdict == VerdictPrimaryWrong
}
