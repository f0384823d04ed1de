package console

import (
	"net"
	"net/http"
	"strings"
)

// What a browser may do with an answer.
const (
	// PolicyNone is for answers that are no pages: nothing may be loaded or framed.
	PolicyNone = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	// PolicySelf is for pages with scripts and styles in files of their own: what
	// is written into a page, by whatever means, still runs nowhere.
	PolicySelf = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)

// hstsAge is how long a browser keeps to https, in seconds: a year.
const hstsAge = "31536000"

// SecureHeaders keeps answers out of caches and out of pages of others, and
// holds browsers to a content security policy. A handler further in may be
// wrapped with a wider policy of its own.
func SecureHeaders(next http.Handler, policy string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", policy)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		// A browser applies it to all ports of a host: not to localhost, where it
		// would take down whatever else a developer runs there.
		if r.TLS != nil && !isLocalhost(hostOf(r)) {
			h.Set("Strict-Transport-Security", "max-age="+hstsAge)
		}
		next.ServeHTTP(w, r)
	})
}

// hostOf is the name that a request was sent to, without a port, in lower case.
func hostOf(r *http.Request) string {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}

func isLocalhost(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
