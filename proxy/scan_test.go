package proxy

import (
	"fmt"
	"hash/maphash"
	"testing"
	"time"

	"pgregory.net/rapid"

	"understudy/rollout"
)

// clock is a time that only a test moves.
type clock struct{ at time.Time }

func newClock() *clock                   { return &clock{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)} }
func (c *clock) now() time.Time          { return c.at }
func (c *clock) advance(d time.Duration) { c.at = c.at.Add(d) }

func newBook(c *clock, change ...func(*Config)) *scanBook {
	cfg := DefaultConfig()
	cfg.AddressKey = []byte("key")
	for _, f := range change {
		f(&cfg)
	}
	return newScanBook(cfg, c.now)
}

const home = "10.0.0.1:5000"

func digest(body string) uint64 { return maphash.String(digestSeed, body) }

// ask is one whole request; it gives the key of its scan and whether it repeats.
func (b *scanBook) ask(address, header, analysis, body string) (key string, repeat bool) {
	v := b.enter(address, header, "/analyze/"+analysis)
	v.identify(analysis, digest(body), true)
	defer v.leave()
	facts := v.facts()
	return facts.key, facts.repeat
}

// recorded is the shape of one scan of the explorer's own client: path and body
// of its 17 requests, in order. Two of them are the same on purpose.
var recorded = [][2]string{
	{"top-tier", "all"},
	{"top-tier", "org"},
	{"blocking-sets", "org"},
	{"blocking-sets", "org validating"},
	{"splitting-sets", "org"},
	{"top-tier", "country"},
	{"blocking-sets", "country"},
	{"blocking-sets", "all"},
	{"blocking-sets", "validating"},
	{"splitting-sets", "all"},
	{"blocking-sets", "country"},
	{"splitting-sets", "country"},
	{"top-tier", "isp"},
	{"blocking-sets", "isp"},
	{"blocking-sets", "isp validating"},
	{"splitting-sets", "isp"},
	{"quorums", "all"},
}

func TestScan_ARecordedBurstIsOneScan(t *testing.T) {
	c := newClock()
	b := newBook(c)
	keys, distinct := map[string]bool{}, 0
	for i, r := range recorded {
		key, repeat := b.ask(fmt.Sprintf("10.0.0.1:%d", 5000+i%4), "", r[0], r[1])
		keys[key] = true
		if !repeat {
			distinct++
		}
		c.advance(300 * time.Millisecond)
	}
	if len(keys) != 1 || distinct != 16 || b.count() != 1 {
		t.Errorf("%d scans, %d distinct questions, %d open", len(keys), distinct, b.count())
	}
}

func TestScan_ABurstEndsByAPause(t *testing.T) {
	c := newClock()
	b := newBook(c)
	first, _ := b.ask(home, "", "top-tier", "1")
	c.advance(20*time.Second - 1)
	if same, _ := b.ask(home, "", "top-tier", "2"); same != first {
		t.Error("a shorter pause ended the burst")
	}
	c.advance(20 * time.Second)
	if b.count() != 0 {
		t.Error("the burst is still open")
	}
	if next, _ := b.ask(home, "", "top-tier", "1"); next == first {
		t.Error("the pause did not end the burst")
	}
}

func TestScan_ARequestInFlightKeepsTheBurstOpen(t *testing.T) {
	c := newClock()
	b := newBook(c)
	long := b.enter(home, "", "/analyze/quorums")
	c.advance(time.Minute)
	if key, _ := b.ask(home, "", "top-tier", "1"); key != long.key() {
		t.Error("the burst ended while one of its requests was in flight")
	}
	c.advance(19 * time.Second)
	long.leave()
	c.advance(19 * time.Second)
	if key, _ := b.ask(home, "", "top-tier", "2"); key != long.key() {
		t.Error("the end of a request is activity too")
	}
}

func TestScan_ARetryJoinsAndCountsOnce(t *testing.T) {
	c := newClock()
	b := newBook(c)
	first, _ := b.ask(home, "", "quorums", "1")
	c.advance(2 * time.Second)
	key, repeat := b.ask(home, "", "quorums", "1")
	if key != first || !repeat {
		t.Errorf("got %s, repeat %v", key, repeat)
	}
	if _, repeat := b.ask(home, "", "top-tier", "1"); repeat {
		t.Error("the same body on another path is no retry")
	}
}

func TestScan_ASecondQuorumsRequestWithAnotherBodyOpensABurst(t *testing.T) {
	b := newBook(newClock())
	first, _ := b.ask(home, "", "quorums", "1")
	second, _ := b.ask(home, "", "quorums", "2")
	after, _ := b.ask(home, "", "top-tier", "2")
	if first == second || after != second {
		t.Errorf("scans are %s, %s, then %s", first, second, after)
	}
	if late, repeat := b.ask(home, "", "quorums", "1"); late != first || !repeat {
		t.Errorf("a late retry of the first burst went to %s, repeat %v", late, repeat)
	}
	if again, repeat := b.ask(home, "", "quorums", "2"); again != second || !repeat {
		t.Errorf("a retry of the second burst went to %s, repeat %v", again, repeat)
	}
	if b.count() != 1 {
		t.Errorf("%d scans open", b.count())
	}
}

func TestScan_OneOpenForTooLongIsClosedAndMarked(t *testing.T) {
	c := newClock()
	b := newBook(c)
	long := b.enter(home, "", "/analyze/quorums")
	for range 39 { // never a pause
		c.advance(15 * time.Second)
		b.ask(home, "", "top-tier", "1")
	}
	if long.facts().overlong {
		t.Error("marked before its time")
	}
	c.advance(15 * time.Second)
	if key, _ := b.ask(home, "", "top-tier", "1"); key == long.key() {
		t.Error("the burst was not closed")
	}
	if !long.facts().overlong {
		t.Error("not marked")
	}
}

func TestScan_ALateRetryJoinsTheBurstItWasFirstAskedIn(t *testing.T) {
	b := newBook(newClock())
	first, _ := b.ask(home, "", "top-tier", "1")
	b.ask(home, "", "quorums", "1")
	second, _ := b.ask(home, "", "quorums", "2")
	third, _ := b.ask(home, "", "quorums", "3")
	if first == second || second == third {
		t.Fatalf("scans are %s, %s, %s", first, second, third)
	}
	for _, question := range [][2]string{{"top-tier", "1"}, {"quorums", "1"}} {
		if key, repeat := b.ask(home, "", question[0], question[1]); key != first || !repeat {
			t.Errorf("%v went to %s, repeat %v", question, key, repeat)
		}
	}
	if key, repeat := b.ask(home, "", "quorums", "2"); key != second || !repeat {
		t.Errorf("went to %s, repeat %v", key, repeat)
	}
	if key, repeat := b.ask(home, "", "top-tier", "3"); key != third || repeat {
		t.Errorf("a new question went to %s, repeat %v", key, repeat)
	}
}

func TestScan_ABurstThatIsOverTakesNoRetryIn(t *testing.T) {
	c := newClock()
	b := newBook(c)
	first, _ := b.ask(home, "", "quorums", "1")
	open := b.enter(home, "", "/analyze/quorums")
	open.identify("quorums", digest("2"), true) // goes on, and keeps the second burst open
	c.advance(20 * time.Second)
	if key, repeat := b.ask(home, "", "quorums", "1"); key == first || repeat {
		t.Errorf("went to %s, repeat %v", key, repeat)
	}
	open.leave()
}

func TestScan_ARetryStreamedToThePrimaryEndsTheServingOfItsScan(t *testing.T) {
	b := newBook(newClock())
	served := rollout.Treatment{Serve: true, Alone: true, Mirror: true}
	one := b.enter(home, "", "/analyze/top-tier")
	one.treat(served)
	one.identify("top-tier", digest("1"), false)
	quorums := b.enter(home, "", "/analyze/quorums")
	quorums.identify("quorums", digest("1"), false)
	next := b.enter(home, "", "/analyze/quorums")
	next.identify("quorums", digest("2"), false)
	next.treat(rollout.Treatment{Mirror: true})
	late := b.enter(home, "", "/analyze/top-tier")
	late.treat(served) // of the new burst, which has the primary
	late.identify("top-tier", digest("1"), true)
	if late.key() != one.key() || !one.facts().mixed || next.facts().mixed {
		t.Errorf("went to %s; mixed %v, %v", late.key(), one.facts().mixed, next.facts().mixed)
	}
}

func TestScan_OverlongIsWhatWasOpenForTooLongAndNotWhatIsLookedAtLate(t *testing.T) {
	for _, header := range []string{"", "scan-1"} {
		c := newClock()
		b := newBook(c)
		v := b.enter(home, header, "/analyze/quorums")
		c.advance(time.Minute)
		v.leave()
		c.advance(time.Hour)
		b.count()
		if v.facts().overlong {
			t.Errorf("%q: a scan that ended after a minute is overlong an hour later", header)
		}
		long := b.enter(home, header, "/analyze/quorums")
		c.advance(10 * time.Minute)
		long.leave()
		if !long.facts().overlong {
			t.Errorf("%q: one with a request of ten minutes is not", header)
		}
		c.advance(time.Hour)
		if b.count(); !long.facts().overlong {
			t.Errorf("%q: it is forgotten", header)
		}
	}
}

func TestScan_ANameThatGoesOnForTooLongStaysOneOverlongScan(t *testing.T) {
	c := newClock()
	b := newBook(c)
	v := b.enter(home, "always", "/")
	v.treat(rollout.Treatment{Mirror: true})
	v.leave()
	for range 30 {
		c.advance(time.Minute)
		b.count() // somebody reads the metrics
		v = b.enter(home, "always", "/")
		if got := v.treat(rollout.Treatment{Serve: true, Mirror: true}); got.Serve {
			t.Fatal("a raised dial moved it to the candidate")
		}
		v.leave()
	}
	if !v.facts().overlong {
		t.Error("not marked")
	}
	c.advance(10 * time.Minute)
	if v = b.enter(home, "always", "/"); v.facts().overlong {
		t.Error("a name that was away for ten minutes is a new scan")
	}
}

// Backends behind one address, sending recorded scans of different networks at
// the same time or one after another, with retries.
func TestScan_SharedAddressesNeverMakeMoreBurstsOrQuestionsThanThereAre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newClock()
		b := newBook(c)
		backends := rapid.IntRange(1, 4).Draw(t, "backends")
		next := make([]int, backends)    // question of each
		asked := make([][]int, backends) // that may be asked again
		keys, questions := map[string]bool{}, 0
		ask := func(backend, i int) (repeat bool) {
			key, repeat := b.ask(home, "", recorded[i][0], fmt.Sprint(backend, recorded[i][1]))
			keys[key] = true
			if !repeat {
				questions++
			}
			return repeat
		}
		for {
			var busy []int
			for backend, i := range next {
				if i < len(recorded) {
					busy = append(busy, backend)
				}
			}
			if len(busy) == 0 {
				break
			}
			c.advance(time.Duration(rapid.IntRange(0, 2000).Draw(t, "ms")) * time.Millisecond)
			backend := rapid.SampledFrom(busy).Draw(t, "backend")
			if before := asked[backend]; len(before) > 0 && rapid.Bool().Draw(t, "retry") {
				if !ask(backend, rapid.SampledFrom(before).Draw(t, "question")) {
					t.Fatal("a retry counts as a new question")
				}
				continue
			}
			ask(backend, next[backend])
			asked[backend] = append(asked[backend], next[backend])
			next[backend]++
		}
		if len(keys) > backends || questions != 16*backends { // two of the 17 are the same
			t.Fatalf("%d bursts and %d questions of %d scans", len(keys), questions, backends)
		}
	})
}

func TestScan_ClientsAreApartAndTheirAddressesUnknown(t *testing.T) {
	b := newBook(newClock())
	one := b.enter("10.0.0.1:1", "", "/")
	same := b.enter("10.0.0.1:2", "", "/")
	other := b.enter("10.0.0.2:1", "", "/")
	v6 := b.enter("[::1]:1", "", "/")
	odd := b.enter("@", "", "/")
	if one.key() != same.key() || one.key() == other.key() || v6.key() == odd.key() {
		t.Error("clients are told apart wrongly")
	}
	if client := one.facts().client; len(client) != 16 || client == newBook(newClock(), func(c *Config) { c.AddressKey = nil }).clientHash("10.0.0.1:1") {
		t.Errorf("client is %q", client)
	}
}

func TestScan_AHeaderNamesTheScan(t *testing.T) {
	c := newClock()
	b := newBook(c)
	if key, _ := b.ask(home, " scan-1 ", "quorums", "1"); key != "scan-1" {
		t.Errorf("key is %q", key)
	}
	c.advance(time.Minute)
	if key, _ := b.ask("10.9.9.9:1", "scan-1", "quorums", "2"); key != "scan-1" {
		t.Errorf("key is %q", key)
	}
	for _, hostile := range []string{"a b", "ü", string(make([]byte, 200)), "tab\there"} {
		if key, _ := b.ask(home, hostile, "top-tier", "1"); len(key) != len("sha256-")+32 {
			t.Errorf("key of %q is %q", hostile, key)
		}
	}
}

func TestScan_TheBookIsBounded(t *testing.T) {
	c := newClock()
	b := newBook(c, func(cfg *Config) { cfg.OpenScans = 3 })
	first := b.enter("10.0.0.1:1", "", "/")
	for i := range 10 {
		b.ask(fmt.Sprintf("10.0.1.%d:1", i), "", "top-tier", "1")
		c.advance(time.Second)
	}
	if b.count() > 3 {
		t.Errorf("%d scans open", b.count())
	}
	first.identify("quorums", 1, true) // what was pushed out still works
	first.leave()
	if b.recent.Len() != len(b.open) {
		t.Errorf("%d in the list, %d in the map", b.recent.Len(), len(b.open))
	}
}

func TestScan_OneTreatmentPerScan(t *testing.T) {
	served := rollout.Treatment{Serve: true, Alone: true, Mirror: true}
	tests := []struct {
		name        string
		first, then rollout.Treatment
		want        rollout.Treatment
		mixed       bool
	}{
		{"kept", served, served, served, false},
		{"raised", rollout.Treatment{}, served, rollout.Treatment{}, false},
		{"lowered", served, rollout.Treatment{Mirror: true}, rollout.Treatment{Mirror: true}, true},
		{"no longer alone", served, rollout.Treatment{Serve: true, Mirror: true}, rollout.Treatment{Serve: true, Mirror: true}, false},
		{"mirror lowered", rollout.Treatment{Mirror: true}, rollout.Treatment{}, rollout.Treatment{}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBook(newClock())
			b.enter(home, "", "/").treat(test.first)
			v := b.enter(home, "", "/")
			if got := v.treat(test.then); got != test.want || v.facts().mixed != test.mixed {
				t.Errorf("got %+v, mixed %v", got, v.facts().mixed)
			}
		})
	}
}

func TestScan_ABurstOpenedByAStreamedRequestStaysWithThePrimary(t *testing.T) {
	b := newBook(newClock())
	b.ask(home, "", "quorums", "1")
	v := b.enter(home, "", "/analyze/quorums")
	v.treat(rollout.Treatment{Mirror: true})
	v.identify("quorums", digest("2"), true)
	if got := b.enter(home, "", "/").treat(rollout.Treatment{Serve: true, Mirror: true}); got.Serve || !got.Mirror {
		t.Errorf("got %+v", got)
	}
}

func TestScan_BooksBalanceWhateverHappens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newClock()
		b := newBook(c, func(cfg *Config) { cfg.OpenScans = 4 })
		var visits []*visit
		t.Repeat(map[string]func(*rapid.T){
			"enter": func(t *rapid.T) {
				header := rapid.SampledFrom([]string{"", "", "a", "b"}).Draw(t, "header")
				address := fmt.Sprintf("10.0.0.%d:1", rapid.IntRange(1, 6).Draw(t, "address"))
				visits = append(visits, b.enter(address, header, "/p"))
			},
			"identify": func(t *rapid.T) {
				if len(visits) > 0 {
					v := rapid.SampledFrom(visits).Draw(t, "visit")
					v.identify(rapid.SampledFrom([]string{"quorums", "full"}).Draw(t, "analysis"), uint64(rapid.IntRange(1, 3).Draw(t, "body")), rapid.Bool().Draw(t, "streamed"))
				}
			},
			"leave": func(t *rapid.T) {
				if len(visits) > 0 {
					rapid.SampledFrom(visits).Draw(t, "visit").leave()
				}
			},
			"time": func(t *rapid.T) { c.advance(time.Duration(rapid.IntRange(0, 300).Draw(t, "s")) * time.Second) },
			"": func(t *rapid.T) {
				if len(b.open) > 4 || b.recent.Len() != len(b.open) {
					t.Fatalf("%d open, %d in the list", len(b.open), b.recent.Len())
				}
				for _, s := range b.open {
					if s.inFlight < 0 {
						t.Fatalf("scan %s has %d requests in flight", s.key, s.inFlight)
					}
				}
			},
		})
		for _, v := range visits {
			v.leave()
			if v.scan.inFlight < 0 {
				t.Fatalf("scan %s has %d requests in flight", v.scan.key, v.scan.inFlight)
			}
		}
	})
}
