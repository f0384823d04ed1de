package chaos

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"time"
)

// Markdown writes rows as a table.
func Markdown(w io.Writer, rows []Row) {
	fmt.Fprintln(w, "| fault | stage | requests | by the candidate | differences | p50 | added | p99 | added |")
	fmt.Fprintln(w, "|---|---|--:|--:|--:|--:|--:|--:|--:|")
	for _, r := range rows {
		if r.Missing != "" {
			fmt.Fprintf(w, "| %s | %s | %s ||||||\n", r.Fault.Name, r.Fault.Stage, r.Missing)
			continue
		}
		fmt.Fprintf(w, "| %s | %s | %d | %d | %d | %s | %s |\n", r.Fault.Name, r.Fault.Stage, r.On.Requests, r.On.Candidate, r.Differences(),
			r.latency(0.5), r.latency(0.99))
	}
}

// latency is a quantile, and what it adds to the one with the mirror off.
func (r Row) latency(share float64) string {
	on := r.On.Quantile(share)
	if len(r.Off.Took) == 0 {
		return fmt.Sprintf("%.1f ms |", milliseconds(on))
	}
	return fmt.Sprintf("%.1f ms | %+.1f ms", milliseconds(on), milliseconds(on-r.Off.Quantile(share)))
}

// Differences are those of both phases: with the mirror off there may be none either.
func (r Row) Differences() int { return r.On.Differences + r.Off.Differences }

// First is the first exchange that differed, nil without any.
func (r Row) First() *Difference {
	if r.On.First != nil {
		return r.On.First
	}
	return r.Off.First
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// The markers between which a guide holds the table.
const (
	begin = "<!-- chaos:begin -->"
	end   = "<!-- chaos:end -->"
)

// Replace puts text between the markers of a file.
func Replace(path string, text []byte) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read guide: %w", err)
	}
	head, rest, found := bytes.Cut(data, []byte(begin))
	_, tail, closed := bytes.Cut(rest, []byte(end))
	if !found || !closed {
		return fmt.Errorf("write table into %s: want the markers %s and %s", path, begin, end)
	}
	data = bytes.Join([][]byte{head, []byte(begin + "\n"), text, []byte(end), tail}, nil)
	if err := os.WriteFile(path, data, 0o644); err != nil { //nolint:gosec // a guide, for all to read
		return fmt.Errorf("write guide: %w", err)
	}
	return nil
}
