package proxy

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"understudy/compare"
)

// Config is everything about a Proxy that is a number, a name or an address.
// Start from DefaultConfig; zero is not a default unless a field says so.
type Config struct {
	Primary     *url.URL // base URL of the primary, http or https; may have a path that is put before every request's
	RewriteHost bool     // send the primary's own name as Host; false: the client's Host as it came
	Headers     bool     // the two X-Understudy headers on /analyze/*
	PrimaryKind compare.PrimaryKind

	Salt       string // mixed into the bucket of every scan; the same salt gives the same buckets
	AddressKey []byte // key of the hash that stands for client addresses; empty: a random one per process

	RequestBytes  int64 // largest request body that is captured
	AnswerBytes   int64 // largest answer of the primary that is captured
	DecodedBytes  int64 // largest body after gzip or deflate is undone
	DecodedRatio  int64 // most that decoding may multiply a body by
	HeldBytes     int64 // bodies held at any time, from capture until they are recorded
	MirrorQueue   int   // exchanges waiting for a mirror worker; for one more the oldest goes
	MirrorWorkers int   // exchanges mirrored at the same time

	MirrorQueueBytes int64         // bodies of the exchanges that wait; for more the oldest go
	MirrorYield      time.Duration // longest that a copy gives way to clients while the machine is busy; 0: not at all

	CandidateDeadline  time.Duration // longest analysis; a longer one is a timeout
	CandidateQueueWait time.Duration // longest wait for a worker that a mirrored call allows for
	CandidateSlack     time.Duration // what the candidate may need after its deadline to say so
	CandidateBytes     int64         // largest answer of the candidate
	SelfTestDeadline   time.Duration // how long the candidate has for a question whose answer is known

	ServePatience time.Duration // how long a complete answer of the primary waits for the candidate's
	CompareBudget time.Duration // how long it then waits for the verdict
	RescueAfter   time.Duration // with Allowed.Rescue: a primary that has not begun to answer for so long fails by timeout
	ReverseShadow float64       // stage complete: share of scans, 0 to 1, about which the primary is asked afterwards; 0: off

	ArbiterBudget     time.Duration // longest that the arbiter may look for who is wrong, off the path
	ArbiterQueue      int           // exchanges waiting for the arbiter
	DeepSample        float64       // share, 0 to 1, of compared families about which the candidate is asked again for all sets; 0: off
	VariationsPerHour int           // varied networks that both sides are asked about while no client is served; 0: off

	BurstQuiet time.Duration // a burst without activity for so long is over
	ScanMost   time.Duration // a scan open for longer is closed and marked overlong
	OpenScans  int           // scans known at the same time

	AgreementWindow int           // comparisons behind the agreement ratio of a metric
	RecordQueue     int           // exchanges waiting to be recorded
	RecordTimeout   time.Duration // longest that recording one batch may take
	KeepBodies      bool          // hand bodies to the recorder, where they are wanted
	SampleBodies    float64       // share, 0 to 1, of agreeing exchanges that keep their bodies
}

// DefaultConfig is the configuration of the design; only Primary is missing.
func DefaultConfig() Config {
	const mib = 1 << 20
	return Config{
		Headers:            true,
		PrimaryKind:        compare.KindRust,
		Salt:               "understudy",
		RequestBytes:       32 * mib,
		AnswerBytes:        8 * mib,
		DecodedBytes:       64 * mib,
		DecodedRatio:       100,
		HeldBytes:          256 * mib,
		MirrorQueue:        512,
		MirrorWorkers:      2,
		MirrorQueueBytes:   128 * mib, // half of HeldBytes: what waits leaves room for what comes
		MirrorYield:        time.Second,
		CandidateDeadline:  45 * time.Second,
		CandidateQueueWait: 60 * time.Second,
		CandidateSlack:     2 * time.Second,
		CandidateBytes:     64 * mib,
		SelfTestDeadline:   5 * time.Second,
		ServePatience:      time.Second,
		CompareBudget:      200 * time.Millisecond,
		RescueAfter:        45 * time.Second,
		ReverseShadow:      0.05,
		ArbiterBudget:      10 * time.Second,
		ArbiterQueue:       64,
		DeepSample:         0.01,
		VariationsPerHour:  12,
		BurstQuiet:         20 * time.Second,
		ScanMost:           10 * time.Minute,
		OpenScans:          10_000,
		AgreementWindow:    1000,
		RecordQueue:        1024,
		RecordTimeout:      10 * time.Second,
		KeepBodies:         true,
		SampleBodies:       0.01,
	}
}

// Validate names the first field that is out of its range, and the range.
func (c Config) Validate() error {
	if err := c.validatePrimary(); err != nil {
		return err
	}
	if c.PrimaryKind != compare.KindRust && c.PrimaryKind != compare.KindPython {
		return fmt.Errorf("field PrimaryKind %q: want rust or python", c.PrimaryKind)
	}
	for _, share := range []struct {
		field string
		value float64
	}{{"SampleBodies", c.SampleBodies}, {"DeepSample", c.DeepSample}, {"ReverseShadow", c.ReverseShadow}} {
		if !(share.value >= 0 && share.value <= 1) { // also NaN
			return fmt.Errorf("field %s %v: want 0 to 1", share.field, share.value)
		}
	}
	const gib = 1 << 30
	for _, n := range []struct {
		field            string
		value, low, high int64
	}{
		{"RequestBytes", c.RequestBytes, 1, gib},
		{"AnswerBytes", c.AnswerBytes, 1, gib},
		{"DecodedBytes", c.DecodedBytes, 1, gib},
		{"DecodedRatio", c.DecodedRatio, 1, 2000},
		{"HeldBytes", c.HeldBytes, 1, 64 * gib},
		{"MirrorQueue", int64(c.MirrorQueue), 1, 1 << 20},
		{"MirrorWorkers", int64(c.MirrorWorkers), 1, 1024},
		{"MirrorQueueBytes", c.MirrorQueueBytes, 1, 64 * gib},
		{"CandidateBytes", c.CandidateBytes, 1, gib},
		{"ArbiterQueue", int64(c.ArbiterQueue), 1, 1 << 20},
		{"VariationsPerHour", int64(c.VariationsPerHour), 0, 3600},
		{"OpenScans", int64(c.OpenScans), 1, 1 << 24},
		{"AgreementWindow", int64(c.AgreementWindow), 1, 1 << 20},
		{"RecordQueue", int64(c.RecordQueue), 1, 1 << 20},
	} {
		if n.value < n.low || n.value > n.high {
			return fmt.Errorf("field %s %d: want %d to %d", n.field, n.value, n.low, n.high)
		}
	}
	return c.validateTimes()
}

func (c Config) validatePrimary() error {
	if c.Primary == nil {
		return errors.New("field Primary is missing: want a URL such as http://127.0.0.1:8081")
	}
	if err := CheckBaseURL(c.Primary); err != nil {
		return fmt.Errorf("field Primary %q: %w", c.Primary.Redacted(), err)
	}
	return nil
}

// CheckBaseURL says what a base URL, of either side, must be and u is not.
func CheckBaseURL(u *url.URL) error {
	switch {
	case u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return errors.New("want http://HOST or https://HOST")
	case u.User != nil, u.RawQuery != "", u.Fragment != "", strings.Contains(u.EscapedPath(), "//"):
		return errors.New("want no user, query, fragment or empty path element")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return errors.New("want a port from 1 to 65535")
		}
	}
	return nil
}

func (c Config) validateTimes() error {
	const hour = time.Hour
	for _, d := range []struct {
		field            string
		value, low, high time.Duration
	}{
		{"CandidateDeadline", c.CandidateDeadline, time.Millisecond, hour},
		{"CandidateQueueWait", c.CandidateQueueWait, 0, hour},
		{"CandidateSlack", c.CandidateSlack, 0, hour},
		{"SelfTestDeadline", c.SelfTestDeadline, time.Millisecond, time.Minute},
		{"MirrorYield", c.MirrorYield, 0, time.Minute},
		{"ServePatience", c.ServePatience, 0, hour},
		{"CompareBudget", c.CompareBudget, 0, hour},
		{"RescueAfter", c.RescueAfter, time.Millisecond, hour},
		{"ArbiterBudget", c.ArbiterBudget, time.Millisecond, hour},
		{"BurstQuiet", c.BurstQuiet, time.Millisecond, hour},
		{"ScanMost", c.ScanMost, time.Millisecond, 24 * hour},
		{"RecordTimeout", c.RecordTimeout, time.Millisecond, hour},
	} {
		if d.value < d.low || d.value > d.high {
			return fmt.Errorf("field %s %s: want %s to %s", d.field, d.value, d.low, d.high)
		}
	}
	return nil
}
