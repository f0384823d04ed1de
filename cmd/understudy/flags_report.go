package main

import (
	"fmt"

	"understudy/rollout"
)

// flagsReport is what flags check found; with --json it is printed as it stands.
type flagsReport struct {
	File     string         `json:"file"`
	Good     bool           `json:"good"`
	Problems []string       `json:"problems"`
	Flags    []flagValue    `json:"flags"` // for the question that was named, without a scan
	Scans    []scanForecast `json:"scans"`
}

type flagValue struct {
	Flag  string `json:"flag"`
	Value any    `json:"value"`
}

// scanForecast is what would happen to one scan.
type scanForecast struct {
	Scan         string          `json:"scan"`
	Bucket       int             `json:"bucket"`        // of 10,000; served while it is below 100 times the share
	MirrorBucket int             `json:"mirror_bucket"` // the same for the mirrored share
	Flags        []flagValue     `json:"flags"`         // for the question
	ScanFlags    []flagValue     `json:"scan_flags"`    // for the scan as a whole, of which only key and client are known
	TakenBefore  bool            `json:"taken_before"`  // the flags allow the question more than its scan, and the scan counts
	Stages       []stageForecast `json:"stages"`
}

type stageForecast struct {
	Stage         rollout.Stage `json:"stage"`
	Treatment     string        `json:"treatment"`
	ServePercent  float64       `json:"serve_percent"`
	MirrorPercent float64       `json:"mirror_percent"`
	Binding       rollout.Dial  `json:"binding"`
	Why           string        `json:"why"`
}

// The treatments.
const (
	treatedPrimary   = "primary"
	treatedMirrored  = "mirrored"
	treatedCandidate = "candidate"
)

func (r flagsReport) show(p verdictPrinter) {
	p.printf("%s: %s\n", printable(r.File), paint(p.colour, green, "good"))
	for _, flag := range r.Flags {
		p.printf("  %-37s%v\n", flag.Flag, flag.Value)
	}
	if len(r.Scans) > 0 {
		p.forecasts(r.Scans)
	}
}

// forecasts shows a table of scans and stages, and how it is to be read.
func (p verdictPrinter) forecasts(scans []scanForecast) {
	width, columns, takenBefore := len("scan"), make([]int, len(scans[0].Stages)), 0
	for _, scan := range scans {
		width = max(width, len([]rune(shownKey(scan.Scan))))
		for i, stage := range scan.Stages {
			columns[i] = max(columns[i], len(stage.Stage.String()), len(stage.String()))
		}
		if scan.TakenBefore {
			takenBefore++
		}
	}
	columns[len(columns)-1] = 0 // the last one needs no filling
	p.printf("\n%-*s  bucket", width, "scan")
	for i, stage := range scans[0].Stages {
		p.printf("  %-*s", columns[i], stage.Stage)
	}
	p.printf("\n")
	for _, scan := range scans {
		p.printf("%-*s  %6d", width, shownKey(scan.Scan), scan.Bucket)
		for i, stage := range scan.Stages {
			p.printf("  %s", p.treatment(stage, columns[i]))
		}
		p.printf("\n")
	}
	p.printf("\nprimary: it answers alone. mirrored: it answers, and the candidate is asked too. candidate: its answer is given, by the rule of the stage.\n" +
		"In brackets the dial that holds the share of the candidate, where it is not the stage.\n")
	if takenBefore > 0 {
		p.printf("%s: the flags allow the question more than the scan as a whole, of which only key and client are known. A rule can only take away: the scan counts.\n", count(takenBefore, "scan"))
	}
}

// String is the treatment and, where it is not the stage, the dial that binds.
func (s stageForecast) String() string {
	if s.Binding == rollout.DialStage {
		return s.Treatment
	}
	return fmt.Sprintf("%s (%s)", s.Treatment, s.Binding)
}

func (p verdictPrinter) treatment(s stageForecast, width int) string {
	text := fmt.Sprintf("%-*s", width, s.String())
	switch s.Treatment {
	case treatedCandidate:
		return paint(p.colour, green, text)
	case treatedMirrored:
		return paint(p.colour, yellow, text)
	}
	return text
}

// shownKey shortens a key, which clients make up.
func shownKey(key string) string {
	const most = 40
	runes := []rune(printable(key))
	if len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return string(runes)
}
