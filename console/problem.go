package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"understudy/store"
)

// Problem is the answer to a request that can't be answered: problem details of
// RFC 9457, type about:blank.
type Problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	// Parameter is the one that is wrong, with status 400.
	Parameter string `json:"parameter,omitempty"`
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
	var parameter *ParameterError
	switch {
	case errors.As(err, &parameter):
		p := newProblem(http.StatusBadRequest, "%s", parameter)
		p.Parameter = parameter.Parameter
		return p
	case errors.Is(err, store.ErrNotFound):
		return newProblem(http.StatusNotFound, "nothing has this id")
	}
	return newProblem(http.StatusInternalServerError, "the store can't be read")
}

// refuse answers with a problem and ends the handling.
func refuse(c *gin.Context, p Problem) {
	body, err := json.Marshal(p)
	if err != nil {
		panic(err) // strings and a number
	}
	c.Data(p.Status, "application/problem+json", body)
	c.Abort()
}
