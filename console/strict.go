package console

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// mostDepth is how deep a body may be nested: actions take flat objects.
const mostDepth = 4

// checkShape looks at a body before it is decoded. encoding/json takes the last
// of two keys that are the same, and takes REASON and even reaſon for reason, so
// that what stands between could read another sentence than what acts.
func checkShape(body []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	var open []map[string]bool // of each array and object around; nil: an array
	wantsKey := false
	for {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return &bodyError{http.StatusBadRequest, "the body is no JSON object"}
		}
		if key, isText := token.(string); wantsKey && isText {
			if err := takeKey(open[len(open)-1], key); err != nil {
				return err
			}
			wantsKey = false
			continue
		}
		switch token {
		case json.Delim('{'):
			open = append(open, map[string]bool{})
		case json.Delim('['):
			open = append(open, nil)
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
		}
		if len(open) > mostDepth {
			return &bodyError{http.StatusBadRequest, fmt.Sprintf("the body is nested deeper than %d", mostDepth)}
		}
		wantsKey = len(open) > 0 && open[len(open)-1] != nil
	}
}

func takeKey(seen map[string]bool, key string) error {
	switch {
	case strings.ContainsFunc(key, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }):
		return &FieldError{clip(key), "is not a field here"}
	case seen[key]:
		return &FieldError{clip(key), "is there twice"}
	}
	seen[key] = true
	return nil
}
