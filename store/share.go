package store

import "slices"

// servingReasons are what the proxy says where the primary answers a scan inside the serve share. Not
// among them are those of requests that were taken out of the share (mixed, rule) and of what is no
// part of the rollout (candidate_only, rescue). A reason that is not known here counts as outside, so
// that a scan is never taken for a served one by mistake; a test of cmd/understudy holds the list
// against the proxy's.
var servingReasons = []string{
	"candidate_wrong", "input_skew", "late", "undecided", "failed", "unservable", "unavailable", "poisonous", "primary_failed",
	"too_large", "answer_too_large", "encoding", "memory", "incomplete",
}

const servedByCandidate = "candidate"

// The reasons of answers of the candidate that are no part of the rollout.
const (
	reasonCandidateOnly = "candidate_only" // the primary can't answer it at all
	reasonRescue        = "rescue"         // the primary failed
)

// InServeShare reports whether an exchange belongs to the share of scans that the candidate answers
// when it may, by who answered it and why: Exchange.ServedBy and Exchange.Reason.
func InServeShare(servedBy, reason string) bool {
	if servedBy == servedByCandidate {
		return reason != reasonCandidateOnly && reason != reasonRescue
	}
	return slices.Contains(servingReasons, reason)
}
