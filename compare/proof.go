package compare

import (
	"fmt"
	"slices"
	"strings"
)

// The two sides, as sentences and rulings name them.
const (
	sidePrimary   = "primary"
	sideCandidate = "candidate"
)

// wrong is the verdict about a side that is refuted.
func wrong(side string) Verdict {
	if side == sidePrimary {
		return VerdictPrimaryWrong
	}
	return VerdictCandidateWrong
}

// kinds name the sets of a family.
var kinds = map[string]string{
	MetricQuorumFamily: "quorum", MetricBlockingFamily: "blocking set", MetricSplittingFamily: "splitting set",
}

// What Proof.Check says.
const (
	checkFields       = "fields of the answer agree with each other"
	checkKnown        = "names are those of core nodes and groups"
	checkHasQuorum    = "there is a quorum"
	checkQuorum       = "minimal quorum"
	checkBlocking     = "minimal blocking set"
	checkSplitting    = "splitting set, with the two quorums it leaves disjoint"
	checkDisjoint     = "two disjoint quorums"
	checkTopTier      = "minimal quorums that make up the top tier"
	checkSymmetric    = "the one quorum set that all its members have"
	checkFamily       = "family of minimal sets"
	checkByDefinition = "the definition, by a second algorithm"
	checkReading      = "both sides read the request alike"
)

func contradiction(format string, args ...any) *Proof {
	return &Proof{Kind: ProofContradiction, Check: checkFields, Sentence: fmt.Sprintf(format, args...)}
}

func witnessed(check string, sets []NamedSet, format string, args ...any) *Proof {
	return &Proof{Kind: ProofWitness, Check: check, Sets: sets, Sentence: fmt.Sprintf(format, args...)}
}

// maxNamed is how many members of a set a sentence names; the proof has all.
const maxNamed = 12

// braces renders a set for people, sorted.
func braces(names []string) string {
	sorted := slices.Sorted(slices.Values(names))
	more := ""
	if len(sorted) > maxNamed {
		more = fmt.Sprintf(", and %d more", len(sorted)-maxNamed)
		sorted = sorted[:maxNamed]
	}
	return "{" + strings.Join(sorted, ", ") + more + "}"
}

// same says whether two multisets of names are equal.
func same(a, b []string) bool {
	return len(a) == len(b) && slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// within says whether the multiset a is part of b.
func within(a, b []string) bool { return len(missing(b, a)) == 0 }

// missing lists what a multiset needs to hold all of want.
func missing(have, want []string) (out []string) {
	left := make(map[string]int, len(have))
	for _, name := range have {
		left[name]++
	}
	for _, name := range want {
		if left[name]--; left[name] < 0 {
			out = append(out, name)
		}
	}
	return out
}

// part of a family: one of its sets.
func contains(sets [][]string, set []string) bool {
	return slices.ContainsFunc(sets, func(s []string) bool { return same(s, set) })
}
