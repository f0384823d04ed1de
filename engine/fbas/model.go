package fbas

import "encoding/json"

// Network is what a request describes: validators with their quorum sets, and
// the organizations that run them. It is the input as sent, before any
// reduction; keys may repeat and sets may name validators that are not there.
type Network struct {
	Nodes         []Node
	Organizations []Organization
	// OrganizationsError is what is wrong with the organizations as sent, if
	// anything: a *FieldError. It matters only to who groups by organization,
	// since the Rust scanner does not look at them otherwise.
	OrganizationsError error
}

// Node is one validator of a Network.
type Node struct {
	PublicKey string
	// Name is for people; no analysis reads it.
	Name string
	// QuorumSet is nil for a node that published none: such a node is never
	// satisfied. Nodes may share one set; it must not be changed.
	QuorumSet *QuorumSet
	// Country and ISP are nil when unknown. An empty string is a value of its
	// own for ISP (see Groups).
	Country, ISP *string
	// IsValidating is nil when the input does not say.
	IsValidating *bool
	// Attributes are the fields of the node beside key and quorum set, as sent
	// (those above among them), or of its "attrs" in the python-fbas form.
	Attributes map[string]json.RawMessage
}

// QuorumSet is a requirement: at least Threshold of its members agree, where a
// member is a validator or an inner quorum set, and a validator listed twice
// counts twice. Threshold 0 is met by everything, a threshold above the number
// of members by nothing.
type QuorumSet struct {
	Threshold       int
	Validators      []string
	InnerQuorumSets []QuorumSet
}

// Organization is a named group of validators.
type Organization struct {
	ID string
	// Name is the organization's name, or its ID where none was sent.
	Name       string
	Validators []string
}

// MaxThreshold is what larger thresholds are clamped to: no list is this long,
// so the set stays unsatisfiable.
const MaxThreshold = 1<<31 - 1
