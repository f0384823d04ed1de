package proxy

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strings"
)

// errEncoding says that a body is encoded in a way that is not undone here, or
// is not encoded as its header says.
var errEncoding = errors.New("content encoding can't be undone")

// decode undoes a Content-Encoding within bounds: never more than limit bytes,
// never more than ratio times the body, so that a small hostile body can't fill
// the memory.
func decode(body []byte, encoding string, limit, ratio int64, h *hold) ([]byte, error) {
	var reader io.Reader
	var err error
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip":
		reader, err = gzip.NewReader(bytes.NewReader(body))
	case "deflate":
		// The standard means zlib; some senders mean bare deflate.
		if reader, err = zlib.NewReader(bytes.NewReader(body)); err != nil {
			reader, err = flate.NewReader(bytes.NewReader(body)), nil
		}
	default:
		return nil, fmt.Errorf("%w: %q", errEncoding, encoding)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errEncoding, err)
	}
	decoded, err := readBounded(reader, min(limit, ratio*int64(len(body))), 0, h)
	switch {
	case errors.Is(err, errTooLarge), errors.Is(err, errMemory):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errEncoding, err)
	}
	return decoded, nil
}
