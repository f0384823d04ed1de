package rollout

import (
	"fmt"
	"strconv"
)

// Mode is the operators' master switch.
type Mode string

// The modes. An unknown mode is read as ModeOff: it serves and mirrors nothing.
const (
	ModeAuto   Mode = "auto"    // the stage moves by evidence
	ModeHold   Mode = "hold"    // the share is kept, nothing is promoted
	ModeDryRun Mode = "dry_run" // everything is decided and logged, nothing is served
	ModeOff    Mode = "off"     // the candidate is not asked
)

// Dials are the positions of everything that bears on who answers.
type Dials struct {
	Mode           Mode
	Enabled        bool    // false: the kill switch is thrown
	CeilingPercent float64 // most that operators allow to be served, 0 to 100
	MirrorPercent  float64 // share of scans shown to the candidate, 0 to 100
	Stage          Stage
	Condition      Condition // "" counts as Normal; all others serve nothing
	Override       *float64  // share that a person has set in place of the stage's; nil: none
	BreakerClosed  bool
}

// Dial names one of the things that can hold the serve share down.
type Dial string

// The dials, in the order in which they are asked.
const (
	DialMode       Dial = "mode"
	DialKillSwitch Dial = "kill_switch"
	DialCondition  Dial = "condition"
	DialBreaker    Dial = "breaker"
	DialOverride   Dial = "override"
	DialStage      Dial = "stage"
	DialCeiling    Dial = "ceiling"
)

// Effective is what the dials come to.
type Effective struct {
	ServePercent  float64 // share of scans the candidate answers, 0 to 100
	MirrorPercent float64 // share of scans it is shown, 0 to 100
	Binding       Dial    // the dial that holds ServePercent where it is
	Why           string  // one sentence for people: "ceiling 50, stage shadow: serves 0"
}

// Effective says which shares the dials allow and which dial binds. No share is
// above any dial; a percentage that is no number counts as 0. Stage off mirrors
// nothing, as mode off does: the candidate is not asked at all.
func (d Dials) Effective() Effective {
	binding, serve := d.serve()
	effective := Effective{ServePercent: serve, Binding: binding, MirrorPercent: d.mirror()}
	effective.Why = fmt.Sprintf("%s: serves %s", d.positions(binding), number(serve))
	return effective
}

func (d Dials) serve() (Dial, float64) {
	ceiling, stage, dial := percent(d.CeilingPercent), d.Stage.Percent(), DialStage
	if d.Override != nil && d.Stage != Off && d.Stage.valid() {
		stage, dial = percent(*d.Override), DialOverride
	}
	switch {
	case d.Mode != ModeAuto && d.Mode != ModeHold:
		return DialMode, 0
	case !d.Enabled:
		return DialKillSwitch, 0
	case d.Condition != Normal && d.Condition != "":
		return DialCondition, 0
	case !d.BreakerClosed:
		return DialBreaker, 0
	case ceiling < stage:
		return DialCeiling, ceiling
	}
	return dial, stage
}

// Off reports whether the candidate is out of the picture: mode off or stage
// off. The data plane then passes everything through as if it were not there.
func (d Dials) Off() bool {
	switch d.Mode {
	case ModeAuto, ModeHold, ModeDryRun:
		return d.Stage == Off || !d.Stage.valid()
	}
	return true
}

func (d Dials) mirror() float64 {
	if d.Off() {
		return 0
	}
	return percent(d.MirrorPercent)
}

// positions names the dial that binds, with the position of the others where
// they say how much there would be without it.
func (d Dials) positions(binding Dial) string {
	rest := fmt.Sprintf("ceiling %s, stage %s", number(percent(d.CeilingPercent)), d.Stage)
	if d.Override != nil {
		rest = fmt.Sprintf("override %s, %s", number(percent(*d.Override)), rest)
	}
	switch binding {
	case DialMode:
		return fmt.Sprintf("mode %s, %s", d.Mode, rest)
	case DialKillSwitch:
		return "kill switch thrown, " + rest
	case DialCondition:
		return string(d.Condition) + ", " + rest
	case DialBreaker:
		return "breaker not closed, " + rest
	}
	return rest
}

// percent folds what a person or a provider may write into 0..100.
func percent(p float64) float64 {
	if !(p > 0) { // also NaN
		return 0
	}
	return min(p, 100)
}

func number(p float64) string { return strconv.FormatFloat(p, 'f', -1, 64) }
