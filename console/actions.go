package console

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"understudy/rollout"
	"understudy/rollout/control"
	"understudy/store"
)

// ReasonBody is what hold, resume, abort and reset are told.
type ReasonBody struct {
	Reason string `json:"reason"`
}

// PromoteBody is what promote is told.
type PromoteBody struct {
	Reason string `json:"reason"`
	Report string `json:"report,omitempty"` // SHA-256 of a report that is in the history
}

// OverrideBody is what override is told.
type OverrideBody struct {
	Reason  string   `json:"reason"`
	Percent *float64 `json:"percent"` // 0 to 100
	For     string   `json:"for"`     // a duration
}

// CarryOverBody is what carry-over is told.
type CarryOverBody struct {
	Reason   string `json:"reason"`
	Compared *int   `json:"compared"` // stored questions that were asked again
	Differ   *int   `json:"differ"`   // of those, whose answers are others
}

// asking reads what a person asks for.
type asking func(h *handler, c *gin.Context, by rollout.By) (rollout.Event, error)

// actions are all that a person may do, by the end of the path of a POST.
var actions = map[string]asking{
	"promote":    (*handler).promote,
	"hold":       plain(func(by rollout.By) rollout.Event { return rollout.Hold{By: by} }),
	"resume":     plain(func(by rollout.By) rollout.Event { return rollout.Resume{By: by} }),
	"abort":      plain(func(by rollout.By) rollout.Event { return rollout.Abort{By: by} }),
	"reset":      plain(func(by rollout.By) rollout.Event { return rollout.Reset{By: by} }),
	"override":   (*handler).override,
	"carry-over": (*handler).carryOver,
}

// act does what was asked for and answers with what the rollout has become.
func (h *handler) act(ask asking) gin.HandlerFunc {
	return func(c *gin.Context) {
		event, err := ask(h, c, rollout.By{Actor: actor(c)})
		if err != nil {
			h.fail(c, err)
			return
		}
		status, err := h.config.Rollout.Do(c.Request.Context(), event)
		code := http.StatusOK
		switch {
		case errors.Is(err, control.ErrUnsaved): // to try again would do it twice
			code = http.StatusAccepted
			h.config.Logger.Error("what a person asked for is in force and not stored yet", "actor", actor(c), "path", c.FullPath(), "error", err)
		case err != nil:
			h.fail(c, undone(err))
			return
		}
		h.config.Logger.Info("a person acted", "actor", actor(c), "path", c.FullPath(), "stage", status.State.Position.Stage)
		h.write(c, code, h.newStatus(c.Request.Context(), status))
	}
}

// undoneError is why what was asked for did not happen, though it might.
type undoneError struct{ error }

func (e undoneError) Unwrap() error { return e.error }

func undone(err error) error {
	var refusal *rollout.Refusal
	if errors.As(err, &refusal) {
		return err
	}
	return undoneError{err}
}

// noQuery refuses parameters, which actions do not have.
func noQuery(c *gin.Context) error {
	return (&parameters{values: c.Request.URL.Query()}).end()
}

func plain(event func(rollout.By) rollout.Event) asking {
	return func(_ *handler, c *gin.Context, by rollout.By) (rollout.Event, error) {
		var body ReasonBody
		if err := readAction(c, &body); err != nil {
			return nil, err
		}
		var err error
		by.Reason, err = checkReason(body.Reason)
		return event(by), err
	}
}

func (h *handler) promote(c *gin.Context, by rollout.By) (rollout.Event, error) {
	var body PromoteBody
	if err := readAction(c, &body); err != nil {
		return nil, err
	}
	var err error
	if by.Reason, err = checkReason(body.Reason); err != nil {
		return nil, err
	}
	if err := checkDigest(body.Report); err != nil {
		return nil, err
	}
	return rollout.Promote{By: by, Report: body.Report}, h.entered(c.Request.Context(), body.Report)
}

// mostReports is how many reports back one may be signed.
const mostReports = 1000

// entered says that a report is in the history: what is signed must be something
// that this rollout has written.
func (h *handler) entered(ctx context.Context, digest string) error {
	if digest == "" {
		return nil
	}
	records, err := h.store.Audit(ctx, store.AuditFilter{Kind: string(rollout.ChangeReport), Newest: true, Limit: mostReports})
	if err != nil {
		return err
	}
	for _, r := range records {
		if written, err := readRecord(r); err == nil && written.Change.Report == digest {
			return nil
		}
	}
	return &rollout.Refusal{Why: "promote: no report with this digest is in the history: write one and sign that"}
}

func (h *handler) override(c *gin.Context, by rollout.By) (rollout.Event, error) {
	var body OverrideBody
	if err := readAction(c, &body); err != nil {
		return nil, err
	}
	var err error
	if by.Reason, err = checkReason(body.Reason); err != nil {
		return nil, err
	}
	percent, err := checkPercent(body.Percent)
	if err != nil {
		return nil, err
	}
	span, err := checkSpan(body.For, h.config.Policy.OverrideMost)
	return rollout.SetOverride{By: by, Percent: percent, For: span}, err
}

// clearOverride takes its reason from the query: a body has no meaning in a
// DELETE, and what stands between may drop it.
func (h *handler) clearOverride(c *gin.Context, by rollout.By) (rollout.Event, error) {
	p := &parameters{values: c.Request.URL.Query()}
	values := p.values["reason"]
	delete(p.values, "reason")
	if err := p.end(); err != nil {
		return nil, err
	}
	if len(values) != 1 {
		return nil, &FieldError{"reason", "want it once, as a parameter"}
	}
	var err error
	by.Reason, err = checkReason(values[0])
	return rollout.ClearOverride{By: by}, err
}

func (h *handler) carryOver(c *gin.Context, by rollout.By) (rollout.Event, error) {
	var body CarryOverBody
	if err := readAction(c, &body); err != nil {
		return nil, err
	}
	var err error
	if by.Reason, err = checkReason(body.Reason); err != nil {
		return nil, err
	}
	compared, err := checkCount("compared", body.Compared)
	if err != nil {
		return nil, err
	}
	differ, err := checkCount("differ", body.Differ)
	if err == nil && differ > compared {
		err = &FieldError{"differ", "is more than compared"}
	}
	return rollout.CarryOver{By: by, Compared: compared, Differ: differ}, err
}

// actionTimeout bounds how long a person waits for what is to be persisted.
const actionTimeout = 30 * time.Second

func withTimeout(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), actionTimeout)
	defer cancel()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}
