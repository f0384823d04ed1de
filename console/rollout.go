package console

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"understudy/rollout"
	"understudy/rollout/breaker"
	"understudy/rollout/control"
)

// Rollout is what the API asks about the rollout, and whom it tells what people
// want. *control.Controller is one.
type Rollout interface {
	Status() control.Status
	// Do returns once what was asked for is persisted. A refusal is a
	// *rollout.Refusal, and nothing changed.
	Do(ctx context.Context, event rollout.Event) (control.Status, error)
}

var _ Rollout = (*control.Controller)(nil)

// Flags are the flags in force.
type Flags struct {
	rollout.Settings
	Source  string `json:"source"`            // a file, the environment, a server
	Healthy bool   `json:"healthy"`           // false: the last good values are kept, and nothing is promoted
	Problem string `json:"problem,omitempty"` // why not
}

// Status is how the rollout stands.
type Status struct {
	control.Status
	Flags     Flags     `json:"flags"`
	Effective Effective `json:"effective"`
}

// Effective is what the dials come to.
type Effective struct {
	ServePercent  float64      `json:"serve_percent"`
	MirrorPercent float64      `json:"mirror_percent"`
	Binding       rollout.Dial `json:"binding"` // the dial that holds the share where it is
	Why           string       `json:"why"`
}

func newEffective(e rollout.Effective) Effective {
	return Effective{e.ServePercent, e.MirrorPercent, e.Binding, e.Why}
}

// errNoRollout is why a sidecar without a controller can't answer.
var errNoRollout = errors.New("no rollout controller runs here")

func (h *handler) newStatus(ctx context.Context, from control.Status) Status {
	return Status{Status: from, Flags: h.flags(from), Effective: newEffective(h.dials(ctx, from, "").Effective())}
}

func (h *handler) flags(from control.Status) Flags {
	if h.config.Flags == nil {
		return Flags{Settings: from.State.Position.Settings, Source: "the last position", Healthy: from.State.Progress.Health.Flags}
	}
	return h.config.Flags()
}

// dials are those for a scan, or for one that no flag rule singles out.
func (h *handler) dials(ctx context.Context, from control.Status, scan string) rollout.Dials {
	if h.config.Dials != nil {
		return h.config.Dials(ctx, scan)
	}
	d, settings := from.State.Position.Dials(h.config.Now()), h.flags(from).Settings
	d.Mode, d.Enabled = settings.Mode, settings.Enabled
	d.CeilingPercent, d.MirrorPercent = settings.CeilingPercent, settings.MirrorPercent
	d.BreakerClosed = from.Breaker.State == breaker.Closed
	return d
}

func (h *handler) status(ctx context.Context, _ string, p *parameters) (any, error) {
	if err := p.end(); err != nil {
		return nil, err
	}
	return h.newStatus(ctx, h.config.Rollout.Status()), nil
}

// needsRollout answers for a server that has no controller.
func (h *handler) needsRollout(c *gin.Context) {
	if h.config.Rollout == nil {
		refuse(c, newProblem(http.StatusNotImplemented, "%s", errNoRollout))
	}
}
