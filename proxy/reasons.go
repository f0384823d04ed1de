package proxy

import "errors"

// Who answered a client: the values of X-Understudy-Served-By and of the label
// served_by.
const (
	ServedByPrimary   = "primary"
	ServedByCandidate = "candidate"
)

// Why a request of a scan inside the serve share got the primary's answer, or
// the candidate's though the two differ, and why the candidate answered beyond its
// share: the values of reason in the header, the record and the label. ""
// elsewhere.
const (
	ReasonPrimaryWrong   = "primary_wrong"    // the candidate's answer goes out: the primary's is proven wrong
	ReasonCandidateWrong = "candidate_wrong"  // the candidate's is proven wrong
	ReasonInputSkew      = "input_skew"       // the two sides read the request differently
	ReasonLate           = "late"             // the candidate was not ready in time
	ReasonUndecided      = "undecided"        // nothing refutes either side, or no verdict within the budget
	ReasonFailed         = "failed"           // the candidate gave no answer, or an error
	ReasonUnservable     = "unservable"       // its answer is incomplete, misshapen, or a witness fails
	ReasonUnavailable    = "unavailable"      // the candidate had no worker free
	ReasonPoisonous      = "poisonous"        // the candidate refused: its workers had died of this network
	ReasonPrimaryFailed  = "primary_failed"   // the primary's error goes out, as it came
	ReasonMixed          = "mixed"            // a trip or a lowered dial took the rest of the scan
	ReasonRule           = "rule"             // a flag rule took this request
	ReasonTooLarge       = "too_large"        // the request
	ReasonAnswerTooLarge = "answer_too_large" // the primary's answer
	ReasonEncoding       = "encoding"         // a content encoding that is not undone here
	ReasonMemory         = "memory"           // too many bodies held already
	ReasonIncomplete     = "incomplete"       // a side or the client broke off
	ReasonCandidateOnly  = "candidate_only"   // the primary lacks the analysis; never recorded
	ReasonRescue         = "rescue"           // the primary failed, and the candidate's answer goes out
)

// primaryReasons are those with which the primary answers.
var primaryReasons = []string{
	"", ReasonLate, ReasonCandidateWrong, ReasonInputSkew, ReasonUndecided, ReasonFailed, ReasonUnservable, ReasonUnavailable,
	ReasonPoisonous, ReasonPrimaryFailed, ReasonMixed, ReasonRule, ReasonTooLarge, ReasonAnswerTooLarge, ReasonEncoding, ReasonMemory, ReasonIncomplete,
}

// A network that the candidate's workers died of twice is refused by it for an hour
// (engine/worker). Each of these deaths was an execution that failed; the refusals
// after them say nothing new, so they are none, and no rescue comes of them. They
// are recorded as not compared, so they cost coverage, which gates look at. An
// analysis that the primary lacks has nobody else to answer it: the client gets
// the candidate's 422 with its problem document, which says until when.

// Why an exchange was not compared, beside the reasons above of the same name.
const (
	skipUnreachable   = "primary_unreachable"
	skipNotComparable = "not_comparable"
)

var skips = []string{
	ReasonTooLarge, ReasonAnswerTooLarge, ReasonEncoding, ReasonMemory, ReasonIncomplete, ReasonRule,
	ReasonPoisonous, skipUnreachable, skipNotComparable,
}

// Why a whole copy was thrown away.
const (
	dropQueueFull = "queue_full"
	dropShutdown  = "shutdown"
	dropPanic     = "panic"
)

var drops = []string{dropQueueFull, dropShutdown, dropPanic}

// requestReason names why a request was not captured; answerReason the same of
// an answer.
func requestReason(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, errTooLarge):
		return ReasonTooLarge
	case errors.Is(err, errMemory):
		return ReasonMemory
	case errors.Is(err, errEncoding):
		return ReasonEncoding
	}
	return ReasonIncomplete
}

func answerReason(err error) string {
	if errors.Is(err, errTooLarge) {
		return ReasonAnswerTooLarge
	}
	return requestReason(err)
}
