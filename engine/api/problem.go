package api

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"understudy/engine/fbas"
)

// Problem is the answer to a request that can't be answered: problem details
// of RFC 9457, type about:blank.
type Problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	// Field is the field of the request that is wrong, with status 422.
	Field string `json:"field,omitempty"`
}

// problemOf says with which problem an error is answered.
func problemOf(err error) Problem {
	var field *fbas.FieldError
	status, detail := http.StatusInternalServerError, "internal error of the engine"
	switch {
	case errors.As(err, &field):
		status, detail = http.StatusUnprocessableEntity, field.Error()
	case errors.Is(err, fbas.ErrNotJSON):
		status, detail = http.StatusBadRequest, err.Error()
	case errors.Is(err, fbas.ErrTooLarge), errors.Is(err, ErrTooLarge):
		status, detail = http.StatusRequestEntityTooLarge, err.Error()
	case errors.Is(err, ErrNothing):
		status, detail = http.StatusGatewayTimeout, err.Error()
	}
	p := newProblem(status, detail)
	if field != nil {
		p.Field = field.Field
	}
	return p
}

func newProblem(status int, detail string) Problem {
	return Problem{Title: http.StatusText(status), Status: status, Detail: detail}
}

// refuse answers with a problem and ends the handling.
func refuse(c *gin.Context, p Problem) {
	body, err := Encode(p)
	if err != nil {
		panic(err) // strings and a number
	}
	c.Data(p.Status, "application/problem+json", body)
	c.Abort()
}
