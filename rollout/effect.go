package rollout

import "time"

// Effect is what a Step asks the world to do: a Change to be audited, or a
// Notice to be given.
type Effect interface{ effect() }

// ChangeKind says what changed.
type ChangeKind string

// The kinds of changes.
const (
	ChangeStart       ChangeKind = "start"        // a rollout begins
	ChangePromoted    ChangeKind = "promoted"     // a gate passed
	ChangeDemoted     ChangeKind = "demoted"      // a gate failed
	ChangeTripped     ChangeKind = "tripped"      // a trigger spoke
	ChangeProbing     ChangeKind = "probing"      // the cooldown is over
	ChangeProbeFailed ChangeKind = "probe_failed" // and begins anew, doubled
	ChangeReentered   ChangeKind = "reentered"    // probes passed: one stage lower
	ChangeStopped     ChangeKind = "stopped"      // evidence against the candidate
	ChangeAborted     ChangeKind = "aborted"
	ChangeReset       ChangeKind = "reset"
	ChangeHeld        ChangeKind = "held"
	ChangeResumed     ChangeKind = "resumed"
	ChangeOverride    ChangeKind = "override"
	ChangeOverrideEnd ChangeKind = "override_ended"
	ChangeFlags       ChangeKind = "flags"
	ChangeVersion     ChangeKind = "version"
	ChangeCarriedOver ChangeKind = "carried_over"
	ChangeFixed       ChangeKind = "fixed" // the command line set the stage, or left it to the evidence
	ChangeReport      ChangeKind = "report"
)

// ChangeKinds lists all of them.
func ChangeKinds() []ChangeKind {
	return []ChangeKind{
		ChangeStart, ChangePromoted, ChangeDemoted, ChangeTripped, ChangeProbing, ChangeProbeFailed, ChangeReentered, ChangeStopped,
		ChangeAborted, ChangeReset, ChangeHeld, ChangeResumed, ChangeOverride, ChangeOverrideEnd, ChangeFlags, ChangeVersion,
		ChangeCarriedOver, ChangeFixed, ChangeReport,
	}
}

// Actors that are no persons. A person is "person:NAME", a flag source "flag:SOURCE".
const (
	ActorController  = "controller"
	ActorCommandLine = "command line"
)

// Change is one change of the position, as it enters the audit.
type Change struct {
	At        time.Time  `json:"at"`
	Kind      ChangeKind `json:"kind"`
	Actor     string     `json:"actor"`
	Reason    string     `json:"reason"`
	From      Position   `json:"from"`
	To        Position   `json:"to"`
	Trigger   string     `json:"trigger,omitempty"`
	Tallies   []Tally    `json:"tallies,omitempty"`
	Exchanges []string   `json:"exchanges,omitempty"`
	Gate      *Gate      `json:"gate,omitempty"`   // the gate as it stood, where one decided
	Report    string     `json:"report,omitempty"` // digest of a report
}

// NoticeKind says what a notice is about.
type NoticeKind string

// The kinds of notices.
const (
	NoticeInconclusive  NoticeKind = "inconclusive"   // a gate is open for Policy.InconclusiveAfter
	NoticeProbing       NoticeKind = "probing"        // probing for Policy.ProbingAfter
	NoticeOverride      NoticeKind = "override_ends"  // an override ends within Policy.OverrideWarn
	NoticeApproval      NoticeKind = "approval"       // a gate is passed but for a person's approval
	NoticeFrozen        NoticeKind = "frozen"         // flags, store or candidate fail: no promotion, no soak
	NoticeWouldPromote  NoticeKind = "would_promote"  // mode dry_run: what would have been done
	NoticeWouldDemote   NoticeKind = "would_demote"   // the same
	NoticeWouldTrip     NoticeKind = "would_trip"     // the same
	NoticeWouldStop     NoticeKind = "would_stop"     // the same
	NoticeTripDiscarded NoticeKind = "trip_discarded" // a wrong answer in shadow, which keeps the gate shut and trips nothing
)

// NoticeKinds lists all of them.
func NoticeKinds() []NoticeKind {
	return []NoticeKind{
		NoticeInconclusive, NoticeProbing, NoticeOverride, NoticeApproval, NoticeFrozen, NoticeWouldPromote, NoticeWouldDemote,
		NoticeWouldTrip, NoticeWouldStop, NoticeTripDiscarded,
	}
}

// Notice is something people want to know of though nothing changed.
type Notice struct {
	At   time.Time  `json:"at"`
	Kind NoticeKind `json:"kind"`
	Text string     `json:"text"` // one sentence
}

func (Change) effect() {}
func (Notice) effect() {}
