package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"understudy/compare"
	"understudy/rollout"
)

const (
	versionsEvery  = time.Minute
	versionsWithin = 5 * time.Second
	// mostHealth bounds an answer to /health, mostVersion what it may call itself.
	mostHealth  = 64 << 10
	mostVersion = 200
)

// versions knows which releases evidence is about. Sides that are asked over the
// network say so in their answer to /health; a side that does not keeps its
// last version, or has none, which is no change.
type versions struct {
	client *http.Client
	log    *slog.Logger
	sides  []versioned

	mu    sync.Mutex // guards known
	known rollout.Versions
}

// versioned is a side that is asked, and where its version belongs.
type versioned struct {
	name   string
	health *url.URL
	field  func(*rollout.Versions) *string
}

// newVersions asks nobody yet. A nil candidate is the embedded engine, which is
// of the binary's own version.
func newVersions(primary, candidate *url.URL, policy rollout.Policy, log *slog.Logger) *versions {
	v := &versions{
		client: &http.Client{
			Timeout:       versionsWithin,
			Transport:     &http.Transport{Proxy: nil, DisableKeepAlives: true}, // one connection a minute is not worth keeping
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		log:   log,
		known: rollout.Versions{Comparer: compare.Version, Policy: policy.Digest()},
	}
	v.sides = append(v.sides, versioned{"primary", primary.JoinPath("health"), func(k *rollout.Versions) *string { return &k.Primary }})
	if candidate == nil {
		v.known.Candidate = release()
		return v
	}
	v.sides = append(v.sides, versioned{"candidate", candidate.JoinPath("health"), func(k *rollout.Versions) *string { return &k.Candidate }})
	return v
}

// release is the version of the binary. One that was built without a commit to
// name, or from a changed tree, is told from others by what it consists of.
var release = sync.OnceValue(func() string {
	is := version()
	if is != "unknown" && !strings.Contains(is, "devel") && !strings.Contains(is, "dirty") {
		return is
	}
	path, err := os.Executable()
	if err != nil {
		return is
	}
	file, err := os.Open(path)
	if err != nil {
		return is
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return is
	}
	return fmt.Sprintf("%s sha256:%x", is, sum.Sum(nil)[:6])
})

// at gives what is known, from memory.
func (v *versions) at(context.Context) rollout.Versions {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.known
}

// run asks at once and at each tick, until the context ends.
func (v *versions) run(ctx context.Context, ticks <-chan time.Time) {
	for {
		for _, side := range v.sides {
			v.ask(ctx, side)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
	}
}

func (v *versions) ask(ctx context.Context, side versioned) {
	is, err := v.read(ctx, side.health)
	if err != nil {
		v.log.Debug("version not known", "side", side.name, "error", err)
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if field := side.field(&v.known); *field != is {
		v.log.Info("version", "side", side.name, "is", is, "was", *field)
		*field = is
	}
}

func (v *versions) read(ctx context.Context, health *url.URL) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, health.String(), nil)
	if err != nil {
		return "", err
	}
	response, err := v.client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("status %s", response.Status)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, mostHealth))
	if err != nil {
		return "", err
	}
	var answer struct {
		Version string `json:"version"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", err
	}
	if answer.Version == "" || len(answer.Version) > mostVersion {
		return "", fmt.Errorf("a version of %d bytes: want 1 to %d", len(answer.Version), mostVersion)
	}
	return answer.Version, nil
}

// startVersions keeps the versions up to date until the sidecar stops.
func (s *sidecar) startVersions(v *versions) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	ticker := time.NewTicker(versionsEvery)
	go func() {
		defer close(done)
		defer ticker.Stop()
		v.run(ctx, ticker.C)
	}()
	s.started("versions", func(context.Context) error {
		cancel()
		<-done
		return nil
	})
}
