package console

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// KnownHosts answers requests only that were sent to an IP address, to localhost
// or to one of the names. A page whose name its owner lets point to this machine
// (DNS rebinding) has the same origin as what answers here, so that nothing else
// keeps it from reading; its name gives it away. Where tokens are configured a
// page has none, and any name will do.
func KnownHosts(next http.Handler, keys *Keys, names ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !keys.Configured() && !KnownHost(r, names...) {
			writeProblem(w, newProblem(http.StatusMisdirectedRequest, "without tokens only requests to %s are answered, not to %q",
				strings.Join(append([]string{"an IP address", "localhost"}, names...), " or "), clip(r.Host)))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// KnownHost reports whether a request was sent to an IP address, localhost or one
// of the names. One of HTTP/1.0 may name no host; no browser sends such.
func KnownHost(r *http.Request, names ...string) bool {
	host := hostOf(r)
	return host == "" || host == "localhost" || net.ParseIP(host) != nil || slices.Contains(names, host)
}
