package api

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/gin-gonic/gin"

	"understudy/engine"
	"understudy/engine/fbas"
)

// Analyses are those that have a path under /analyze/.
var Analyses = []engine.Analysis{
	engine.TopTier, engine.SymmetricTopTier, engine.Quorums,
	engine.BlockingSets, engine.SplittingSets, engine.HistoryCritical,
	engine.Full, engine.Network, engine.DataQuality,
}

// Handler returns the scanner API. It does not call c.Validate.
func Handler(c Config) http.Handler {
	h := &handler{c.withDefaults()}
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	g.RedirectTrailingSlash = false // a path that is not there is 404, never 301
	g.HandleMethodNotAllowed = true
	g.Use(h.recover)
	for _, analysis := range Analyses {
		g.POST("/analyze/"+string(analysis), func(c *gin.Context) { h.analyze(c, analysis) })
	}
	g.GET("/health", h.health)
	g.NoRoute(func(c *gin.Context) {
		refuse(c, newProblem(http.StatusNotFound, fmt.Sprintf("there is no %s", c.Request.URL.Path)))
	})
	g.NoMethod(func(c *gin.Context) {
		refuse(c, newProblem(http.StatusMethodNotAllowed, fmt.Sprintf("%s does not take %s", c.Request.URL.Path, c.Request.Method)))
	})
	return g
}

type handler struct{ config Config }

func (h *handler) health(c *gin.Context) {
	h.write(c, struct {
		Status  string `json:"status"`
		Version string `json:"version"`
	}{"healthy", h.config.Version})
}

// analyze answers one question. Its context ends when the client goes away.
func (h *handler) analyze(c *gin.Context, analysis engine.Analysis) {
	if coding := c.GetHeader("Content-Encoding"); coding != "" && coding != "identity" {
		c.Header("Accept-Encoding", "identity")
		refuse(c, newProblem(http.StatusUnsupportedMediaType, fmt.Sprintf("content encoding %q is not supported, send identity", coding)))
		return
	}
	body, err := h.read(c.Request.Body)
	if err != nil {
		h.fail(c, err)
		return
	}
	question, err := DecodeQuestion(analysis, body, h.config)
	if err != nil {
		h.fail(c, err)
		return
	}
	answer, err := question.Answer(c.Request.Context(), h.config.Version)
	if err != nil {
		h.fail(c, err)
		return
	}
	h.write(c, answer)
}

// read takes one byte more than allowed, so that the reader of the network
// sees when there is too much.
func (h *handler) read(from io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(from, int64(h.config.Limits.Bytes)+1))
	if err != nil {
		return nil, fmt.Errorf("%w: read body: %w", fbas.ErrNotJSON, err)
	}
	return body, nil
}

func (h *handler) write(c *gin.Context, answer any) {
	body, err := Encode(answer)
	if err != nil {
		h.fail(c, err)
		return
	}
	c.Data(http.StatusOK, "application/json; charset=utf-8", body)
}

// fail answers an error; those of the engine's own are logged, not shown.
func (h *handler) fail(c *gin.Context, err error) {
	p := problemOf(err)
	if p.Status == http.StatusInternalServerError {
		h.config.Logger.Error("analysis failed", slog.String("path", c.FullPath()), slog.Any("error", err))
	}
	refuse(c, p)
}

// recover turns a panic into a 500. http.ErrAbortHandler passes: net/http
// cuts the connection then, so that a truncated answer does not look whole.
func (h *handler) recover(c *gin.Context) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if cause == any(http.ErrAbortHandler) {
			panic(cause)
		}
		h.config.Logger.Error("analysis panicked", slog.String("path", c.FullPath()),
			slog.Any("panic", cause), slog.String("stack", string(debug.Stack())))
		if c.Writer.Written() {
			panic(http.ErrAbortHandler)
		}
		refuse(c, newProblem(http.StatusInternalServerError, "internal error of the engine"))
	}()
	c.Next()
}
