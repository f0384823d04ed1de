package control

import (
	"github.com/prometheus/client_golang/prometheus"

	"understudy/rollout"
)

// metrics are the numbers of a rollout. What stands is read from the Status at
// each scrape; what happens is counted.
type metrics struct {
	controller       *Controller
	changes, notices *prometheus.CounterVec
	gauges           []*prometheus.Desc // those below, for Describe

	stage, condition, stageNumber            *prometheus.Desc
	soak, soakNeeded                         *prometheus.Desc
	criterion, criterionLimit, outcome       *prometheus.Desc
	evidence, triggerValue, triggerLimit     *prometheus.Desc
	frozen, unsaved, override, wrong, dryRun *prometheus.Desc
}

func newMetrics(c *Controller) *metrics {
	m := &metrics{controller: c}
	counter := func(name, help, label string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "understudy_rollout_" + name, Help: help}, []string{label})
	}
	m.changes = counter("changes_total", "Changes of the rollout, as they enter the audit.", "kind")
	for _, kind := range changeKinds() {
		m.changes.WithLabelValues(string(kind))
	}
	m.notices = counter("notices_total", "Notices to people about what is no change.", "kind")
	for _, kind := range noticeKinds() {
		m.notices.WithLabelValues(string(kind))
	}
	gauge := func(name, help string, labels ...string) *prometheus.Desc {
		d := prometheus.NewDesc("understudy_rollout_"+name, help, labels, nil)
		m.gauges = append(m.gauges, d)
		return d
	}
	m.stage = gauge("stage", "1 for the stage the rollout is at.", "stage")
	m.condition = gauge("condition", "1 for the condition it is in.", "condition")
	m.stageNumber = gauge("stage_number", "The stage as a number: 0 off, 1 shadow, 2 canary_1, 3 canary_10, 4 canary_50, 5 full, 6 complete.")
	m.soak = gauge("soak_seconds", "Healthy time in the stage.")
	m.soakNeeded = gauge("soak_needed_seconds", "Healthy time that the gate asks for; 0 where there is no gate.")
	m.criterion = gauge("gate_criterion", "What each criterion of the present gate has come to; 0 for one that it does not ask for.", "name")
	m.criterionLimit = gauge("gate_criterion_limit", "What each criterion of the present gate is measured by; 0 for one that it does not ask for.", "name")
	m.outcome = gauge("gate_outcome", "1 for what the present gate says.", "outcome")
	m.evidence = gauge("evidence", "E, the evidence for the candidate; 20 is enough.", "of")
	m.triggerValue = gauge("trigger_value", "What each trigger has counted.", "trigger")
	m.triggerLimit = gauge("trigger_limit", "What each trigger speaks at.", "trigger")
	m.frozen = gauge("frozen", "1 while flags, store or candidate keep the rollout from soak and promotion.")
	m.unsaved = gauge("unsaved_changes", "Changes that are in force and not in the store.")
	m.override = gauge("override_percent", "The share that a person has set; -1: none.")
	m.wrong = gauge("open_wrong", "Open disagreements in which the candidate is wrong.")
	m.dryRun = gauge("dry_run", "1 while everything is decided and nothing done.")
	return m
}

func changeKinds() []rollout.ChangeKind {
	return []rollout.ChangeKind{
		rollout.ChangeStart, rollout.ChangePromoted, rollout.ChangeDemoted, rollout.ChangeTripped, rollout.ChangeProbing,
		rollout.ChangeProbeFailed, rollout.ChangeReentered, rollout.ChangeStopped, rollout.ChangeAborted, rollout.ChangeReset,
		rollout.ChangeHeld, rollout.ChangeResumed, rollout.ChangeOverride, rollout.ChangeOverrideEnd, rollout.ChangeFlags,
		rollout.ChangeVersion, rollout.ChangeCarriedOver, rollout.ChangeFixed, rollout.ChangeReport,
	}
}

func noticeKinds() []rollout.NoticeKind {
	return []rollout.NoticeKind{
		rollout.NoticeInconclusive, rollout.NoticeProbing, rollout.NoticeOverride, rollout.NoticeApproval, rollout.NoticeFrozen,
		rollout.NoticeWouldPromote, rollout.NoticeWouldDemote, rollout.NoticeWouldTrip, rollout.NoticeWouldStop, rollout.NoticeTripDiscarded,
	}
}

func (m *metrics) register(registry prometheus.Registerer) error {
	for _, c := range []prometheus.Collector{m, m.changes, m.notices} {
		if err := registry.Register(c); err != nil {
			return err
		}
	}
	return nil
}

// Describe implements prometheus.Collector.
func (m *metrics) Describe(descriptions chan<- *prometheus.Desc) {
	for _, d := range m.gauges {
		descriptions <- d
	}
}

// Collect implements prometheus.Collector.
func (m *metrics) Collect(out chan<- prometheus.Metric) {
	status := m.controller.Status()
	position, progress := status.State.Position, status.State.Progress
	put := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	for _, stage := range rollout.Stages() {
		put(m.stage, indicator(stage == position.Stage), stage.String())
	}
	for _, condition := range rollout.Conditions() {
		put(m.condition, indicator(condition == position.Condition), string(condition))
	}
	put(m.stageNumber, float64(position.Stage))
	put(m.soak, progress.Soak.Seconds())
	put(m.soakNeeded, m.controller.cfg.Policy.Soak(position.Stage).Seconds())
	put(m.frozen, indicator(len(status.Frozen) > 0))
	put(m.unsaved, float64(status.Unsaved))
	put(m.wrong, float64(progress.OpenWrong))
	put(m.dryRun, indicator(status.DryRun))
	override := -1.0
	if p := position.Dials(status.At).Override; p != nil {
		override = *p
	}
	put(m.override, override)
	m.collectGate(put, status)
	m.collectTriggers(put, status)
}

type putter func(d *prometheus.Desc, value float64, labels ...string)

func (m *metrics) collectGate(put putter, status Status) {
	asked := make(map[string]rollout.Criterion)
	for _, criterion := range status.Gate.Criteria {
		asked[criterion.Name] = criterion
	}
	for _, name := range rollout.CriterionNames() {
		put(m.criterion, asked[name].Value, name)
		put(m.criterionLimit, asked[name].Limit, name)
	}
	for _, outcome := range []rollout.Outcome{rollout.OutcomePass, rollout.OutcomeFail, rollout.OutcomeInconclusive, rollout.OutcomeNone} {
		put(m.outcome, indicator(outcome == status.Gate.Outcome), string(outcome))
	}
	evidence, policy := status.State.Progress.Evidence, m.controller.cfg.Policy
	put(m.evidence, rollout.Evidence(evidence.Mirror.Disagree, evidence.Mirror.Scans, policy.Rate), "mirror")
	put(m.evidence, rollout.Evidence(evidence.Mirror.Disagree, evidence.Mirror.Scans, policy.StrictRate), "mirror_strict")
	put(m.evidence, rollout.Evidence(evidence.Served.Disagree, evidence.Served.Scans, policy.Rate), "served")
	put(m.evidence, rollout.Evidence(evidence.Served.Disagree, evidence.Served.Scans, policy.StrictRate), "served_strict")
}

func (m *metrics) collectTriggers(put putter, status Status) {
	value, limit := make(map[string]float64), make(map[string]float64)
	for _, tally := range status.Breaker.Tallies {
		value[tally.Trigger], limit[tally.Trigger] = float64(tally.Bad), float64(tally.Limit)
	}
	mirror := status.State.Progress.Entry.Mirror
	value[rollout.TriggerDisagreement], limit[rollout.TriggerDisagreement] = rollout.Stop(mirror.Disagree, mirror.Scans), rollout.Enough
	for _, trigger := range rollout.Triggers() {
		put(m.triggerValue, value[trigger], trigger)
		put(m.triggerLimit, limit[trigger], trigger)
	}
}

func indicator(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
