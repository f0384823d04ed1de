package console

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"understudy/compare"
	"understudy/rollout"
	"understudy/store"
)

// Report is the page a person signs before approving, and what it was written
// from. For the same data it is the same, byte for byte.
type Report struct {
	Digest   string     `json:"digest"` // SHA-256 of Markdown, in hex
	Markdown string     `json:"markdown"`
	Data     ReportData `json:"data"`
}

// ReportData is what a report tells.
type ReportData struct {
	AsOf      time.Time         `json:"as_of"` // the last tick
	Seq       int64             `json:"seq"`   // of the last record of the history before the report
	Head      string            `json:"head"`
	Stage     rollout.Stage     `json:"stage"`
	Entered   time.Time         `json:"entered"`
	Condition rollout.Condition `json:"condition"`
	Versions  rollout.Versions  `json:"versions"`
	Gate      rollout.Gate      `json:"gate"`
	Evidence  []EvidenceLine    `json:"evidence"`
	Entry     rollout.Entry     `json:"entry"` // what is counted since the stage was entered

	Stages    []ReportEvent `json:"stages"` // starts, promotions, demotions, resets
	Trips     []ReportEvent `json:"trips"`  // trips, failed probes, re-entries, stops, aborts
	Overrides []ReportEvent `json:"overrides"`

	Open    ReportDisagreements `json:"open"`    // disagreements that nobody has closed, without the primary's defects
	Defects ReportDisagreements `json:"defects"` // in which the primary is proven wrong
	Latency ReportLatency       `json:"latency"`
}

// EvidenceLine is one series of scans and what it is worth.
type EvidenceLine struct {
	Name     string  `json:"name"`
	Scans    int     `json:"scans"`
	Disagree int     `json:"disagree"`
	E5       float64 `json:"e_5_percent"`
	E1       float64 `json:"e_1_percent"`
}

// ReportEvent is one record of the history.
type ReportEvent struct {
	Seq     int64              `json:"seq"`
	At      time.Time          `json:"at"`
	Kind    rollout.ChangeKind `json:"kind"`
	Actor   string             `json:"actor"`
	From    rollout.Stage      `json:"from"`
	To      rollout.Stage      `json:"to"`
	Trigger string             `json:"trigger,omitempty"`
	Reason  string             `json:"reason"`
}

// ReportDisagreements are the last of many.
type ReportDisagreements struct {
	Total int                 `json:"total"` // at most 10,000 are counted
	Last  []ReportDisputeLine `json:"last"`
}

// ReportDisputeLine is one disagreement with its proof as a sentence.
type ReportDisputeLine struct {
	ID       string          `json:"id"`
	Verdict  compare.Verdict `json:"verdict"`
	Metric   string          `json:"metric"`
	Analysis string          `json:"analysis"`
	Class    string          `json:"class,omitempty"`
	State    string          `json:"state"`
	Count    int             `json:"count"`
	LastSeen time.Time       `json:"last_seen"`
	Sentence string          `json:"sentence"`
}

// The bounds of a report.
const (
	reportLines     = 20     // disagreements of each kind on the page
	reportEvents    = 100    // records of each kind
	reportCounted   = 10_000 // disagreements, and exchanges for the latencies
	reportByDefault = "the report was written"
)

func (h *handler) report(c *gin.Context) {
	report, err := h.whole(c)
	if err != nil {
		h.fail(c, err)
		return
	}
	if wantsJSON(c.GetHeader("Accept")) {
		h.write(c, http.StatusOK, report)
		return
	}
	c.Header("Vary", "Accept")
	c.Data(http.StatusOK, "text/markdown; charset=utf-8", []byte(report.Markdown))
}

// enterReport writes a report and enters its digest in the history.
func (h *handler) enterReport(c *gin.Context) {
	var body ReasonBody
	if err := readBody(c, &body); err != nil {
		h.fail(c, err)
		return
	}
	by := rollout.By{Actor: actor(c), Reason: reportByDefault}
	if body.Reason != "" {
		var err error
		if by.Reason, err = checkReason(body.Reason); err != nil {
			h.fail(c, err)
			return
		}
	}
	report, err := h.whole(c)
	if err != nil {
		h.fail(c, err)
		return
	}
	if _, err := h.config.Rollout.Do(c.Request.Context(), rollout.Reported{By: by, Digest: report.Digest}); err != nil {
		h.fail(c, undone(err))
		return
	}
	h.write(c, http.StatusOK, report)
}

func wantsJSON(accept string) bool {
	json, markdown := strings.Index(accept, "application/json"), strings.Index(accept, "text/markdown")
	return json >= 0 && (markdown < 0 || json < markdown)
}

func (h *handler) whole(c *gin.Context) (Report, error) {
	if err := noQuery(c); err != nil {
		return Report{}, err
	}
	data, err := h.reportData(c.Request.Context())
	if err != nil {
		return Report{}, err
	}
	text := data.markdown()
	sum := sha256.Sum256([]byte(text))
	return Report{Digest: hex.EncodeToString(sum[:]), Markdown: text, Data: data}, nil
}

func (h *handler) reportData(ctx context.Context) (ReportData, error) {
	status := h.config.Rollout.Status()
	position, progress := status.State.Position, status.State.Progress
	d := ReportData{
		AsOf: progress.Ticked, Seq: status.Seq, Head: status.Head, Stage: position.Stage, Entered: position.Entered, Condition: position.Condition,
		Versions: position.Versions, Gate: h.config.Policy.Gate(status.State, progress.Ticked), Evidence: evidenceLines(progress), Entry: progress.Entry,
	}
	for _, part := range []struct {
		into  *[]ReportEvent
		kinds []rollout.ChangeKind
	}{
		{&d.Stages, []rollout.ChangeKind{
			rollout.ChangeStart, rollout.ChangePromoted, rollout.ChangeDemoted, rollout.ChangeReset, rollout.ChangeVersion, rollout.ChangeCarriedOver, rollout.ChangeFixed,
		}},
		{&d.Trips, []rollout.ChangeKind{
			rollout.ChangeTripped, rollout.ChangeProbeFailed, rollout.ChangeReentered, rollout.ChangeStopped, rollout.ChangeAborted,
		}},
		{&d.Overrides, []rollout.ChangeKind{rollout.ChangeOverride, rollout.ChangeOverrideEnd}},
	} {
		events, err := h.events(ctx, part.kinds, status.Seq)
		if err != nil {
			return d, err
		}
		*part.into = events
	}
	var err error
	if d.Open, d.Defects, err = h.disputes(ctx); err != nil {
		return d, err
	}
	d.Latency, err = h.latency(ctx, position.Entered)
	return d, err
}

func evidenceLines(p rollout.Progress) []EvidenceLine {
	line := func(name string, c rollout.Count) EvidenceLine {
		return EvidenceLine{name, c.Scans, c.Disagree, rollout.Evidence(c.Disagree, c.Scans, 0.05), rollout.Evidence(c.Disagree, c.Scans, 0.01)}
	}
	return []EvidenceLine{line("mirror", p.Evidence.Mirror), line("variations", p.Evidence.Variations), line("served", p.Evidence.Served)}
}

// events are the last records of some kinds, the oldest first.
func (h *handler) events(ctx context.Context, kinds []rollout.ChangeKind, until int64) ([]ReportEvent, error) {
	list := []ReportEvent{}
	for _, kind := range kinds {
		records, err := h.store.Audit(ctx, store.AuditFilter{Kind: string(kind), Before: until + 1, Newest: true, Limit: reportEvents})
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			event := ReportEvent{Seq: r.Seq, At: r.At, Kind: rollout.ChangeKind(r.Kind), Actor: r.Actor, Reason: "the record is damaged: verify the history"}
			if read, err := readRecord(r); err == nil {
				c := read.Change
				event.From, event.To, event.Trigger, event.Reason = c.From.Stage, c.To.Stage, c.Trigger, c.Reason
			}
			list = append(list, event)
		}
	}
	slices.SortFunc(list, func(a, b ReportEvent) int { return cmp.Compare(a.Seq, b.Seq) })
	return list, nil
}

// disputes are the open disagreements and, open or approved, the defects.
func (h *handler) disputes(ctx context.Context) (open, defects ReportDisagreements, err error) {
	list, err := h.store.Disagreements(ctx, store.DisagreementFilter{State: store.StateOpen, Limit: reportCounted})
	if err != nil {
		return open, defects, err
	}
	list = slices.DeleteFunc(list, func(d store.Disagreement) bool { return d.Verdict == string(compare.VerdictPrimaryWrong) })
	open = newDisputes(list)
	list, err = h.store.Disagreements(ctx, store.DisagreementFilter{Verdict: string(compare.VerdictPrimaryWrong), Limit: reportCounted})
	return open, newDisputes(list), err
}

func newDisputes(list []store.Disagreement) ReportDisagreements {
	slices.SortFunc(list, func(a, b store.Disagreement) int {
		return cmp.Or(b.LastSeen.Compare(a.LastSeen), cmp.Compare(a.ID, b.ID))
	})
	out := ReportDisagreements{Total: len(list), Last: []ReportDisputeLine{}}
	for _, d := range list[:min(reportLines, len(list))] {
		out.Last = append(out.Last, ReportDisputeLine{
			ID: d.ID, Verdict: compare.Verdict(d.Verdict), Metric: d.Metric, Analysis: d.Analysis, Class: d.Class, State: d.State,
			Count: d.Count, LastSeen: d.LastSeen, Sentence: d.Sentence,
		})
	}
	return out
}
