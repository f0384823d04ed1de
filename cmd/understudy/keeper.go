package main

import (
	"fmt"
	"io"
)

// keeper is a writer that keeps its first error, so that output in many small
// pieces is checked once, at its end.
type keeper struct {
	out io.Writer
	err error
}

// Write implements io.Writer.
func (k *keeper) Write(p []byte) (int, error) {
	if k.err != nil {
		return 0, k.err
	}
	var n int
	n, k.err = k.out.Write(p)
	return n, k.err
}

// failed is the error of a command whose output did not arrive, or nil.
func (k *keeper) failed() error {
	if k.err == nil {
		return nil
	}
	return fmt.Errorf("write answer: %w", k.err)
}
