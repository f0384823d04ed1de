package flags

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	gosync "sync"
	"sync/atomic"
	"time"

	flagd "github.com/open-feature/go-sdk-contrib/providers/flagd/pkg"
	"github.com/open-feature/go-sdk/openfeature"
	"github.com/open-feature/go-sdk/openfeature/isolated"
	"github.com/open-feature/go-sdk/openfeature/memprovider"
	"github.com/open-feature/go-sdk/openfeature/multi"
)

// Where a value can come from, as Change.Source names it.
const (
	SourceEnvironment = "environment"
	SourceFile        = "file"
	SourceServer      = "server"
	SourceDefault     = "default"
)

// layerSource is the layer of file and server below the environment.
const layerSource = "source"

// initTimeout bounds the start of the flagd provider, whose own 500 ms are short for a loaded
// machine and less than coldStart.
const initTimeout = 10 * time.Second

// Flags evaluates the flags. It is safe for concurrent use.
type Flags struct {
	log        *slog.Logger
	now        func() time.Time
	metrics    *metrics
	unregister func()
	state      *stateKeeper
	source     *source // nil without file and server
	api        *openfeature.EvaluationAPI
	client     *openfeature.Client

	current   atomic.Pointer[Values]
	closed    atomic.Bool
	closeOnce gosync.Once
	memo      atomic.Pointer[memo]
	// complained holds, by flag, the generation whose evaluation error was logged.
	complained gosync.Map

	mu          gosync.Mutex // guards sources and subscribers, and orders refreshes
	sources     map[string]string
	subscribers map[*subscriber]struct{}
}

// New reads the environment and the sources, and follows those until Close. A file that cannot be
// used, or a server that does not answer, is no error, it is logged and in State; a variable that
// cannot be read is one. With a server New waits for it, at most two seconds. ctx bounds the start
// only.
func New(ctx context.Context, c Config) (*Flags, error) {
	c = c.withDefaults()
	if err := c.Validate(); err != nil {
		return nil, err
	}
	overrides, err := c.overrides()
	if err != nil {
		return nil, err
	}
	m, state := newMetrics(), newStateKeeper(c)
	m.showState(state.get)
	if err := m.register(c.Registerer); err != nil {
		return nil, err
	}
	f := &Flags{
		log: c.Logger, now: c.Now, metrics: m, unregister: func() { m.unregister(c.Registerer) },
		state: state, api: isolated.NewAPI(),
		sources: map[string]string{}, subscribers: map[*subscriber]struct{}{},
	}
	safest := Safest()
	f.current.Store(&safest) // what an evaluation falls back to before the first good one
	if err := f.start(ctx, c, overrides); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func (f *Flags) start(ctx context.Context, c Config, overrides map[string]any) error {
	layers := []multi.Option{multi.WithProvider(SourceEnvironment, environmentProvider(overrides))}
	if c.File != "" || c.Server != "" {
		src, err := newSource(c, f.metrics, f.state)
		if err != nil {
			return err
		}
		provider, err := sourceProvider(src)
		if err != nil {
			return err
		}
		f.source = src
		layers = append(layers, multi.WithProvider(layerSource, provider))
	}
	provider, err := multi.NewProvider(multi.StrategyFirstMatch, layers...)
	if err != nil {
		return fmt.Errorf("layer flag providers: %w", err)
	}
	if err := f.api.SetProviderAndWait(ctx, provider); err != nil {
		return fmt.Errorf("start flag providers: %w", err)
	}
	f.client = f.api.NewClient()
	f.refresh()
	f.listen()
	return nil
}

// sourceProvider is flagd's provider over src. The empty offline path matters: with the variable
// FLAGD_OFFLINE_FLAG_SOURCE_PATH in its environment flagd would silently read that file instead.
func sourceProvider(src *source) (*flagd.Provider, error) {
	provider, err := flagd.NewProvider(
		flagd.WithInProcessResolver(),
		flagd.WithOfflineFilePath(""),
		flagd.WithDeadline(int(initTimeout.Milliseconds())),
		flagd.WithCustomSyncProviderAndUri(src, sourceName))
	if err != nil {
		return nil, fmt.Errorf("make flagd provider: %w", err)
	}
	return provider, nil
}

func environmentProvider(overrides map[string]any) *memprovider.InMemoryProvider {
	set := map[string]memprovider.InMemoryFlag{}
	for key, value := range overrides {
		set[key] = memprovider.InMemoryFlag{
			Key: key, State: memprovider.Enabled, DefaultVariant: "set", Variants: map[string]any{"set": value},
		}
	}
	return memprovider.NewInMemoryProvider(set)
}

// listen refreshes the snapshot whenever flagd has taken flags, and hears when it refuses some that
// the check let through, which then is the check's fault and must not pass unseen.
func (f *Flags) listen() {
	changed := func(openfeature.EventDetails) { f.refresh() }
	failed := func(d openfeature.EventDetails) {
		err := errors.New("flag provider: " + d.Message)
		f.log.Error("flag provider failed: the last good values stay", "error", err)
		f.state.set(StatusStale, err)
	}
	f.api.AddHandler(openfeature.ProviderConfigChange, &changed)
	f.api.AddHandler(openfeature.ProviderError, &failed)
	f.refresh() // flags taken before the handler was there
}

// State says where the values come from and since when.
func (f *Flags) State() State { return f.state.get() }

// Close stops watching, shuts the providers down, closes the channels of subscribers and
// unregisters the metrics. Evaluate and Current go on answering with the last values.
func (f *Flags) Close() {
	f.closeOnce.Do(func() {
		f.closed.Store(true)
		if f.source != nil {
			f.source.stop()
		}
		if err := f.api.Shutdown(context.Background()); err != nil {
			f.log.Warn("flag providers did not shut down cleanly", "error", err)
		}
		f.unsubscribeAll()
		f.unregister()
	})
}
