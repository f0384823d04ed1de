package simulate

import (
	"context"
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"understudy/rollout"
	"understudy/rollout/breaker"
)

// begin is when each run begins. Which moment it is makes no difference.
var begin = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// never is when something comes that does not come.
const never = time.Duration(math.MaxInt64)

// ticksAtOnce is how many ticks are played as one: as many as the machine takes
// one tick to stand for at most. A promotion comes later by less than that.
const ticksAtOnce = 5

// ticksAtRest are so many of them again as are played as one where a tick can
// change nothing.
const ticksAtRest = 12

// What happens in a run, each at a time of its own. Of those at the same time the
// first comes first.
const (
	edge     = iota // an outage begins or ends
	breaks          // the fault begins
	selfTest        // of a candidate that is down, or was until just now
	testEnds        // of one that nobody has answered
	deadline        // the exact timer of the breaker
	landing         // a call ends
	arrival         // a scan
	probe           // of the half-open breaker, besides the mirror
	approval        // a person approves
	tick
	kinds
)

// run is one rollout in virtual time.
type run struct {
	cfg         *Config
	name        string     // of the run: the salt of its scans
	rng, varied *rand.Rand // of the traffic, of the variations
	end         time.Duration
	pause       time.Duration // between two ticks
	gap         time.Duration // between two scans

	at   time.Duration // the virtual clock
	next [kinds]time.Duration

	breaker *breaker.Breaker
	set     breaker.State // what it was set to
	changed time.Duration // when that was another one
	state   rollout.State
	ticked  time.Duration   // the last tick
	said    []rollout.Event // what the breaker has said and the machine not heard yet
	percent float64         // share of scans that is served

	is      Behaviour // how the candidate behaves now
	faulty  bool      // the fault has begun
	outage  bool
	calls   int  // clean calls, or scans, until the next bad one
	differs bool // the candidate disagrees about the network of now
	met     bool // a network was met under this behaviour
	scans   int
	replays int
	live    time.Duration   // the last call of a scan
	ended   int             // executions the breaker was shown
	workers []time.Duration // when each is free
	flying  []call          // by when they end
	quiet   quiet
	success time.Duration // the last one that the breaker knows of
	counted counted

	log Outcome
}

func newRun(cfg *Config, i int) *run {
	r := &run{
		cfg: cfg, name: "run-" + strconv.Itoa(i) + "/", rng: stream(cfg.Seed, i, ofTraffic), varied: stream(cfg.Seed, i, ofVariations),
		end: time.Duration(cfg.Days) * day, pause: ticksAtOnce * cfg.Policy.Tick,
		workers: make([]time.Duration, cfg.Candidate.Workers), set: breaker.Closed,
		gap: time.Duration(float64(day) / cfg.Candidate.ScansPerDay),
	}
	for kind := range r.next {
		r.next[kind] = never
	}
	r.breaker = breaker.New(breaker.Config{Policy: cfg.Policy, Now: r.now, Hooks: breaker.Hooks{
		Spoke:        func(e rollout.Spoke) { r.said = append(r.said, e) },
		ProbeFailed:  func(e rollout.ProbeFailed) { r.said = append(r.said, e) },
		ProbesPassed: func(e rollout.ProbesPassed) { r.said = append(r.said, e) },
	}})
	r.behave(cfg.Candidate.Behaviour)
	// Scans, ticks and self-tests do not begin together in life either.
	r.next[arrival] = time.Duration(r.rng.Float64() * float64(r.gap))
	r.next[tick] = r.pause
	r.counted.phase = time.Duration(r.rng.Float64() * float64(cfg.Policy.SelfTestEvery))
	if cfg.plain {
		r.next[selfTest] = r.counted.phase
	}
	r.planOutage(0)
	r.counted.defects = map[string]struct{}{}
	settings := rollout.Settings{Mode: rollout.ModeAuto, Enabled: true, MirrorPercent: 100, CeilingPercent: 100}
	state, effects := cfg.Policy.Begin(settings, rollout.Versions{}, r.now())
	r.state = state
	r.take(effects)
	return r
}

// now is the virtual clock as the breaker reads it.
func (r *run) now() time.Time { return begin.Add(r.at) }

// play goes from one thing that happens to the next.
func (r *run) play(ctx context.Context) Outcome {
	for ctx.Err() == nil && !r.over() {
		kind := r.first()
		if r.next[kind] > r.end {
			r.at = r.end
			break
		}
		r.at = r.next[kind]
		r.next[kind] = never
		r.happens(kind)
	}
	return r.log.close(r)
}

// over reports whether nothing goes on without a person.
func (r *run) over() bool {
	condition := r.state.Position.Condition
	return condition == rollout.Stopped || condition == rollout.Aborted
}

func (r *run) first() (kind int) {
	for k, at := range r.next {
		if at < r.next[kind] {
			kind = k
		}
	}
	return kind
}

func (r *run) happens(kind int) {
	switch kind {
	case edge:
		r.turn()
	case breaks:
		r.breakDown()
	case selfTest:
		r.testItself()
	case testEnds:
		r.testEnded()
	case deadline:
		r.expire()
	case landing:
		r.landed()
	case arrival:
		r.next[arrival] = r.at + r.gap
		r.scan()
	case probe:
		r.probes()
	case approval:
		r.approve()
	case tick:
		r.next[tick] = r.at + r.toTick()
		r.measure()
	}
}

// toTick is the time until the next tick. At full the gate waits for a person; if
// there is none, and the candidate never disagrees, no tick can change anything.
func (r *run) toTick() time.Duration {
	position, c := r.state.Position, &r.cfg.Candidate
	atRest := position.Stage == rollout.Full && position.Condition == rollout.Normal && r.cfg.ApproveAfter == 0 &&
		c.Fault == nil && c.Behaviour.Disagree == 0 && c.Outage.For == 0
	if atRest && !r.cfg.plain {
		return ticksAtRest * r.pause
	}
	return r.pause
}

// step lets the machine answer, as the controller does.
func (r *run) step(e rollout.Event) error {
	state, effects, err := r.cfg.Policy.Step(r.state, e, r.now())
	if err != nil {
		return err
	}
	r.state = state
	r.take(effects)
	return nil
}

// hear brings the machine what the breaker has said.
func (r *run) hear() {
	for len(r.said) > 0 {
		event := r.said[0]
		r.said = r.said[1:]
		if err := r.step(event); err != nil { // only people are refused
			panic(err)
		}
	}
}

// take keeps what is to be reported, and sets the breaker to what the machine
// has come to.
func (r *run) take(effects []rollout.Effect) {
	for _, effect := range effects {
		switch e := effect.(type) {
		case rollout.Change:
			r.note(e)
		case rollout.Notice:
			if e.Kind == rollout.NoticeApproval && r.cfg.ApproveAfter > 0 {
				r.next[approval] = r.at + r.cfg.ApproveAfter
			}
		}
	}
	r.follow()
}

// follow is the controller's: the breaker is open, half-open or closed as the
// condition says.
func (r *run) follow() {
	position := r.state.Position
	want := breaker.Open
	switch position.Condition {
	case rollout.Normal:
		want = breaker.Closed
	case rollout.Probing:
		want = breaker.HalfOpen
	}
	if r.set != want {
		r.set, r.changed = want, r.at
		r.quiet.left = r.endedQuietly()
		r.quiet.forget() // a change of state empties the windows
	}
	r.breaker.Set(want, position.Suspects, position.Serving(r.now()))
	r.percent = r.state.ServePercent(r.now())
	if want == breaker.HalfOpen && r.next[probe] == never {
		r.next[probe] = r.at + probeEvery
	}
}

// note reads a change of the position.
func (r *run) note(c rollout.Change) {
	if c.From.Stage != c.To.Stage || c.From.Condition != c.To.Condition {
		r.log.Moves = append(r.log.Moves, Move{r.at, c.To.Stage, c.To.Condition})
	}
	if c.To.Condition != rollout.Normal { // the end of a rest
		late := (r.at - r.ticked) % r.pause
		r.next[tick] = min(r.next[tick], r.at-late+r.pause)
	}
	switch c.Kind {
	case rollout.ChangeTripped:
		r.log.trip(r, c)
	case rollout.ChangeDemoted:
		r.log.Demotions++
	case rollout.ChangeStopped:
		r.log.Stops++
	case rollout.ChangeAborted:
		r.log.Aborts++
	}
	fault := r.cfg.Candidate.Fault
	if fault != nil && !r.faulty && r.next[breaks] == never && c.To.Stage == fault.At && c.From.Stage != c.To.Stage {
		r.next[breaks] = r.at + time.Duration(r.rng.Float64()*float64(fault.Within))
	}
}

// approve is a person who finds that a gate waits for her.
func (r *run) approve() {
	by := rollout.By{Actor: "person:simulated", Reason: "approved"}
	if r.step(rollout.Promote{By: by}) != nil && r.state.Position.Stage < rollout.Complete {
		r.next[approval] = r.at + time.Hour // refused for now: something has happened since
	}
}
