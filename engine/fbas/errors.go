package fbas

import "errors"

var (
	// ErrNotJSON says that the input is no JSON text at all.
	ErrNotJSON = errors.New("not JSON")
	// ErrTooLarge says that the input exceeds a limit.
	ErrTooLarge = errors.New("too large")
)

// FieldError says which field of the input has a value that is not allowed,
// and what is allowed there.
type FieldError struct {
	// Field is the path of the field, such as nodes[3].quorumSet.threshold.
	Field string
	// Problem says what was found and what is allowed.
	Problem string
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Problem }

// Limits bound what a reader accepts; a zero field means the default.
type Limits struct {
	// Bytes is the greatest length of the input.
	Bytes int
	// Nodes is the greatest number of nodes.
	Nodes int
	// Depth is how deep quorum sets may nest; 1 means no inner sets.
	Depth int
}

// DefaultLimits are 32 MiB, 100,000 nodes and a nesting depth of 32.
func DefaultLimits() Limits { return Limits{Bytes: 32 << 20, Nodes: 100_000, Depth: 32} }

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	if l.Bytes <= 0 {
		l.Bytes = d.Bytes
	}
	if l.Nodes <= 0 {
		l.Nodes = d.Nodes
	}
	if l.Depth <= 0 {
		l.Depth = d.Depth
	}
	return l
}
