package chaos

import (
	"context"
	"slices"
)

// Stages that candidates are tried in.
const (
	shadow = "shadow"
	full   = "full"
)

// Fault is one thing that is broken.
type Fault struct {
	Name string
	Why  string // what could go wrong
	// Stage is that of the rollout: shadow, or full.
	Stage string
	// Primary is what the primary does, with the mirror off too.
	Primary Behaviour
	// Allow is what clients may see; an agreeing candidate in stage full without it.
	Allow Allowance
	// Reconnect gives each question a connection of its own.
	Reconnect bool
	// Prepare says how the sidecar is started; nil: as usual.
	Prepare func(ctx context.Context, t *Target) error
	// Start breaks a running sidecar until stop is called; nil: it is broken as
	// Prepare has left it.
	Start func(ctx context.Context, t *Target) (stop func(), err error)
}

// Faults are all of them, in the order of the table.
func Faults() []Fault {
	return slices.Concat(
		inBoth(Fault{Name: "none", Why: "the row to read the others by"}),
		workerFaults(), answerFaults(), queueFaults(), storageFaults(), flagFaults(), scrapeFaults(), clockFaults(), descriptorFaults(),
		primaryFaults(),
	)
}

// inBoth is a fault of the candidate, at both ends of the rollout.
func inBoth(f Fault) []Fault {
	f.Stage = shadow
	served := f
	served.Stage = full
	return []Fault{f, served}
}

// allowance is what clients may see with a fault.
func (f Fault) allowance() Allowance {
	may := f.Allow
	may.Candidate = may.Candidate || f.Stage == full
	return may
}
