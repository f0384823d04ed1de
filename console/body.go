package console

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
)

const (
	maxBody   = 16 << 10 // bytes of what an action is told
	maxReason = 500      // characters
)

// FieldError says which field of a body is wrong and what is allowed.
type FieldError struct {
	Field   string
	Problem string
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Problem }

// bodyError is a body that can't be read at all.
type bodyError struct {
	status int
	text   string
}

func (e *bodyError) Error() string { return e.text }

// readAction reads the body of an action, which has no parameters.
func readAction(c *gin.Context, into any) error {
	if err := noQuery(c); err != nil {
		return err
	}
	return readBody(c, into)
}

// readBody reads a JSON object and nothing behind it. A field that nobody asked
// for is an error: what is mistyped must not act with a default.
func readBody(c *gin.Context, into any) error {
	media, _, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil || media != "application/json" {
		return &bodyError{http.StatusUnsupportedMediaType, "want a body with Content-Type: application/json"}
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxBody))
	if err != nil {
		return unreadable(err)
	}
	if err := checkShape(body); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return unreadable(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return &bodyError{http.StatusBadRequest, "the body goes on behind its JSON object"}
	}
	return nil
}

// unknownField is what encoding/json says of a field that it has no type for.
var unknownField = regexp.MustCompile(`^json: unknown field "(.*)"$`)

func unreadable(err error) error {
	var large *http.MaxBytesError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &large):
		return &bodyError{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d bytes", maxBody)}
	case errors.As(err, &kind) && kind.Field != "":
		return &FieldError{kind.Field, fmt.Sprintf("is a %s: want a %s", kind.Value, jsonKind(kind.Type.Kind()))}
	}
	if found := unknownField.FindStringSubmatch(err.Error()); found != nil {
		return &FieldError{found[1], "is not a field here"}
	}
	return &bodyError{http.StatusBadRequest, "the body is no JSON object"}
}

// jsonKind is what JSON calls the values that a Go type takes; bodies hold strings
// and numbers only.
func jsonKind(kind reflect.Kind) string {
	switch kind {
	case reflect.String:
		return "string"
	case reflect.Int:
		return "whole number"
	}
	return "number"
}

// checkReason takes a sentence for people: one line that a terminal can show.
func checkReason(reason string) (string, error) {
	reason = strings.TrimSpace(reason)
	switch n := utf8.RuneCountInString(reason); {
	case n == 0:
		return "", &FieldError{"reason", fmt.Sprintf("is missing: want 1 to %d characters, for those who read the history", maxReason)}
	case n > maxReason:
		return "", &FieldError{"reason", fmt.Sprintf("has %d characters: want 1 to %d", n, maxReason)}
	case strings.ContainsFunc(reason, func(r rune) bool { return !unicode.IsPrint(r) }):
		return "", &FieldError{"reason", "holds characters that can't be printed: want one line of text"}
	}
	return reason, nil
}

func checkPercent(percent *float64) (float64, error) {
	if percent == nil || !(*percent >= 0 && *percent <= 100) {
		return 0, &FieldError{"percent", "want a number from 0 to 100"}
	}
	return *percent, nil
}

// checkSpan takes a duration above 0.
func checkSpan(text string, most time.Duration) (time.Duration, error) {
	span, err := ParseSpan(text)
	if err != nil || span <= 0 || span > most {
		return 0, &FieldError{"for", fmt.Sprintf("%q: want a duration such as 30m or 2h, above 0 and at most %s", clip(text), most)}
	}
	return span, nil
}

func checkCount(field string, n *int) (int, error) {
	if n == nil || *n < 0 || *n > math.MaxInt32 {
		return 0, &FieldError{field, "want a whole number of questions, 0 or more"}
	}
	return *n, nil
}

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// checkDigest takes the SHA-256 of a report, or nothing.
func checkDigest(digest string) error {
	if digest != "" && !digestForm.MatchString(digest) {
		return &FieldError{"report", "want the SHA-256 of a report, 64 hexadecimal digits in lower case"}
	}
	return nil
}

// clip keeps what is said back to the caller short.
func clip(text string) string {
	if len(text) > 40 {
		return text[:40] + "..."
	}
	return text
}
