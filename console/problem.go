package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"understudy/rollout"
	"understudy/rollout/control"
	"understudy/store"
)

// Problem is the answer to a request that can't be answered: problem details of
// RFC 9457, type about:blank.
type Problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	// Parameter is the one that is wrong, with status 400; Field the one of the
	// body, with status 422.
	Parameter string `json:"parameter,omitempty"`
	Field     string `json:"field,omitempty"`
}

// ParameterError says which parameter is wrong and what is allowed.
type ParameterError struct {
	Parameter string
	Problem   string
}

func (e *ParameterError) Error() string { return e.Parameter + ": " + e.Problem }

func newProblem(status int, format string, args ...any) Problem {
	return Problem{Title: http.StatusText(status), Status: status, Detail: fmt.Sprintf(format, args...)}
}

// problemOf says with which problem an error is answered. What went wrong inside
// is for the log.
func problemOf(err error) Problem {
	var (
		parameter *ParameterError
		field     *FieldError
		body      *bodyError
		refusal   *rollout.Refusal
		undone    undoneError
	)
	switch {
	case errors.As(err, &parameter):
		p := newProblem(http.StatusBadRequest, "%s", parameter)
		p.Parameter = parameter.Parameter
		return p
	case errors.As(err, &field):
		p := newProblem(http.StatusUnprocessableEntity, "%s", field)
		p.Field = field.Field
		return p
	case errors.As(err, &body):
		return newProblem(body.status, "%s", body)
	case errors.As(err, &refusal):
		return newProblem(http.StatusConflict, "%s", refusal)
	case errors.Is(err, control.ErrNotDone):
		return newProblem(http.StatusServiceUnavailable, "%s", control.ErrNotDone)
	case errors.Is(err, control.ErrClosed):
		return newProblem(http.StatusServiceUnavailable, "%s", control.ErrClosed)
	case errors.As(err, &undone):
		return newProblem(http.StatusServiceUnavailable, "it could not be confirmed that this was stored: ask for the status before trying again")
	case errors.Is(err, store.ErrNotFound):
		return newProblem(http.StatusNotFound, "nothing has this id")
	}
	return newProblem(http.StatusInternalServerError, "the store can't be read")
}

// refuse answers with a problem and ends the handling.
func refuse(c *gin.Context, p Problem) {
	writeProblem(c.Writer, p)
	c.Abort()
}

func writeProblem(w http.ResponseWriter, p Problem) {
	body, err := json.Marshal(p)
	if err != nil {
		panic(err) // strings and a number
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	w.Write(body)
}
