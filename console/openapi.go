package console

import (
	_ "embed" // the document
	"net/http"

	"github.com/gin-gonic/gin"
)

// Document is the description of the API, OpenAPI 3.1. The tests hold it to the
// handlers: every route, and every field of every answer.
//
//go:embed openapi.json
var Document []byte

func (h *handler) document(c *gin.Context) {
	if err := noQuery(c); err != nil {
		h.fail(c, err)
		return
	}
	c.Data(http.StatusOK, "application/json; charset=utf-8", Document)
}
