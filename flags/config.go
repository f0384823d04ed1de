package flags

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Config is what New needs. Its zero value has no source and takes overrides from the process's
// environment.
type Config struct {
	// File is the path of the flag file. Empty: none. Without file and server the defaults and the
	// environment hold.
	File string
	// Server is a flagd server, grpc://HOST:PORT or, over TLS, grpcs://HOST:PORT; ?selector=TEXT
	// picks one of its flag sets. Empty: none. With File too, the file holds until the server has
	// given good flags, and never again after.
	Server string
	// ServerTLS is for grpcs. Nil: the certificate authorities of the system.
	ServerTLS *tls.Config
	// Staleness is the longest silence of the server that counts as healthy. The stream is opened
	// anew four times in each, which makes a server speak that has nothing new to say. Zero means
	// 2 min.
	Staleness time.Duration
	// Patience is how long the server has for the first answer on a stream. Zero means 5 s.
	Patience time.Duration
	// Environ holds the environment as KEY=value. Nil means os.Environ().
	Environ []string
	// Poll is how often the file is read again, in case the directory watch missed an edit (a
	// network file system, a symlink whose target lies elsewhere). Zero means 2 s.
	Poll time.Duration
	// Settle is how long after the first sign of an edit the file is read, so that an editor's
	// truncate and write count as one. Zero means 5 ms.
	Settle time.Duration
	// Registerer takes the metrics. Nil: they are kept but not exported.
	Registerer prometheus.Registerer
	// Logger gets a line for each change and for all flags that are refused. Nil discards them.
	Logger *slog.Logger
	// Now is the clock of State and Change. Nil means time.Now.
	Now func() time.Time
}

// DefaultConfig is Config with each zero replaced by what it means.
func DefaultConfig() Config { return Config{}.withDefaults() }

func (c Config) withDefaults() Config {
	if c.Environ == nil {
		c.Environ = os.Environ()
	}
	if c.Poll == 0 {
		c.Poll = 2 * time.Second
	}
	if c.Staleness == 0 {
		c.Staleness = 2 * time.Minute
	}
	if c.Patience == 0 {
		c.Patience = 5 * time.Second
	}
	if c.Settle == 0 {
		c.Settle = 5 * time.Millisecond
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// Validate names the field that is out of range, or the environment variable that cannot be read.
func (c Config) Validate() error {
	_, err := c.withDefaults().overrides()
	return errors.Join(err, c.validateServer(),
		within("Staleness", c.Staleness, 100*time.Millisecond, 24*time.Hour),
		within("Patience", c.Patience, 10*time.Millisecond, time.Minute),
		within("Poll", c.Poll, 10*time.Millisecond, time.Hour),
		within("Settle", c.Settle, time.Millisecond, time.Second))
}

// validateServer does not repeat what is wrong: it may hold a password where none belongs.
func (c Config) validateServer() error {
	if c.Server == "" {
		return nil
	}
	u, err := url.Parse(c.Server)
	if err != nil || u.Scheme != schemePlain && u.Scheme != schemeTLS || u.Hostname() == "" || u.Port() == "" {
		return errors.New("flags config: Server is no address of a flag server, allowed are grpc://HOST:PORT and grpcs://HOST:PORT")
	}
	parameters := u.Query()
	parameters.Del("selector")
	if u.User != nil || u.Path != "" && u.Path != "/" || u.Fragment != "" || len(parameters) > 0 {
		return errors.New("flags config: Server has parts beside host and port, allowed is ?selector=TEXT only")
	}
	if d := c.withDefaults(); d.Staleness < 2*d.Patience {
		return fmt.Errorf("flags config: Staleness is %s, allowed is twice Patience (%s) or more", d.Staleness, d.Patience)
	}
	return nil
}

func within(field string, d, low, high time.Duration) error {
	if d != 0 && (d < low || d > high) {
		return fmt.Errorf("flags config: %s is %s, allowed is %s to %s", field, d, low, high)
	}
	return nil
}

const envPrefix = "UNDERSTUDY_FLAG_"

// envFlagFile is the variable a command line may use for Config.File; it is no override.
const envFlagFile = envPrefix + "FILE"

// overrides reads the environment: flag key to value. A variable that is set to nothing counts as
// not set, as compose files write it. A misspelt one is an error: an operator who believes that he
// has thrown the kill switch must not be wrong.
func (c Config) overrides() (map[string]any, error) {
	values := map[string]any{}
	var problems []error
	for _, entry := range c.Environ {
		name, text, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, envPrefix) || name == envFlagFile || text == "" {
			continue
		}
		i := slices.IndexFunc(definitions, func(d definition) bool { return d.env == name })
		if i < 0 {
			problems = append(problems, fmt.Errorf("environment variable %s is unknown, allowed are %s", name, allowedVariables()))
			continue
		}
		value, err := definitions[i].readEnv(text)
		if err != nil {
			problems = append(problems, fmt.Errorf("environment variable %s: %w", name, err))
			continue
		}
		values[definitions[i].key] = value
	}
	return values, errors.Join(problems...)
}

func allowedVariables() string {
	names := make([]string, len(definitions))
	for i, d := range definitions {
		names[i] = d.env
	}
	return strings.Join(names, ", ")
}
