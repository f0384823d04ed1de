package chaos

import (
	"context"
	"net/http"
	"time"
)

// primaryFaults are those of the primary: a client is to see exactly what it did, and
// with rescue on either that or a right answer of the candidate.
func primaryFaults() []Fault {
	var list []Fault
	for _, one := range []struct {
		name, why string
		does      Behaviour
		rescues   bool // a client may get more than the primary gave
	}{
		{"primary slow", "its answers are given up too early", Behaviour{Delay: 300 * time.Millisecond}, false},
		{"primary erroring", "its error is replaced, or retried", Behaviour{Status: http.StatusInternalServerError}, true},
		{"primary resetting mid-body", "half an answer looks whole", Behaviour{Reset: true}, true},
		{"primary resetting at once", "a request is sent twice, or hangs", Behaviour{Silent: true}, true},
		{"primary refusing", "a request hangs", Behaviour{Refuse: true}, true},
	} {
		list = append(list, Fault{Name: one.name, Why: one.why, Stage: shadow, Primary: one.does, Start: primaryBroken})
		if one.rescues {
			list = append(list, Fault{
				Name: one.name + ", rescue on", Why: "a wrong answer rescues", Stage: full, Primary: one.does,
				Allow: Allowance{Rescue: true}, Prepare: rescuing, Start: primaryBroken,
			})
		}
	}
	return list
}

func rescuing(_ context.Context, t *Target) error {
	t.Use("--flags", t.File(flagFile))
	return t.Write(flagFile, flagText(map[string]string{"rescue_enabled": "on"}))
}

// primaryBroken is true before a target is started: the load has nothing else to meet.
func primaryBroken(_ context.Context, t *Target) (func(), error) {
	t.Struck()
	return func() {}, nil
}
