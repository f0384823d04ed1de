// Command understudy shadows a network explorer's FBAS scanner. Its commands are
// serve (the sidecar), engine (the exact engine as a service), analyze (one
// network file), demo (a whole scan against the real Rust scanner) and version.
//
// Reading order: main.go, cli.go and config.go (flag beats environment beats file
// beats default), exit.go; then a command's own file: analyze.go with results.go
// (asking), table.go, report.go and findings.go (showing) and answers.go (as
// JSON), engine.go, serve.go with sidecar.go and lifecycle.go (what runs, and in
// which order it stops), dials.go, recorder.go and ops.go; demo.go with scanner.go,
// summary.go and show.go. Package internal/backend plays the backend in the demo.
package main
