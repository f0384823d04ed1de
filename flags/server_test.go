package flags

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	gosync "sync"
	"testing"
	"time"

	"github.com/open-feature/flagd/core/pkg/evaluator"
	"github.com/open-feature/flagd/core/pkg/logger"
	"github.com/open-feature/flagd/core/pkg/model"
	"github.com/open-feature/flagd/core/pkg/store"
	"github.com/open-feature/flagd/core/pkg/sync"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/zap"
)

// follow opens Flags over a server.
func follow(t *testing.T, s *flagServer, more ...func(*Config)) fixture {
	t.Helper()
	c := Config{Server: s.url()}
	for _, change := range more {
		change(&c)
	}
	return startAt(t, c)
}

// followed is follow for a server that is well, and waits until it was heard: on a busy machine New
// may have started without it.
func followed(t *testing.T, s *flagServer, more ...func(*Config)) fixture {
	t.Helper()
	f := follow(t, s, more...)
	eventually(t, "the server is heard", func() bool { return f.State().Healthy() })
	return f
}

// hasty makes the silence of a server found out in the time of a test.
func hasty(c *Config) { c.Patience, c.Staleness = 250*time.Millisecond, 2*time.Second }

func (f fixture) ceiling() float64 { return f.Current().ServeCeilingPercent }

func TestServer_ItsFlagsHoldWhenNewReturnsAndAPushTakesEffect(t *testing.T) {
	s := serveFlags(t, file("hold", true, "50", "5"))
	f := follow(t, s)
	want := Values{Mode: ModeHold, Enabled: true, MirrorPercent: 50, ServeCeilingPercent: 5}
	if got := f.Current(); got != want {
		t.Errorf("current is %+v", got)
	}
	if state := f.State(); state.Status != StatusFresh || !state.Healthy() || state.Contact.IsZero() {
		t.Errorf("state is %+v", state)
	}
	changes, cancel := f.Subscribe()
	defer cancel()
	s.push(file("hold", true, "50", "7"))
	if c := receive(t, changes); c.Flag != KeyServeCeilingPercent || c.To != "7" || c.Source != SourceServer {
		t.Errorf("change is %+v", c)
	}
	if got := f.Evaluate(t.Context(), Context{ScanKey: "s"}).ServeCeilingPercent; got != 7 {
		t.Errorf("ceiling is %v", got)
	}
}

func TestServer_ABadPayloadNeverReplacesGoodValuesAndAGoodOneDoesAgain(t *testing.T) {
	for name, bad := range map[string]string{
		"not JSON":                     `{"flags":`,
		"a percentage beyond 100":      ceilingOnly("101"),
		"an unknown flag":              `{"flags":{"understudy.kill":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on"}}}`,
		"a rule that always fails":     `{"flags":{"understudy.enabled":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on","targeting":{"cat":["o","x"]}}}}`,
		"a server that lost its flags": `{"flags":{}}`,
		"somebody else's flags":        `{"flags":{"x":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on"}}}`,
		"too large":                    ceilingOnly("6") + strings.Repeat(" ", maxFileBytes),
		"far too large":                ceilingOnly("6") + strings.Repeat(" ", 8*maxFileBytes),
	} {
		t.Run(name, func(t *testing.T) {
			s := serveFlags(t, ceilingOnly("5"))
			f := followed(t, s)
			s.push(bad)
			eventually(t, "the state turns stale", func() bool { return f.State().Status == StatusStale })
			if state := f.State(); state.Healthy() || !strings.Contains(state.Err.Error(), s.url()) {
				t.Errorf("state is %+v", state)
			}
			if got := f.Evaluate(t.Context(), Context{}).ServeCeilingPercent; got != 5 || f.ceiling() != 5 {
				t.Errorf("ceiling became %v", got)
			}
			s.push(ceilingOnly("6"))
			eventually(t, "good flags count again", func() bool { return f.State().Healthy() && f.ceiling() == 6 })
		})
	}
}

func TestServer_ValuesStayWhileItIsGoneAndItComesBackByItself(t *testing.T) {
	s := serveFlags(t, ceilingOnly("5"))
	f := followed(t, s, func(c *Config) { c.Environ = []string{"UNDERSTUDY_FLAG_MODE=hold"} })
	s.stop()
	eventually(t, "the state turns stale", func() bool { return f.State().Status == StatusStale })
	want := Values{Mode: ModeHold, Enabled: true, MirrorPercent: 100, ServeCeilingPercent: 5}
	if got := f.Current(); got != want || f.State().Healthy() {
		t.Errorf("current is %+v, state %+v", got, f.State())
	}
	s.payload = ceilingOnly("5")
	s.start()
	eventually(t, "the same flags are fresh again", func() bool { return f.State().Healthy() })
	s.push(ceilingOnly("9"))
	eventually(t, "a push takes effect", func() bool { return f.ceiling() == 9 })
}

func TestServer_AColdStartWithoutItServesNothingAndMirrorsAsConfigured(t *testing.T) {
	s := serveFlags(t, file("auto", true, "30", "60"))
	s.stop()
	f := follow(t, s, func(c *Config) {
		c.Environ = []string{
			"UNDERSTUDY_FLAG_SERVE_CEILING_PERCENT=50", "UNDERSTUDY_FLAG_MIRROR_PERCENT=40",
			"UNDERSTUDY_FLAG_RESCUE_ENABLED=true", "UNDERSTUDY_FLAG_HISTORY_CRITICAL_ENABLED=true",
		}
	})
	want := Values{Mode: ModeAuto, Enabled: true, MirrorPercent: 40}
	if got := f.Current(); got != want {
		t.Errorf("current is %+v", got)
	}
	if got := f.Evaluate(t.Context(), Context{ScanKey: "s"}); got != want {
		t.Errorf("evaluated %+v", got)
	}
	if state := f.State(); state.Status != StatusDefaults || state.Err == nil || state.Healthy() || !state.Contact.IsZero() {
		t.Errorf("state is %+v", state)
	}
	s.start()
	eventually(t, "its flags hold", func() bool { return f.ceiling() == 50 && f.State().Healthy() })
	if got := f.Current(); !got.RescueEnabled || !got.HistoryCriticalEnabled {
		t.Errorf("current is %+v", got)
	}
}

func TestServer_OneThatNeverAnswersHoldsNothingUp(t *testing.T) {
	s := serveFlags(t, "")
	f := follow(t, s, hasty)
	if f.ceiling() != 0 || f.State().Healthy() {
		t.Errorf("ceiling is %v, state %+v", f.ceiling(), f.State())
	}
	eventually(t, "it is told", func() bool { return errors.Is(f.State().Err, errSilent) })
	s.push(ceilingOnly("5"))
	eventually(t, "its flags hold", func() bool { return f.ceiling() == 5 })
	if got := testutil.ToFloat64(f.metrics.reloads.WithLabelValues(outcomeApplied)); got != 1 {
		t.Errorf("%v were applied", got)
	}
}

func TestServer_OneThatAcceptsConnectionsAndIsNoFlagServerHoldsNothingUp(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	f := startAt(t, Config{Server: "grpc://" + listener.Addr().String(), Patience: 50 * time.Millisecond, Staleness: time.Second})
	if f.ceiling() != 0 || f.State().Healthy() {
		t.Errorf("ceiling is %v, state %+v", f.ceiling(), f.State())
	}
}

func TestServer_OneThatHangsBehindALiveConnectionIsFoundOut(t *testing.T) {
	s := serveFlags(t, ceilingOnly("5"))
	f := followed(t, s, hasty)
	s.change(func() { s.silent = true })
	eventually(t, "the state turns stale", func() bool { return f.State().Status == StatusStale && errors.Is(f.State().Err, errSilent) })
	s.change(func() { s.silent, s.payload = false, ceilingOnly("6") })
	eventually(t, "its flags hold", func() bool { return f.State().Healthy() && f.ceiling() == 6 })
}

func TestServer_APushThatGotLostIsMadeUpForByTheNextStream(t *testing.T) {
	s := serveFlags(t, ceilingOnly("5"))
	f := followed(t, s, hasty)
	s.mu.Lock()
	s.payload = ceilingOnly("6") // and no stream is woken
	s.mu.Unlock()
	eventually(t, "it takes effect", func() bool { return f.ceiling() == 6 && f.State().Healthy() })
}

func TestServer_OneThatFlapsIsAskedLessAndLessOftenAndCostsNoValue(t *testing.T) {
	s := serveFlags(t, ceilingOnly("5"))
	s.flapping = true
	f := follow(t, s)
	eventually(t, "it is told", func() bool { return f.State().Status == StatusStale && f.ceiling() == 5 })
	began, streams := time.Now(), s.count()
	eventually(t, "more streams break", func() bool { return s.count() >= streams+2 })
	if took := time.Since(began); took < backoffLeast/2 {
		t.Errorf("two more streams in %s", took)
	}
	if f.ceiling() != 5 {
		t.Errorf("ceiling is %v", f.ceiling())
	}
	s.change(func() { s.flapping, s.payload = false, ceilingOnly("6") })
	eventually(t, "it is well again", func() bool { return f.State().Healthy() && f.ceiling() == 6 })
}

func TestBackoff_GrowsToItsMostAndStaysThere(t *testing.T) {
	for attempt, milliseconds := range []int{100, 200, 400, 800, 1600, 3200, 6400, 12800, 15000, 15000} {
		most := time.Duration(milliseconds) * time.Millisecond
		if got := backoff(attempt); got < most/2 || got > most {
			t.Errorf("pause %d is %s, want %s to %s", attempt, got, most/2, most)
		}
	}
	if got := backoff(1 << 40); got > backoffMost {
		t.Errorf("pause is %s", got)
	}
}

func TestServerAndFile_TheFileHoldsUntilTheServerHasGivenGoodFlagsAndNeverAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "flags.json")
	write(t, path, ceilingOnly("3"))
	s := serveFlags(t, ceilingOnly("5"))
	s.stop()
	f := follow(t, s, func(c *Config) { c.File = path })
	if state := f.State(); f.ceiling() != 3 || state.Status != StatusStale || state.Healthy() {
		t.Errorf("ceiling is %v, state %+v", f.ceiling(), state)
	}
	write(t, path, ceilingOnly("4"))
	eventually(t, "an edit takes effect", func() bool { return f.ceiling() == 4 })

	s.start()
	eventually(t, "the server takes over", func() bool { return f.ceiling() == 5 && f.State().Healthy() })
	s.stop()
	write(t, path, ceilingOnly("90"))
	eventually(t, "the server's end is noticed", func() bool { return f.State().Status == StatusStale })
	if f.ceiling() != 5 {
		t.Errorf("ceiling is %v", f.ceiling())
	}
	if err := f.State().Err; strings.Contains(err.Error(), path) {
		t.Errorf("the file is still spoken of: %v", err)
	}
}

func TestServerAndFile_AServerThatIsThereHoldsFromTheStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "flags.json")
	write(t, path, ceilingOnly("90"))
	f := follow(t, serveFlags(t, ceilingOnly("5")), func(c *Config) { c.File = path })
	if f.ceiling() != 5 || !f.State().Healthy() {
		t.Errorf("ceiling is %v, state %+v", f.ceiling(), f.State())
	}
	if got := testutil.ToFloat64(f.metrics.reloads.WithLabelValues(outcomeApplied)); got != 1 {
		t.Errorf("%v were applied", got)
	}
}

func TestServer_OverTLS(t *testing.T) {
	certified := httptest.NewTLSServer(nil)
	defer certified.Close()
	s := serveFlags(t, ceilingOnly("5"))
	s.stop()
	s.tls = &tls.Config{Certificates: certified.TLS.Certificates}
	s.start()
	known := x509.NewCertPool()
	known.AddCert(certified.Certificate())
	f := followed(t, s, func(c *Config) {
		c.Server, c.ServerTLS = strings.Replace(s.url(), "grpc:", "grpcs:", 1), &tls.Config{RootCAs: known}
	})
	if f.ceiling() != 5 || !f.State().Healthy() {
		t.Errorf("ceiling is %v, state %+v", f.ceiling(), f.State())
	}
	stranger := follow(t, s, func(c *Config) { c.Server = strings.Replace(s.url(), "grpc:", "grpcs:", 1) })
	if err := stranger.State().Err; stranger.ceiling() != 0 || err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a server that nobody vouches for: ceiling %v, error %v", stranger.ceiling(), err)
	}
}

func TestServer_IsToldTheSelector(t *testing.T) {
	s := serveFlags(t, ceilingOnly("5"))
	followed(t, s, func(c *Config) { c.Server += "?selector=flagSetId%3Dnorth" })
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Equal(s.selectors, []string{"flagSetId=north"}) {
		t.Errorf("selectors are %q", s.selectors)
	}
}

func TestServer_ItsSilenceBeyondTheStalenessIsNotHealthy(t *testing.T) {
	var mu gosync.Mutex
	ahead := time.Duration(0)
	s := serveFlags(t, ceilingOnly("5"))
	f := followed(t, s, func(c *Config) {
		c.Patience, c.Staleness = time.Second, time.Hour
		c.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return time.Now().Add(ahead) }
	})
	mu.Lock()
	ahead = 61 * time.Minute
	mu.Unlock()
	state := f.State()
	if state.Healthy() || state.Status != StatusStale || !strings.Contains(state.Err.Error(), "allowed is 1h") {
		t.Errorf("state is %+v", state)
	}
	s.push(ceilingOnly("5") + " ")
	eventually(t, "a word from it will do", func() bool { return f.State().Healthy() })
}

func TestClose_EndsAStreamThatSaysNothing(t *testing.T) {
	f := follow(t, serveFlags(t, ""), func(c *Config) { c.Patience, c.Staleness = time.Minute, time.Hour })
	f.Close() // goleak looks for what is left
}

// TestServer_WhatFlagdMakesOfTheSampleFileMeansTheSame: a flagd server does not send a file as it
// is. It resolves references, adds where a flag came from, and writes an absent default as "".
func TestServer_WhatFlagdMakesOfTheSampleFileMeansTheSame(t *testing.T) {
	sample, err := os.ReadFile("../examples/flags/understudy.flagd.json")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(sample), `"flags": {`, `"flags": {
		"else.where": {"state": "ENABLED", "variants": {"on": true}, "metadata": {"team": "blue"}},`, 1)
	f := followed(t, serveFlags(t, asFlagdSendsIt(t, text)))
	contexts := []Context{{}, {ScanKey: "s", Analysis: "splitting-sets", NodeCount: 20}, {ScanKey: "s", Analysis: "quorums", NodeCount: 2000}}
	rehearsed, err := Rehearse(sample, contexts)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range contexts {
		if got := f.Evaluate(t.Context(), c); got != rehearsed[i] {
			t.Errorf("%s: %+v of the server, %+v of the file", c, got, rehearsed[i])
		}
	}
}

// asFlagdSendsIt does what flagd's flag-sync service does: flags into the store, all flags of the
// store as one JSON object.
func asFlagdSendsIt(t *testing.T, text string) string {
	t.Helper()
	silent := logger.NewLogger(zap.NewNop(), false)
	flags, err := store.NewStore(silent, []string{"file"})
	if err != nil {
		t.Fatal(err)
	}
	if err := evaluator.NewJSON(silent, flags).SetState(sync.DataSync{FlagData: text, Source: "file"}); err != nil {
		t.Fatal(err)
	}
	all, _, err := flags.GetAll(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	byKey := map[string]model.Flag{}
	for _, flag := range all {
		byKey[flag.Key] = flag
	}
	payload, err := json.Marshal(map[string]any{"flags": byKey})
	if err != nil {
		t.Fatal(err)
	}
	return string(payload)
}

func TestConfig_AnAddressThatIsNoneIsRefusedWithoutRepeatingIt(t *testing.T) {
	for _, address := range []string{
		"flags.json", "grpc://", "grpc://host", "http://host:1", "grpc://:8015", "grpc://host:8015/path", "grpc://user:secret@host:8015",
		"grpc://host:8015?secret=1", "grpc://host:8015#secret", "grpc://host:secret",
	} {
		_, err := New(t.Context(), Config{Environ: []string{}, Server: address})
		if err == nil || !strings.Contains(err.Error(), "Server") || !strings.Contains(err.Error(), "allowed") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", address, err)
		}
	}
	err := Config{Environ: []string{}, Server: "grpcs://[::1]:8015?selector=a", Patience: time.Second, Staleness: time.Second}.Validate()
	if err == nil || !strings.Contains(err.Error(), "Staleness is 1s, allowed is twice Patience (1s) or more") {
		t.Errorf("error is %v", err)
	}
}
