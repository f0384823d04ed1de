package rollout

import "fmt"

// Stage is how far the candidate has come. The zero value is Off.
type Stage int

// The stages, from nothing to everything.
const (
	Off      Stage = iota // the primary answers, the candidate is not asked
	Shadow                // the primary answers, the candidate is mirrored
	Canary1               // 1 % of scans get the candidate's answer when it agrees
	Canary10              // 10 %
	Canary50              // 50 %
	Full                  // every scan
	Complete              // every scan, and the primary is asked only on fallback
)

var stages = [...]struct {
	name    string
	percent float64
}{
	Off:      {"off", 0},
	Shadow:   {"shadow", 0},
	Canary1:  {"canary_1", 1},
	Canary10: {"canary_10", 10},
	Canary50: {"canary_50", 50},
	Full:     {"full", 100},
	Complete: {"complete", 100},
}

// Stages lists all stages in the order in which a candidate passes them.
func Stages() []Stage {
	list := make([]Stage, len(stages))
	for i := range list {
		list[i] = Stage(i)
	}
	return list
}

// ParseStage reads the name of a stage, as String writes it.
func ParseStage(name string) (Stage, error) {
	for stage, s := range stages {
		if s.name == name {
			return Stage(stage), nil
		}
	}
	return Off, fmt.Errorf("parse stage %q: want off, shadow, canary_1, canary_10, canary_50, full or complete", name)
}

// String is the name of the stage as flags, logs and metrics write it.
func (s Stage) String() string {
	if !s.valid() {
		return fmt.Sprintf("stage(%d)", int(s))
	}
	return stages[s].name
}

// MarshalText implements encoding.TextMarshaler: a stage is its name in JSON too.
func (s Stage) MarshalText() ([]byte, error) {
	if !s.valid() {
		return nil, fmt.Errorf("write stage: there is no stage %d", int(s))
	}
	return []byte(s.String()), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Stage) UnmarshalText(text []byte) (err error) {
	*s, err = ParseStage(string(text))
	return err
}

// Percent is the share of scans, 0 to 100, that the stage lets the candidate
// answer. An unknown stage lets it answer none.
func (s Stage) Percent() float64 {
	if !s.valid() {
		return 0
	}
	return stages[s].percent
}

func (s Stage) valid() bool { return s >= 0 && int(s) < len(stages) }
