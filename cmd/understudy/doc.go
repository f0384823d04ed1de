// Command understudy shadows a network explorer's FBAS scanner. Its commands are
// serve (the sidecar), engine (the exact engine as a service), analyze (one
// network file), compare (who is wrong, of given answers, networks or stored
// exchanges), shrink (the smallest network that shows it), exchanges, defects and
// agreement (what was compared), demo (a whole scan against the real Rust scanner)
// and version.
//
// Reading order: main.go, cli.go and config.go (flag beats environment beats file
// beats default), exit.go; then a command's own file: analyze.go with results.go
// (asking), table.go, report.go and findings.go (showing) and answers.go (as
// JSON); compare.go with compare_given.go, compare_ask.go and compare_replay.go
// (asking), compare_files.go, compare_stored.go and compare_request.go (what is
// asked), compare_side.go (who), compare_noise.go, compare_conclusion.go,
// compare_report.go and compare_show.go (what comes out); exchanges.go, defects.go
// and agreement.go with exchanges_store.go; shrink.go; engine.go, serve.go with
// sidecar.go and lifecycle.go (what runs, and in which order it stops), dials.go,
// arbitrate.go, recorder.go, retention.go and ops.go; demo.go with scanner.go, summary.go and show.go. Package internal/backend
// plays the backend in the demo, internal/workload draws the networks of the long
// test.
package main
