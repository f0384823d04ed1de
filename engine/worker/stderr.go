package worker

import (
	"bytes"
	"io"
)

// Bounds on what one child may put into the log.
const (
	maxLine  = 2048 // bytes; the rest of a line is dropped
	maxLines = 200  // a trace of a Go program that crashed, and some more
)

var _ io.Writer = (*lineLogger)(nil)

// lineLogger cuts what is written to it into lines and logs them, within
// bounds. It takes everything: a child must not block on standard error.
type lineLogger struct {
	log   func(line string)
	line  []byte
	lines int
}

// Write implements io.Writer. It never fails.
func (l *lineLogger) Write(data []byte) (int, error) {
	written := len(data)
	for len(data) > 0 {
		part, rest, whole := bytes.Cut(data, []byte{'\n'})
		l.line = append(l.line, part[:min(len(part), maxLine-len(l.line))]...)
		data = rest
		if whole {
			l.flush()
		}
	}
	return written, nil
}

// flush logs the line so far.
func (l *lineLogger) flush() {
	line := string(l.line)
	l.line = l.line[:0]
	l.lines++
	switch {
	case line == "" || l.lines > maxLines:
	case l.lines == maxLines:
		l.log("... further lines of this worker are dropped")
	default:
		l.log(line)
	}
}
