package proxy

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"understudy/rollout"
)

func exhausted(context.Context, string, string) (net.Conn, error) {
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("socket", syscall.EMFILE)}
}

func TestPatient_WaitsForADescriptorAndNotForEver(t *testing.T) {
	for name, test := range map[string]struct {
		free time.Duration // when there is one again
		want time.Duration
		err  error
	}{
		"at once":    {0, 0, nil},
		"soon":       {95 * time.Millisecond, 100 * time.Millisecond, nil},
		"not at all": {time.Hour, descriptorPatience, syscall.EMFILE},
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			_, err := patient(func(ctx context.Context, network, address string) (net.Conn, error) {
				if time.Since(start) >= test.free {
					return nil, nil
				}
				return exhausted(ctx, network, address)
			})(t.Context(), "tcp", "primary")
			if !errors.Is(err, test.err) || time.Since(start) != test.want {
				t.Errorf("%s: after %s: %v", name, time.Since(start), err)
			}
		})
	}
}

func TestPatient_OtherErrorsAreToldAtOnce(t *testing.T) {
	asked := 0
	_, err := patient(func(context.Context, string, string) (net.Conn, error) {
		asked++
		return nil, syscall.ECONNREFUSED
	})(t.Context(), "tcp", "primary")
	if !errors.Is(err, syscall.ECONNREFUSED) || asked != 1 {
		t.Errorf("asked %d times: %v", asked, err)
	}
}

func TestProxy_WithoutADescriptorForThePrimaryTheClientGetsNoAnswerRatherThanAnother(t *testing.T) {
	off := func(context.Context, ScanContext) rollout.Dials { return rollout.Dials{} }
	config := DefaultConfig()
	config.Primary = &url.URL{Scheme: "http", Host: "primary.invalid"}
	p, err := New(config, Deps{Dials: off, Registerer: prometheus.NewRegistry(), Candidate: config.Primary, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close(t.Context())
	p.transport.DialContext = exhausted
	server := httptest.NewServer(p)
	defer server.Close()
	response, err := http.Get(server.URL + "/health")
	if err == nil {
		body, _ := io.ReadAll(response.Body)
		t.Fatalf("got %s %s", response.Status, body)
	}
	if !errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
}
