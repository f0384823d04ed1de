package console

import (
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
)

// Role is what a token allows.
type Role string

// The roles. An operator may do what a viewer may.
const (
	RoleViewer   Role = "viewer"   // reads
	RoleOperator Role = "operator" // reads and acts
)

// Token lets a person in. Its secret appears in no log and no answer.
type Token struct {
	Name   string // of the person or program, as the audit names it
	Role   Role
	Secret string
}

// LogValue implements slog.LogValuer, without the secret.
func (t Token) LogValue() slog.Value {
	return slog.GroupValue(slog.String("name", t.Name), slog.String("role", string(t.Role)))
}

// String is the token without its secret, also for %v and %+v.
func (t Token) String() string { return string(t.Role) + " " + t.Name }

// GoString is the same for %#v.
func (t Token) GoString() string { return t.String() }

const callerKey = "caller"

// identify lets those in who have a token. Without any configured, reading is
// open, since the operations plane listens on this machine only.
func (k *Keys) identify(c *gin.Context) {
	if !k.Configured() {
		return
	}
	secret, sent := bearer(c.Request)
	who, ok := k.find(secret)
	switch {
	case !sent:
		c.Header("WWW-Authenticate", challenge)
		refuse(c, newProblem(http.StatusUnauthorized, "a token is missing: want the header Authorization: Bearer SECRET"))
	case !ok:
		k.turnAway(c)
	default:
		c.Set(callerKey, who)
	}
}

const challenge = `Bearer realm="understudy"`

// turnAway answers a token that nobody has.
func (k *Keys) turnAway(c *gin.Context) {
	if k.wrong(c.Request, c.FullPath()) {
		c.Header("Retry-After", strconv.Itoa(int(failureWindow.Seconds())))
		refuse(c, newProblem(http.StatusTooManyRequests, "the token is not known, and many were not within a minute"))
		return
	}
	c.Header("WWW-Authenticate", challenge)
	refuse(c, newProblem(http.StatusUnauthorized, "the token is not known"))
}

// operators lets those act who may.
func (k *Keys) operators(c *gin.Context) {
	if !k.Configured() {
		refuse(c, newProblem(http.StatusForbidden,
			"acting takes a token of an operator, and none is configured: start serve with --tokens FILE (lines of ROLE NAME SECRET), or with UNDERSTUDY_OPERATOR_TOKEN set"))
		return
	}
	if who := callerOf(c); who.role != RoleOperator {
		refuse(c, newProblem(http.StatusForbidden, "%s is a %s: acting takes a token of an operator", who.name, who.role))
	}
}

func callerOf(c *gin.Context) caller {
	who, _ := c.Value(callerKey).(caller)
	return who
}

// actor is the caller as the audit names people.
func actor(c *gin.Context) string { return "person:" + callerOf(c).name }

// bearer is the token of a request (RFC 6750, 2.1; the scheme in any case).
func bearer(r *http.Request) (secret string, sent bool) {
	scheme, secret, found := strings.Cut(r.Header.Get("Authorization"), " ")
	if !found || !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	secret = strings.TrimSpace(secret)
	return secret, secret != ""
}

func remote(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// sameOrigin refuses what a browser sends on behalf of another site's page.
func sameOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, newProblem(http.StatusForbidden, "a page of another origin may not act here"))
	}))
	return protection.Handler(next)
}
