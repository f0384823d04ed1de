// Package shrink reduces a disagreement to the smallest network that still shows
// the same verdict, and writes a bug report about it.
//
//	want := shrink.Target{Metric: "top_tier", Verdict: compare.VerdictPrimaryWrong}
//	small, err := shrink.Shrink(ctx, body, want, ask, shrink.Options{})
//	os.Stdout.Write(small.Body) // a request of a few nodes
//
// Both sides are asked about one smaller network after the other, and what still
// shows the target is kept. The steps, from the coarse to the fine:
//
//   - fields that no analysis minds; everything outside the core
//   - whole organizations and inner sets, half of them, a quarter, ... one
//   - nodes in the same way; a node that goes takes every reference to it along
//   - references to nobody; inner sets; single members of quorum sets
//   - quorum sets: none at all, or that of another node; thresholds one down, or
//     one up where that makes two quorum sets equal
//   - organizations, faulty nodes, fields one by one
//
// Whatever makes lists shorter is tried three ways: thresholds lowered in
// proportion, lowered by what was lost, and kept (edit.Loss). It goes round until
// nothing helps any more. At last nodes get short names (a1, a2, b, ...), one
// letter for each organization or inner set, if the target still shows.
//
// Minimal means 1-minimal: no single one of these steps, applied to the result,
// shows the target again. A smaller network that takes two steps at once, none of
// which shows it alone, may exist. Smaller is fewer nodes; then fewer members of
// quorum sets; then fewer different quorum sets, lower thresholds, fewer
// organizations, faulty nodes and fields. Each kept step is smaller in this order,
// so it ends, and the same answers always lead the same way.
//
// Vocabulary: the target is the verdict on a metric that has to show; an ask is
// one question to both sides about one network, and never repeated.
//
// Read target.go, shrink.go (the loop), run.go (one ask), size.go, then the steps
// in nodes.go, members.go, thresholds.go and fields.go; names.go; report.go with
// markdown.go and reproduce.go.
package shrink
