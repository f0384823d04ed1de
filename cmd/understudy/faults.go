package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// mostFaultBytes is how large a faults file may be.
const mostFaultBytes = 64 << 10

// faults stands before a candidate, for rehearsals, and makes it fail as a file
// says. The file is read at each call, so an edit acts on the next one; one that
// can't be read injects nothing. Self-tests meet the faults too.
type faults struct {
	path string
	next http.RoundTripper
	log  *slog.Logger

	mu   sync.Mutex // guards all below
	text string     // as it was last read
	list []fault
	dice *rand.Rand
	lost error // why the file can't be read now
}

var _ http.RoundTripper = (*faults)(nil)

// newFaults fails where the file can't be read now. A nil next is a plain
// transport.
func newFaults(path string, next http.RoundTripper, log *slog.Logger) (*faults, error) {
	if next == nil {
		next = &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64, IdleConnTimeout: 4 * time.Second}
	}
	f := &faults{path: path, next: next, log: log, dice: diceOf(1)}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reload()
	if f.lost != nil {
		return nil, f.lost
	}
	log.Warn("faults are injected into the candidate: this is a rehearsal", "file", path, "faults", len(f.list))
	return f, nil
}

func diceOf(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, seed)) }

// reload takes over what the file says now. f.mu is held.
func (f *faults) reload() {
	text, err := readSmall(f.path)
	if err == nil && text == f.text && f.lost == nil {
		return
	}
	var list []fault
	var seed uint64
	if err == nil {
		list, seed, err = readFaults(text)
	}
	if err != nil {
		err = fmt.Errorf("read faults of %s: %w", f.path, err)
		if f.lost == nil || f.lost.Error() != err.Error() {
			f.log.Warn("the faults can't be read: none are injected", "err", err)
		}
		f.text, f.list, f.lost = "", nil, err
		return
	}
	f.text, f.list, f.lost, f.dice = text, list, nil, diceOf(seed)
	f.log.Info("faults were read", "file", f.path, "faults", len(list))
}

func readSmall(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, mostFaultBytes+1))
	if err == nil && len(text) > mostFaultBytes {
		err = fmt.Errorf("it is larger than %d bytes", mostFaultBytes)
	}
	return string(text), err
}

// RoundTrip implements http.RoundTripper.
func (f *faults) RoundTrip(r *http.Request) (*http.Response, error) {
	_, analysis, _ := strings.Cut(r.URL.Path, "/analyze/")
	f.mu.Lock()
	f.reload()
	meets := struck(f.list, analysis, f.dice)
	f.mu.Unlock()
	if response, err := instead(r, meets); response != nil || err != nil {
		closeRequest(r)
		return response, err
	}
	response, err := f.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	for _, one := range meets {
		if change := faultChanges[one.kind]; change != nil {
			if err := altered(response, change); err != nil {
				return nil, err
			}
		}
	}
	return response, nil
}

// instead is what a call gets that does not reach the candidate; nothing, if it
// does. Slow calls wait first.
func instead(r *http.Request, meets []fault) (*http.Response, error) {
	for _, one := range meets {
		if one.kind == faultSlow {
			if err := hang(r.Context(), one.after); err != nil {
				return nil, err
			}
		}
	}
	for _, one := range meets {
		switch one.kind {
		case faultGone:
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
		case faultError:
			return injected(r, http.StatusInternalServerError), nil
		case faultTimeout:
			if err := hang(r.Context(), one.after); err != nil {
				return nil, err
			}
			return injected(r, http.StatusGatewayTimeout), nil
		}
	}
	return nil, nil
}

// faultChanges are what becomes of an answer.
var faultChanges = map[string]func(map[string]any){faultWrong: falsify, faultUnservable: contradict}

// CloseIdleConnections is passed on.
func (f *faults) CloseIdleConnections() {
	if idle, ok := f.next.(interface{ CloseIdleConnections() }); ok {
		idle.CloseIdleConnections()
	}
}

// hang waits; 0 is for ever. The error is that of a context that ended first.
func hang(ctx context.Context, after time.Duration) error {
	if after > 0 {
		return pause(ctx, after)
	}
	<-ctx.Done()
	return ctx.Err()
}

// closeRequest closes the body of a request that goes nowhere, as a transport
// must.
func closeRequest(r *http.Request) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
}

// injected is an error that the candidate did not give.
func injected(r *http.Request, status int) *http.Response {
	body := fmt.Sprintf(`{"type":"about:blank","title":%q,"status":%d,"detail":"injected: this is a rehearsal"}`, http.StatusText(status), status)
	response := &http.Response{
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, StatusCode: status, Status: strconv.Itoa(status) + " " + http.StatusText(status),
		Header: http.Header{"Content-Type": {"application/problem+json"}}, Request: r,
	}
	setBody(response, []byte(body))
	return response
}

func setBody(response *http.Response, body []byte) {
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	response.Header.Set("Content-Length", strconv.Itoa(len(body)))
}
