package main

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	"understudy/flags"
	"understudy/proxy"
	"understudy/rollout"
)

// dials brings the flags and the position of the rollout together for the proxy,
// which adds the breaker.
type dials struct {
	flags    *flags.Flags
	position func() rollout.Position
	now      func() time.Time
}

var (
	_ proxy.Dialer = dials{}.at
	_              = proxy.Deps{Allow: dials{}.allow}
)

// at gives the dials for a scan; without one those that no flag rule singles out.
func (d dials) at(ctx context.Context, scan proxy.ScanContext) rollout.Dials {
	values := d.values(ctx, scan)
	dials := d.position().Dials(d.now())
	dials.Mode, dials.Enabled = rollout.Mode(values.Mode), values.Enabled
	dials.CeilingPercent, dials.MirrorPercent = values.ServeCeilingPercent, values.MirrorPercent
	return dials
}

// allow says what the candidate may do beyond its share.
func (d dials) allow(ctx context.Context, scan proxy.ScanContext) proxy.Allowed {
	values := d.values(ctx, scan)
	return proxy.Allowed{Rescue: values.RescueEnabled, CandidateOnly: values.HistoryCriticalEnabled}
}

func (d dials) values(ctx context.Context, scan proxy.ScanContext) flags.Values {
	if scan == (proxy.ScanContext{}) {
		return d.flags.Current()
	}
	return d.flags.Evaluate(ctx, flags.Context{
		ScanKey: scan.ScanKey, Analysis: scan.Analysis, MergeBy: scan.MergeBy, Client: scan.Client, NodeCount: scan.NodeCount,
	})
}

// ceilings are the flags as the rollout knows them, and where the last change of
// them came from; until there is one, where all of them come from, because what
// changed while nothing ran here is not known.
type ceilings struct {
	flags  *flags.Flags
	source atomic.Pointer[string]
}

func (c *ceilings) now() (is rollout.Settings, source string, healthy bool) {
	values := c.flags.Current()
	if last := c.source.Load(); last != nil {
		source = *last
	} else {
		source = strings.Join(c.flags.Sources(), "+")
	}
	return rollout.Settings{
		Mode: rollout.Mode(values.Mode), Enabled: values.Enabled,
		MirrorPercent: values.MirrorPercent, CeilingPercent: values.ServeCeilingPercent,
		Rescue: values.RescueEnabled, HistoryCritical: values.HistoryCriticalEnabled,
	}, source, c.flags.State().Healthy()
}

// follow tells of each change until the channel is closed.
func (c *ceilings) follow(changes <-chan flags.Change, tell func()) {
	for change := range changes {
		c.source.Store(&change.Source)
		tell()
	}
}
