package rollout

import (
	"time"
)

// Condition is what may keep the candidate from serving whatever its stage is.
type Condition string

// The conditions. In all but Normal the share is 0 and the mirror goes on.
const (
	Normal  Condition = "normal"
	Tripped Condition = "tripped" // the breaker is open: a trigger spoke, and the cooldown runs
	Probing Condition = "probing" // the breaker is half-open: the mirror probes, users are never probed
	Stopped Condition = "stopped" // evidence against the candidate; a person must reset
	Aborted Condition = "aborted" // a person, or too many trips; a person must reset
)

// Conditions lists all of them.
func Conditions() []Condition { return []Condition{Normal, Tripped, Probing, Stopped, Aborted} }

// Settings are the flags as the machine knows them.
type Settings struct {
	Mode            Mode    `json:"mode"`
	Enabled         bool    `json:"enabled"`
	MirrorPercent   float64 `json:"mirror_percent"`
	CeilingPercent  float64 `json:"ceiling_percent"`
	Rescue          bool    `json:"rescue"`
	HistoryCritical bool    `json:"history_critical"`
}

// Versions are what evidence is about; another one makes it worthless. Empty:
// not known, which is no change.
type Versions struct {
	Candidate string `json:"candidate"`
	Primary   string `json:"primary"`
	Comparer  string `json:"comparer"`
	Policy    string `json:"policy"` // digest of the numbers
}

// Override is a share that a person has set, until it expires.
type Override struct {
	Percent float64   `json:"percent"` // 0 to 100; it may be less than the stage's
	Actor   string    `json:"actor"`
	Reason  string    `json:"reason"`
	Until   time.Time `json:"until"`
}

// Trip is one trip of the breaker.
type Trip struct {
	At      time.Time `json:"at"`
	Trigger string    `json:"trigger"`
	Stage   Stage     `json:"stage"` // the candidate was at
}

// Before is what a change of version took away and ctl carry-over gives back.
type Before struct {
	Stage    Stage     `json:"stage"`
	Versions Versions  `json:"versions"`
	Evidence Evidences `json:"evidence"`
}

// Position is all of a rollout that is audited: each change of it is a Change,
// and Replay makes it anew from them.
type Position struct {
	Stage         Stage         `json:"stage"`
	Entered       time.Time     `json:"entered"` // when the stage was
	Fixed         bool          `json:"fixed"`   // the command line has set the stage; nothing is promoted
	Held          bool          `json:"held"`    // a person keeps the share where it is
	Condition     Condition     `json:"condition"`
	Since         time.Time     `json:"since"`    // of the condition
	Until         time.Time     `json:"until"`    // Tripped: end of the cooldown; else zero
	Cooldown      time.Duration `json:"cooldown"` // the last one, nanoseconds
	Strikes       int           `json:"strikes"`  // trips that were not forgiven when the last one came
	Trips         []Trip        `json:"trips"`    // the last ones, at most Policy.AbortTrips
	Suspects      []string      `json:"suspects"` // exchanges that tripped the breaker, which must go well before it closes
	Override      *Override     `json:"override"`
	Settings      Settings      `json:"settings"`
	Versions      Versions      `json:"versions"`
	EvidenceSince time.Time     `json:"evidence_since"` // exchanges before it count for nothing
	Before        *Before       `json:"before"`
}

// State is a rollout at one moment: its position, and the progress towards the
// next gate. It is a value: Step never changes what it was given.
type State struct {
	Position Position `json:"position"`
	Progress Progress `json:"progress"`
}

// Count is a number of scans, and those of them at fault.
type Count struct {
	Scans    int `json:"scans"`
	Disagree int `json:"disagree"`
}

// Plus adds two counts.
func (c Count) Plus(d Count) Count { return Count{c.Scans + d.Scans, c.Disagree + d.Disagree} }

// Evidences are the counts that gates read: cumulative for a version, whatever
// trips, demotions and restarts came between.
type Evidences struct {
	Mirror     Count `json:"mirror"`     // distinct scans
	Variations Count `json:"variations"` // varied networks, at most as many as may fill the shadow gate
	Served     Count `json:"served"`     // scans inside the serve share, repeats included
}

// Entry is what is counted since the stage was entered.
type Entry struct {
	Mirror          Count `json:"mirror"` // distinct scans, of the disagreement stop
	Eligible        int   `json:"eligible"`
	Compared        int   `json:"compared"`
	SelfTests       int   `json:"self_tests"`
	SelfTestsPassed int   `json:"self_tests_passed"`
	Executions      int   `json:"executions"`
	Failed          int   `json:"failed"`
	Completed       int   `json:"completed"`
	Slow            int   `json:"slow"`
}

// Progress is all of a rollout that ticks move.
type Progress struct {
	Soak      time.Duration `json:"soak"` // healthy time in the stage, nanoseconds
	Evidence  Evidences     `json:"evidence"`
	Entry     Entry         `json:"entry"`
	OpenWrong int           `json:"open_wrong"` // open disagreements in which the candidate is wrong
	Counted   time.Time     `json:"counted"`    // scans that began until then are counted
	Ticked    time.Time     `json:"ticked"`     // the last tick
	Health    Health        `json:"health"`     // at the last tick
	// Told are the notices that stand, so that each is given once.
	Told []NoticeKind `json:"told"`
}

// Health is what must be well for a tick to count as soak.
type Health struct {
	Flags     bool `json:"flags"`
	Store     bool `json:"store"`
	Candidate bool `json:"candidate"`
}

// Well reports whether all is.
func (h Health) Well() bool { return h.Flags && h.Store && h.Candidate }

// Dials are those that the position sets. Mode, Enabled and the percentages are
// the flags' to set, and BreakerClosed the breaker's.
func (p Position) Dials(now time.Time) Dials {
	d := Dials{Stage: p.Stage, Condition: p.Condition}
	if p.Override != nil && now.Before(p.Override.Until) {
		d.Override = &p.Override.Percent
	}
	return d
}
