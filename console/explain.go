package console

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"understudy/rollout"
	"understudy/rollout/control"
)

// Explanation is why the rollout serves what it serves, and what would change
// that.
type Explanation struct {
	At        time.Time      `json:"at"`
	Effective Effective      `json:"effective"`
	Dials     []DialPosition `json:"dials"`
	Scan      *ScanTreatment `json:"scan,omitempty"` // where one was asked about
	Gate      rollout.Gate   `json:"gate"`
	Triggers  []TriggerValue `json:"triggers"`
	Next      []NextStep     `json:"next"`
	Freezes   []string       `json:"freezes"` // what keeps the rollout from being promoted, whatever its gate says
}

// DialPosition is one dial.
type DialPosition struct {
	Dial     rollout.Dial `json:"dial"`
	Position string       `json:"position"`
	// Allows is the share that this dial alone would let through, in percent; null: it has no say.
	Allows *float64 `json:"allows_percent"`
	Binds  bool     `json:"binds"` // it holds the share where it is
}

// ScanTreatment is what happens to one scan.
type ScanTreatment struct {
	Key    string `json:"key"`
	Bucket int    `json:"bucket"` // 0 to 9,999; below 100 times the percentage is inside
	Serve  bool   `json:"serve"`
	Alone  bool   `json:"alone"` // with Serve: the primary is asked only on fallback
	Mirror bool   `json:"mirror"`
	Why    string `json:"why"`
}

// NextStep is what comes by time or by evidence alone.
type NextStep struct {
	What string     `json:"what"` // promotion, probing, reentry, reset, override_ends, unavailable
	At   *time.Time `json:"at"`   // the earliest; null: no time is known
	Text string     `json:"text"`
}

func (h *handler) explain(ctx context.Context, _ string, p *parameters) (any, error) {
	scan := p.text("scan")
	if err := p.end(); err != nil {
		return nil, err
	}
	status := h.config.Rollout.Status()
	at, dials := h.config.Now(), h.dials(ctx, status, scan)
	effective := dials.Effective()
	out := Explanation{
		At: at, Effective: newEffective(effective), Dials: positions(dials, status, effective.Binding), Gate: status.Gate,
		Triggers: triggers(status, h.config.Policy, at), Next: nextSteps(status, h.config.Policy, at), Freezes: freezes(status, h.flags(status), effective),
	}
	if scan != "" {
		t := rollout.Decide(dials, h.config.Salt, scan)
		out.Scan = &ScanTreatment{Key: scan, Bucket: rollout.Bucket(h.config.Salt, scan), Serve: t.Serve, Alone: t.Alone, Mirror: t.Mirror, Why: treatment(t)}
	}
	return out, nil
}

// treatment says in words what happens to a scan.
func treatment(t rollout.Treatment) string {
	switch {
	case t.Alone:
		return t.Dials.Why + "; inside: the candidate answers, the primary is asked only on fallback"
	case t.Serve:
		return t.Dials.Why + "; inside: both are asked, and the candidate's answer goes out where they agree"
	case t.Mirror:
		return t.Dials.Why + "; outside: the primary answers, the candidate is shown a copy"
	}
	return t.Dials.Why + "; outside: the primary answers, the candidate is not asked"
}

// positions are the dials in the order in which they are asked.
func positions(d rollout.Dials, status control.Status, binding rollout.Dial) []DialPosition {
	open := func(yes bool) *float64 {
		share := 0.0
		if yes {
			share = 100
		}
		return &share
	}
	either := func(yes bool, is, isNot string) string {
		if yes {
			return is
		}
		return isNot
	}
	condition := d.Condition
	if condition == "" {
		condition = rollout.Normal
	}
	stage, ceiling := d.Stage.Percent(), min(max(d.CeilingPercent, 0), 100)
	override, overridden := "none", (*float64)(nil)
	if o := status.State.Position.Override; o != nil && d.Override != nil {
		override, overridden = fmt.Sprintf("%s %% until %s, by %s: %s", plainNumber(o.Percent), o.Until.UTC().Format(time.RFC3339), o.Actor, o.Reason), d.Override
	}
	list := []DialPosition{
		{Dial: rollout.DialMode, Position: string(d.Mode), Allows: open(d.Mode == rollout.ModeAuto || d.Mode == rollout.ModeHold)},
		{Dial: rollout.DialKillSwitch, Position: either(d.Enabled, "enabled", "thrown"), Allows: open(d.Enabled)},
		{Dial: rollout.DialCondition, Position: string(condition), Allows: open(condition == rollout.Normal)},
		{Dial: rollout.DialBreaker, Position: string(status.Breaker.State), Allows: open(d.BreakerClosed)},
		{Dial: rollout.DialOverride, Position: override, Allows: overridden},
		{Dial: rollout.DialStage, Position: d.Stage.String(), Allows: &stage},
		{Dial: rollout.DialCeiling, Position: plainNumber(ceiling) + " %", Allows: &ceiling},
	}
	for i := range list {
		list[i].Binds = list[i].Dial == binding
	}
	return list
}

func plainNumber(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
