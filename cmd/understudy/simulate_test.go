package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

func TestSimulate_EndsCleanlyInTheMiddle(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	code := run(ctx, []string{"simulate", "--runs", "100000"}, streams{in: strings.NewReader(""), out: &out, err: &errs})
	if code != exitIncomplete || out.Len() > 0 || !strings.Contains(errs.String(), "incomplete: ended after 0 of 100,000 runs") {
		t.Errorf("exit code %d, %q, %q", code, out.String(), errs.String())
	}
}
