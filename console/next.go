package console

import (
	"fmt"
	"time"

	"understudy/rollout"
	"understudy/rollout/breaker"
	"understudy/rollout/control"
)

// TriggerValue is one trigger beside where it speaks.
type TriggerValue struct {
	Trigger string  `json:"trigger"`
	Value   float64 `json:"value"`
	Limit   float64 `json:"limit"`
	Unit    string  `json:"unit"` // executions, self_tests, seconds, D, answers
	Trips   bool    `json:"trips"`
	Text    string  `json:"text"`
}

// triggers are all of them: those that count executions, and those that don't,
// which have words of their own.
func triggers(status control.Status, policy rollout.Policy, at time.Time) []TriggerValue {
	counted := make(map[string]rollout.Tally)
	for _, t := range status.Breaker.Tallies {
		counted[t.Trigger] = t
	}
	delete(counted, rollout.TriggerUnavailable)
	delete(counted, rollout.TriggerSelfTest)
	delete(counted, rollout.TriggerWrongAnswer)
	list := []TriggerValue{}
	for _, name := range rollout.Triggers() {
		if t, ok := counted[name]; ok {
			list = append(list, TriggerValue{
				Trigger: name, Value: float64(t.Bad), Limit: float64(t.Limit), Unit: "executions", Trips: t.Trips,
				Text: fmt.Sprintf("%d of the last %d executions, from %d scans; trips at %d from %d scans", t.Bad, t.Of, t.Scans, t.Limit, t.Least),
			})
			continue
		}
		list = append(list, uncounted(name, status, policy, at))
	}
	return list
}

func uncounted(name string, status control.Status, policy rollout.Policy, at time.Time) TriggerValue {
	v := TriggerValue{Trigger: name}
	switch name {
	case rollout.TriggerUnavailable:
		v.Unit, v.Limit, v.Text = "seconds", policy.Unavailable.Seconds(), "nothing has succeeded yet"
		if last := status.Breaker.LastSuccess; !last.IsZero() {
			since := max(0, at.Sub(last))
			v.Value, v.Trips = since.Seconds(), since >= policy.Unavailable
			v.Text = fmt.Sprintf("last success %s ago; trips after %s", since.Round(time.Second), policy.Unavailable)
		}
	case rollout.TriggerSelfTest:
		failed := status.Breaker.FailedSelfTests
		v.Unit, v.Value, v.Limit, v.Trips = "self_tests", float64(failed), float64(policy.SelfTestFailures), failed >= policy.SelfTestFailures
		v.Text = fmt.Sprintf("%d failed in a row without a live success; trips at %d", failed, policy.SelfTestFailures)
	case rollout.TriggerDisagreement:
		c := status.State.Progress.Entry.Mirror
		d := rollout.Stop(c.Disagree, c.Scans)
		v.Unit, v.Value, v.Limit, v.Trips = "D", d, rollout.Enough, d >= rollout.Enough
		v.Text = fmt.Sprintf("D is %.3g: %d of %d scans disagree since the stage was entered; stops at %d, from canary_1 on", d, c.Disagree, c.Scans, rollout.Enough)
	default: // a wrong answer, and whatever else one is enough of
		v.Unit, v.Limit, v.Text = "answers", 1, "one is enough, from canary_1 on"
	}
	return v
}

// nextSteps are what time or evidence will bring, the condition first.
func nextSteps(status control.Status, policy rollout.Policy, at time.Time) []NextStep {
	position := status.State.Position
	steps := []NextStep{}
	switch position.Condition {
	case rollout.Stopped, rollout.Aborted:
		steps = append(steps, NextStep{What: "reset", Text: fmt.Sprintf("%s: only a person's reset ends that, and leads to shadow", position.Condition)})
	case rollout.Tripped:
		steps = append(steps, NextStep{"probing", moment(position.Until), "the cooldown ends and probing begins, through the mirror only"})
	case rollout.Probing:
		b := status.Breaker
		steps = append(steps, NextStep{What: "reentry", Text: fmt.Sprintf("%d of %d clean executions in a row, %d inputs that tripped it are still to be asked; then %s",
			b.ProbesPassed, policy.Probes, len(b.Suspects), reentry(position.Stage))})
	default:
		steps = append(steps, promotion(status, policy, at))
	}
	if o := position.Override; o != nil && at.Before(o.Until) {
		steps = append(steps, NextStep{"override_ends", &o.Until, fmt.Sprintf("the override of %s %% ends", plainNumber(o.Percent))})
	}
	if b := status.Breaker; b.State == breaker.Closed && !b.LastSuccess.IsZero() {
		steps = append(steps, NextStep{"unavailable", moment(b.LastSuccess.Add(policy.Unavailable)), "the breaker opens, unless an execution or a self-test succeeds before"})
	}
	return steps
}

// reentry is one stage lower, never below shadow.
func reentry(stage rollout.Stage) string {
	if stage > rollout.Shadow {
		stage--
	}
	return "re-entry at " + stage.String()
}

func promotion(status control.Status, policy rollout.Policy, at time.Time) NextStep {
	gate, state := status.Gate, status.State
	step := NextStep{What: "promotion"}
	switch frozen := standing(status); {
	case gate.Outcome == rollout.OutcomeNone:
		step.Text = gate.Why
	case frozen != "":
		step.Text = "no promotion to " + gate.To.String() + ": " + frozen
	case gate.Outcome == rollout.OutcomeFail:
		step.Text = "the gate fails: " + gate.Why
	case gate.Outcome == rollout.OutcomePass:
		step.At, step.Text = &at, "promotion to "+gate.To.String()+" with the next tick"
	case policy.Soak(state.Position.Stage) > state.Progress.Soak:
		soaked := at.Add(policy.Soak(state.Position.Stage) - state.Progress.Soak)
		step.At, step.Text = &soaked, fmt.Sprintf("earliest promotion to %s by soak, as long as flags, store and candidate are well; now missing: %s", gate.To, gate.Why)
	default:
		step.Text = fmt.Sprintf("%s waits for: %s", gate.To, gate.Why)
	}
	return step
}

// standing is what a person or the flags have set against any promotion.
func standing(status control.Status) string {
	position := status.State.Position
	switch {
	case position.Fixed:
		return "the command line has set the stage"
	case position.Held:
		return "a person holds it"
	case position.Settings.Mode != rollout.ModeAuto && position.Settings.Mode != "":
		return fmt.Sprintf("the mode is %s", position.Settings.Mode)
	}
	return ""
}

// freezes are all reasons for which nothing is promoted or soaked now.
func freezes(status control.Status, flags Flags, effective rollout.Effective) []string {
	list := append([]string{}, status.Frozen...)
	if why := standing(status); why != "" {
		list = append(list, why)
	}
	if condition := status.State.Position.Condition; condition != rollout.Normal && condition != "" {
		list = append(list, fmt.Sprintf("the candidate is %s", condition))
	}
	if serves, stage := effective.ServePercent, status.State.Position.Stage; serves < stage.Percent() {
		list = append(list, fmt.Sprintf("%s %% are served, less than stage %s has: no soak", plainNumber(serves), stage))
	}
	if !flags.Healthy && flags.Problem != "" {
		list = append(list, "flags: "+flags.Problem)
	}
	return list
}
