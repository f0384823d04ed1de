package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"regexp"

	"understudy/console"
)

type ctlReportCommand struct {
	opsFlags
	Out    string `placeholder:"FILE" help:"Write the page to this file, not to standard output."`
	Draft  bool   `help:"Do not enter it in the history; a viewer may do that."`
	Reason string `placeholder:"TEXT" help:"What it is for."`
}

// Run writes.
func (c *ctlReportCommand) Run(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	method, body := http.MethodPost, any(console.ReasonBody{Reason: c.Reason})
	if c.Draft {
		method, body = http.MethodGet, nil
	}
	answer, err := client.ask(ctx, method, "rollout/report", body)
	if err != nil {
		return err
	}
	var report console.Report
	if err := client.read(answer, &report); err != nil {
		return err
	}
	if sum := hexDigest([]byte(report.Markdown)); sum != report.Digest {
		return fmt.Errorf("the page of %s has the digest %s, not %s as it says", client.base, sum, report.Digest)
	}
	out := &keeper{out: s.out}
	switch {
	case c.JSON:
		fmt.Fprintf(out, "%s\n", answer)
	case c.Out == "":
		fmt.Fprint(out, report.Markdown)
	}
	if c.Out != "" {
		if err := os.WriteFile(c.Out, []byte(report.Markdown), 0o644); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
	}
	if err := out.failed(); err != nil {
		return err
	}
	// Beside the page, which may be on its way to a file.
	entered := "entered in the history"
	if c.Draft {
		entered = "a draft, not in the history"
	}
	fmt.Fprintf(s.err, "report %s, %s\n", report.Digest, entered)
	if c.Out != "" && !c.Draft {
		fmt.Fprintf(s.err, "approve with: understudy ctl promote --report %s --reason TEXT\n", c.Out)
	}
	return nil
}

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// reportDigest is what a report is signed by: a digest as it is, or that of a file.
func reportDigest(report string) (string, error) {
	if report == "" || digestForm.MatchString(report) {
		return report, nil
	}
	page, err := os.ReadFile(report)
	if err != nil {
		return "", fmt.Errorf("%w (want a file, or a SHA-256 of 64 hexadecimal digits)", err)
	}
	return hexDigest(page), nil
}

func hexDigest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
