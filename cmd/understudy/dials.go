package main

import (
	"context"

	"understudy/flags"
	"understudy/proxy"
	"understudy/rollout"
)

// dials brings the flags and the stage together for the proxy, which adds the
// breaker.
type dials struct {
	flags *flags.Flags
	stage rollout.Stage
}

var _ proxy.Dialer = dials{}.at

// at gives the dials for a scan; without one those that no flag rule singles out.
func (d dials) at(ctx context.Context, scan proxy.ScanContext) rollout.Dials {
	values := d.flags.Current()
	if scan != (proxy.ScanContext{}) {
		values = d.flags.Evaluate(ctx, flags.Context{
			ScanKey: scan.ScanKey, Analysis: scan.Analysis, MergeBy: scan.MergeBy, Client: scan.Client, NodeCount: scan.NodeCount,
		})
	}
	return rollout.Dials{
		Mode:           rollout.Mode(values.Mode),
		Enabled:        values.Enabled,
		CeilingPercent: values.ServeCeilingPercent,
		MirrorPercent:  values.MirrorPercent,
		Stage:          d.stage,
	}
}
