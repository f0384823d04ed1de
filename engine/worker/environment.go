package worker

import (
	"slices"
	"strings"
)

// withoutSecrets is an environment without the variables of ours that hold
// secrets: whoever takes over a worker by a network must find no token in it.
func withoutSecrets(environ []string) []string {
	return slices.DeleteFunc(environ, func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return strings.HasPrefix(name, "UNDERSTUDY_") && (strings.HasSuffix(name, "_TOKEN") || name == "UNDERSTUDY_WEBHOOK")
	})
}
