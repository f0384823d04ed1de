package console

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"understudy/compare"
	"understudy/rollout"
	"understudy/store"
)

// Exchanges is what the API reads of exchanges. *store.Store is one.
type Exchanges interface {
	Exchanges(ctx context.Context, f store.Filter) ([]store.Exchange, error)
	Exchange(ctx context.Context, id string) (store.Exchange, error)
}

// Ledger is what the API reads of disagreements. *store.Store is one.
type Ledger interface {
	Disagreements(ctx context.Context, f store.DisagreementFilter) ([]store.Disagreement, error)
	Disagreement(ctx context.Context, id string) (store.Disagreement, error)
}

// Store is all that the API reads.
type Store interface {
	Exchanges
	Ledger
	Evidence
	Chain
}

var _ Store = (*store.Store)(nil)

// Config is what an API may be told. The zero value of a field is its default.
type Config struct {
	// Logger takes what goes wrong inside, who acts, and wrong tokens. Default: slog.Default().
	Logger *slog.Logger
	// Now is the clock that spans count back from. Default: time.Now.
	Now func() time.Time

	// Tokens are who may read, and who may act. None: everybody may read, nobody act.
	Tokens []Token
	// Keys are tokens that may be replaced while the API runs. Nil: those of Tokens.
	Keys *Keys
	// Rollout is the controller. Nil: the paths below rollout answer 501.
	Rollout Rollout
	// Policy has the numbers that explain measures by. The zero value: rollout.DefaultPolicy().
	Policy rollout.Policy
	// Flags are those in force. Nil: those that the rollout has taken over last.
	Flags func() Flags
	// Dials are those for a scan, "" for one that no rule singles out. Nil: what
	// position, flags and breaker come to.
	Dials func(ctx context.Context, scan string) rollout.Dials
	// Salt is mixed into the bucket of every scan, as the data plane does it.
	Salt string
}

// whole fills in what was left out.
func (c Config) whole() Config {
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Policy.Tick == 0 {
		c.Policy = rollout.DefaultPolicy()
	}
	if c.Keys == nil {
		c.Keys = NewKeys(c.Tokens, c.Logger, c.Now)
	}
	return c
}

// Prefix is where the API's paths begin.
const Prefix = "/api/v1/"

// API returns the operations API, whose paths begin with Prefix. It is safe for
// concurrent use.
func API(s Store, config Config) http.Handler {
	config = config.whole()
	return SecureHeaders(sameOrigin(routes(&handler{store: s, config: config})), PolicyNone)
}

func routes(h *handler) *gin.Engine {
	guard := h.config.Keys
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	g.RedirectTrailingSlash = false // a path that is not there is 404, never 301
	g.HandleMethodNotAllowed = true
	g.Use(h.recover, guard.identify)
	read := func(path string, handlers ...gin.HandlerFunc) {
		g.GET(Prefix+path, handlers...)
		g.HEAD(Prefix+path, handlers...)
	}
	for path, answer := range map[string]answerer{
		"exchanges": h.exchanges, "exchanges/:id": h.exchange, "disagreements": h.disagreements,
		"defects": h.defects, "defects/:id": h.defect, "agreement": h.agreement,
	} {
		read(path, h.answer(answer))
	}
	for path, answer := range map[string]answerer{
		"rollout": h.status, "rollout/explain": h.explain, "rollout/history": h.history, "rollout/history/verify": h.verify,
	} {
		read(path, h.needsRollout, h.answer(answer))
	}
	read("rollout/report", h.needsRollout, h.report)
	read("openapi.json", h.document)
	for name, ask := range actions {
		g.POST(Prefix+"rollout/"+name, guard.operators, h.needsRollout, withTimeout, h.act(ask))
	}
	g.DELETE(Prefix+"rollout/override", guard.operators, h.needsRollout, withTimeout, h.act((*handler).clearOverride))
	g.POST(Prefix+"rollout/report", guard.operators, h.needsRollout, withTimeout, h.enterReport)
	g.NoRoute(func(c *gin.Context) {
		refuse(c, newProblem(http.StatusNotFound, "there is no %s", c.Request.URL.Path))
	})
	g.NoMethod(func(c *gin.Context) {
		refuse(c, newProblem(http.StatusMethodNotAllowed, "%s does not take %s", c.Request.URL.Path, c.Request.Method))
	})
	return g
}

type handler struct {
	store  Store
	config Config
}

// recover turns a panic into a 500; http.ErrAbortHandler passes.
func (h *handler) recover(c *gin.Context) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if cause == any(http.ErrAbortHandler) || c.Writer.Written() {
			panic(http.ErrAbortHandler)
		}
		h.config.Logger.Error("operations API panicked", "path", c.FullPath(), "panic", cause)
		refuse(c, newProblem(http.StatusInternalServerError, "internal error"))
	}()
	c.Next()
}

// answerer reads the parameters of a request, all of them before anything else,
// and gives the answer.
type answerer func(ctx context.Context, id string, p *parameters) (any, error)

func (h *handler) answer(from answerer) gin.HandlerFunc {
	return func(c *gin.Context) {
		p := &parameters{values: c.Request.URL.Query(), now: h.config.Now()}
		answer, err := from(c.Request.Context(), c.Param("id"), p)
		if err != nil {
			h.fail(c, err)
			return
		}
		h.write(c, http.StatusOK, answer)
	}
}

func (h *handler) write(c *gin.Context, status int, answer any) {
	body, err := json.Marshal(answer)
	if err != nil {
		h.fail(c, err)
		return
	}
	c.Data(status, "application/json; charset=utf-8", body)
}

// fail answers an error; what is no fault of the caller's is logged, not shown.
func (h *handler) fail(c *gin.Context, err error) {
	p := problemOf(err)
	if p.Status >= http.StatusInternalServerError && c.Request.Context().Err() == nil {
		h.config.Logger.Error("operations API failed", "path", c.FullPath(), "error", err)
	}
	refuse(c, p)
}

func (h *handler) exchanges(ctx context.Context, _ string, p *parameters) (any, error) {
	filter := p.exchanges()
	if err := p.end(); err != nil {
		return nil, err
	}
	list, err := h.store.Exchanges(ctx, filter)
	out := make([]Exchange, len(list))
	for i, e := range list {
		out[i] = NewExchange(e)
	}
	return map[string]any{"exchanges": out}, err
}

func (h *handler) exchange(ctx context.Context, id string, p *parameters) (any, error) {
	bodies := p.flag("bodies")
	if err := p.end(); err != nil {
		return nil, err
	}
	e, err := h.store.Exchange(ctx, id)
	out := NewExchange(e)
	if bodies {
		out.Bodies = NewBodies(e)
	}
	return out, err
}

func (h *handler) disagreements(ctx context.Context, _ string, p *parameters) (any, error) {
	filter := p.disagreements()
	filter.Verdict = p.verdict()
	if err := p.end(); err != nil {
		return nil, err
	}
	list, err := h.list(ctx, filter)
	return map[string]any{"disagreements": list}, err
}

func (h *handler) defects(ctx context.Context, _ string, p *parameters) (any, error) {
	filter := p.disagreements()
	filter.Verdict = string(compare.VerdictPrimaryWrong)
	if err := p.end(); err != nil {
		return nil, err
	}
	list, err := h.list(ctx, filter)
	return map[string]any{"defects": list}, err
}

func (h *handler) list(ctx context.Context, f store.DisagreementFilter) ([]Disagreement, error) {
	list, err := h.store.Disagreements(ctx, f)
	out := make([]Disagreement, len(list))
	for i, d := range list {
		out[i] = NewDisagreement(d)
	}
	return out, err
}

func (h *handler) defect(ctx context.Context, id string, p *parameters) (any, error) {
	if err := p.end(); err != nil {
		return nil, err
	}
	d, err := h.store.Disagreement(ctx, id)
	if err == nil && d.Verdict != string(compare.VerdictPrimaryWrong) {
		err = store.ErrNotFound
	}
	return NewDisagreement(d), err
}

func (h *handler) agreement(ctx context.Context, _ string, p *parameters) (any, error) {
	query := p.agreement()
	if err := p.end(); err != nil {
		return nil, err
	}
	return MeasureAgreement(ctx, h.store, query)
}
