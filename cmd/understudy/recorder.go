package main

import (
	"context"

	"understudy/proxy"
	"understudy/store"
)

// recorder writes the proxy's exchanges to the store.
type recorder struct{ store *store.Store }

var _ proxy.Recorder = recorder{}

// RecordBatch implements proxy.Recorder.
func (r recorder) RecordBatch(ctx context.Context, batch []proxy.Exchange) error {
	exchanges := make([]store.Exchange, len(batch))
	for i, e := range batch {
		exchanges[i] = stored(e)
	}
	return r.store.RecordBatch(ctx, exchanges)
}

// stored is an exchange as the store knows it. The proxy hands bodies over only
// where they are to be kept.
func stored(e proxy.Exchange) store.Exchange {
	s := store.Exchange{
		ID: e.ID, At: e.At, Scan: e.Scan, Client: e.Client, Repeat: e.Repeat, Mixed: e.Mixed, Overlong: e.Overlong,
		Analysis: e.Analysis, Level: e.Level, MergeBy: e.MergeBy, Case: e.Case,
		ServedBy: e.ServedBy, Reason: e.Reason, Outcome: e.Outcome, Note: e.Note, Nodes: e.Nodes,
		Primary: store.Side(e.Primary), Candidate: store.Side(e.Candidate),
		Path: e.Path, ContentType: e.ContentType,
		RequestBody: e.RequestBody, PrimaryBody: e.PrimaryBody, CandidateBody: e.CandidateBody,
		KeepBodies: e.RequestBody != nil,
	}
	for _, m := range e.Metrics {
		s.Metrics = append(s.Metrics, store.Metric{Name: m.Name, Outcome: m.Outcome, Primary: m.Primary, Candidate: m.Candidate})
	}
	return s
}
