package main

import (
	"context"
	"encoding/json"
	"fmt"

	"understudy/compare"
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
		var err error
		if exchanges[i], err = stored(e); err != nil {
			return fmt.Errorf("record exchange %s: %w", e.ID, err)
		}
	}
	return r.store.RecordBatch(ctx, exchanges)
}

// stored is an exchange as the store knows it. The proxy hands bodies over only
// where they are to be kept.
func stored(e proxy.Exchange) (store.Exchange, error) {
	s := store.Exchange{
		ID: e.ID, At: e.At, Source: e.Source, Scan: e.Scan, Client: e.Client, Repeat: e.Repeat, Mixed: e.Mixed, Overlong: e.Overlong,
		Analysis: e.Analysis, Level: e.Level, MergeBy: e.MergeBy, Case: e.Case,
		ServedBy: e.ServedBy, Reason: e.Reason, Outcome: e.Outcome, Verdict: e.Verdict, Skip: e.Skip, Note: e.Note,
		Nodes: e.Nodes, SizeClass: e.SizeClass,
		Primary: store.Side(e.Primary), Candidate: store.Side(e.Candidate),
		Path: e.Path, ContentType: e.ContentType,
		RequestBody: e.RequestBody, PrimaryBody: e.PrimaryBody, CandidateBody: e.CandidateBody,
		KeepBodies: e.RequestBody != nil || e.PrimaryBody != nil || e.CandidateBody != nil,
	}
	for _, m := range e.Metrics {
		metric := store.Metric{Name: m.Name, Outcome: m.Outcome, Verdict: m.Verdict, Primary: m.Primary, Candidate: m.Candidate}
		for _, r := range m.Rulings {
			ruling, err := storedRuling(r)
			if err != nil {
				return s, fmt.Errorf("metric %s: %w", m.Name, err)
			}
			metric.Rulings = append(metric.Rulings, ruling)
		}
		s.Metrics = append(s.Metrics, metric)
	}
	return s, nil
}

func storedRuling(r compare.Ruling) (store.Ruling, error) {
	s := store.Ruling{Verdict: string(r.Verdict), Class: r.Class, Finding: r.Finding}
	if r.Proof == nil {
		return s, nil
	}
	proof, err := json.Marshal(r.Proof)
	if err != nil {
		return s, fmt.Errorf("write proof: %w", err)
	}
	s.ProofKind, s.Sentence, s.Proof = string(r.Proof.Kind), r.Proof.Sentence, proof
	return s, nil
}
