package rollout

import "time"

// Event is what a Step answers to: one of the types of this file.
type Event interface{ event() }

// Tick comes every Policy.Tick with what was measured since the last one.
type Tick struct {
	Elapsed   time.Duration // wall time since the last tick; 0 for the first one of a process
	Monotonic time.Duration // the same by a clock that can't be set
	Health    Health
	Measured  Measured
}

// Measured is what came in since the last tick. Its scans are those that began
// after Progress.Counted, until Until.
type Measured struct {
	Until      time.Time
	Mirror     Count  // distinct scans that are evidence
	Served     Count  // scans inside the serve share, repeats included
	Variations []bool // varied networks, in the order in which they were asked; true disagrees
	OpenWrong  int    // open disagreements in which the candidate is wrong, now
	Entry      Entry  // of it what belongs to the time since the stage was entered
}

// Spoke says that a trigger spoke: the breaker is open by then.
type Spoke struct {
	Trigger   string   `json:"trigger"`
	Tallies   []Tally  `json:"tallies"`   // all triggers at that moment
	Exchanges []string `json:"exchanges"` // the inputs behind it, at most Policy.Probes
	Reason    string   `json:"reason"`    // one sentence with the numbers
}

// ProbeFailed says that an execution or a suspect failed while probing.
type ProbeFailed struct{ Reason string }

// ProbesPassed says that enough executions in a row were clean and no suspect
// is left.
type ProbesPassed struct{ Reason string }

// Flagged tells the flags in force.
type Flagged struct {
	Settings Settings
	Source   string // where the change comes from: a file, the environment, a server
}

// Released tells the versions in force.
type Released struct{ Versions Versions }

// Fixed tells what the command line says of the stage. A nil Stage leaves it to
// the evidence.
type Fixed struct{ Stage *Stage }

// By is who asks for something, and why.
type By struct {
	Actor  string
	Reason string
}

// What people ask for. Each may be refused, with an error that says why.
type (
	// Promote enters the next stage if its gate is passed but for the approval.
	Promote struct {
		By
		Report string // digest of the report that was signed, may be empty
	}
	// Hold keeps the share where it is.
	Hold struct{ By }
	// Resume ends Hold.
	Resume struct{ By }
	// Abort takes the share to 0 until a person resets.
	Abort struct{ By }
	// Reset ends Stopped, Aborted, Tripped or Probing, and goes to shadow. The evidence stays.
	Reset struct{ By }
	// SetOverride sets a share until it expires. It beats the stage, and nothing else.
	SetOverride struct {
		By
		Percent float64
		For     time.Duration
	}
	// ClearOverride ends it now.
	ClearOverride struct{ By }
	// CarryOver gives back the stage and evidence of the version before, whose answers on the
	// stored questions were found to be the same.
	CarryOver struct {
		By
		Compared int // questions that were asked again
		Differ   int // of those, whose answers are others
	}
	// Reported says that a report was written.
	Reported struct {
		By
		Digest string // SHA-256, hex
	}
)

func (Tick) event()          {}
func (Spoke) event()         {}
func (ProbeFailed) event()   {}
func (ProbesPassed) event()  {}
func (Flagged) event()       {}
func (Released) event()      {}
func (Fixed) event()         {}
func (Promote) event()       {}
func (Hold) event()          {}
func (Resume) event()        {}
func (Abort) event()         {}
func (Reset) event()         {}
func (SetOverride) event()   {}
func (ClearOverride) event() {}
func (CarryOver) event()     {}
func (Reported) event()      {}
