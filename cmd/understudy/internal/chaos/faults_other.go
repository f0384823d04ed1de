//go:build !linux

package chaos

// These faults are done to other processes by means that only Linux has.

func workerFaults() []Fault     { return nil }
func diskFaults() []Fault       { return nil }
func descriptorFaults() []Fault { return nil }
