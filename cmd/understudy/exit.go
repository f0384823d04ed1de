package main

import (
	"errors"
	"fmt"
)

// Exit codes, the same for every command.
const (
	exitOK         = 0
	exitFailed     = 1 // something outside did not work, or compare proved the candidate wrong
	exitBadInput   = 2 // the command line, the configuration or the network
	exitIncomplete = 3 // the time ended, or not everything was compared
	exitFindings   = 4 // analyze found what --fail-on names
)

const exitHelp = `Exit codes: 0 done; 1 failed; 2 bad command line, configuration or input; 3 incomplete: the time ended before the answer, or not everything was compared; 4 findings that --fail-on minds. Of compare 1 is also a candidate that is proven wrong, and 3 a metric that stays undecided.`

// codedError is an error with an exit code of its own.
type codedError struct {
	code int
	err  error
}

func (e *codedError) Error() string { return e.err.Error() }
func (e *codedError) Unwrap() error { return e.err }

// badInput marks an error as the caller's.
func badInput(err error) error { return &codedError{exitBadInput, err} }

// incomplete says that there is no whole answer.
func incomplete(format string, args ...any) error {
	return &codedError{exitIncomplete, fmt.Errorf(format, args...)}
}

func exitCode(err error) int {
	var coded *codedError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &coded):
		return coded.code
	}
	return exitFailed
}
