package rollout_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"understudy/rollout"
)

// alphabet is every kind of event, with what it may bring, and the time that
// passes before it.
func alphabet() []timed {
	minute, hour := time.Minute, time.Hour
	settings := func(change func(*rollout.Settings)) rollout.Flagged {
		s := allOpen()
		change(&s)
		return rollout.Flagged{Settings: s, Source: "file"}
	}
	other := versions
	other.Candidate = "2"
	return []timed{
		{"good tick", hour, good()},
		{"empty tick", hour, rollout.Tick{Elapsed: hour, Monotonic: hour, Health: well}},
		{"bad tick", hour, with(good(), func(t *rollout.Tick) {
			t.Measured.Mirror.Disagree, t.Measured.Entry.Mirror.Disagree, t.Measured.Served.Disagree = 40, 40, 40
		})},
		{"frozen tick", hour, with(good(), func(t *rollout.Tick) { t.Health.Store = false })},
		{"tick with a wrong answer open", hour, with(good(), func(t *rollout.Tick) { t.Measured.OpenWrong = 1 })},
		{"trip", minute, tripBy(rollout.TriggerErrors)},
		{"wrong answer", minute, tripBy(rollout.TriggerWrongAnswer)},
		{"probe failed", minute, rollout.ProbeFailed{Reason: "error"}},
		{"probes passed", minute, rollout.ProbesPassed{Reason: "72 clean"}},
		{"mode auto", minute, settings(func(*rollout.Settings) {})},
		{"mode hold", minute, settings(func(s *rollout.Settings) { s.Mode = rollout.ModeHold })},
		{"mode dry_run", minute, settings(func(s *rollout.Settings) { s.Mode = rollout.ModeDryRun })},
		{"kill switch", minute, settings(func(s *rollout.Settings) { s.Enabled = false })},
		{"ceiling 5", minute, settings(func(s *rollout.Settings) { s.CeilingPercent = 5 })},
		{"another version", minute, rollout.Released{Versions: other}},
		{"the version", minute, rollout.Released{Versions: versions}},
		{"fixed at canary_10", minute, rollout.Fixed{Stage: stageOf(rollout.Canary10)}},
		{"fixed at off", minute, rollout.Fixed{Stage: stageOf(rollout.Off)}},
		{"not fixed", minute, rollout.Fixed{}},
		{"promote", minute, rollout.Promote{By: by}},
		{"hold", minute, rollout.Hold{By: by}},
		{"resume", minute, rollout.Resume{By: by}},
		{"abort", minute, rollout.Abort{By: by}},
		{"reset", minute, rollout.Reset{By: by}},
		{"override 25", minute, rollout.SetOverride{By: by, Percent: 25, For: 2 * hour}},
		{"override 0", minute, rollout.SetOverride{By: by, For: 2 * hour}},
		{"no override", minute, rollout.ClearOverride{By: by}},
		{"carry over", minute, rollout.CarryOver{By: by, Compared: 10}},
		{"carry over another candidate", minute, rollout.CarryOver{By: by, Compared: 10, Differ: 1}},
	}
}

type timed struct {
	name  string
	after time.Duration
	event rollout.Event
}

// node is a state of the model with the way to it.
type node struct {
	state rollout.State
	now   time.Time
	path  string
}

// TestStep_KeepsItsWordInAllShortSequencesOfEvents plays every sequence of up to
// depth events, from shadow and from each stage that was reached by evidence. Two
// ways to what is the same state, but for its place in time, are one.
func TestStep_KeepsItsWordInAllShortSequencesOfEvents(t *testing.T) {
	t.Parallel()
	depth := 4
	if testing.Short() {
		depth = 3
	}
	policy, events := quick(), alphabet()
	seen := map[any]bool{}
	var frontier []node
	for _, ticks := range []int{0, 1, 2, 3, 4, 6} { // the gate to full takes a person
		r := begin(t, policy)
		for i := range ticks {
			if r.state.Position.Stage == rollout.Canary50 && i > 3 {
				r.take(rollout.Promote{By: by})
			}
			r.take(good())
		}
		frontier = append(frontier, node{r.state, r.now, r.state.Position.Stage.String()})
	}
	states, steps := 0, 0
	for level := range depth {
		var next []node
		for _, n := range frontier {
			before := text(n.state)
			for _, e := range events {
				steps++
				now := n.now.Add(e.after)
				after, effects, err := policy.Step(n.state, e.event, now)
				check(at{t, n.path + ", " + e.name}, policy, n.state, e.event, after, effects, err, now)
				if err != nil {
					continue
				}
				if key := keyOf(after, now); !seen[key] && level+1 < depth {
					seen[key] = true
					next = append(next, node{after, now, n.path + ", " + e.name})
				}
			}
			if text(n.state) != before {
				t.Fatalf("%s: a step wrote into the state it was given", n.path)
			}
		}
		frontier = next
		states += len(next)
	}
	t.Logf("%d steps from %d states", steps, states)
	if states < 1000 {
		t.Errorf("only %d states were reached: the alphabet says nothing", states)
	}
}

type at struct {
	*testing.T
	path string
}

func (a at) Fatalf(format string, args ...any) {
	a.Helper()
	a.T.Fatalf("after %s:\n%s", a.path, fmt.Sprintf(format, args...))
}

// key is a state with its times counted from now, as something to compare: JSON
// would take most of the time of the test.
type key struct {
	entered, since, until, began      time.Duration
	override                          rollout.Override
	before                            rollout.Before
	trips                             [3]rollout.Trip
	evidence                          rollout.Evidences
	entry                             rollout.Entry
	soak, counted, ticked             time.Duration
	openWrong, suspects, overrideLeft int
	health                            rollout.Health
	told                              string
}

func keyOf(s rollout.State, now time.Time) any {
	p, progress := s.Position, s.Progress
	k := key{
		entered: p.Entered.Sub(now), since: p.Since.Sub(now), began: p.EvidenceSince.Sub(now),
		evidence: progress.Evidence, entry: progress.Entry, soak: progress.Soak,
		counted: progress.Counted.Sub(now), ticked: progress.Ticked.Sub(now),
		openWrong: progress.OpenWrong, suspects: len(p.Suspects), health: progress.Health, told: fmt.Sprint(progress.Told),
	}
	if !p.Until.IsZero() {
		k.until = p.Until.Sub(now)
	}
	if p.Override != nil {
		k.override, k.overrideLeft = *p.Override, int(p.Override.Until.Sub(now))
		k.override.Until = time.Time{}
	}
	if p.Before != nil {
		k.before = *p.Before
	}
	for i, t := range p.Trips {
		t.At = dawn.Add(t.At.Sub(now))
		k.trips[i] = t
	}
	return struct {
		key
		stage       rollout.Stage
		fixed, held bool
		condition   rollout.Condition
		cooldown    time.Duration
		strikes     int
		settings    rollout.Settings
		versions    rollout.Versions
	}{k, p.Stage, p.Fixed, p.Held, p.Condition, p.Cooldown, p.Strikes, p.Settings, p.Versions}
}

func TestStep_KeepsItsWordInLongRandomSequences(t *testing.T) {
	policy, events := quick(), alphabet()
	rapid.Check(t, func(t *rapid.T) {
		state, effects := policy.Begin(allOpen(), versions, dawn)
		now, changes := dawn, changesOf(effects)
		for range rapid.IntRange(1, 120).Draw(t, "events") {
			// Half of the time nothing happens but that time passes well; else no run would come far.
			e := events[0]
			if rapid.Bool().Draw(t, "something else") {
				e = rapid.SampledFrom(events).Draw(t, "event")
			}
			now = now.Add(e.after + time.Duration(rapid.IntRange(0, 100).Draw(t, "minutes"))*time.Minute)
			next, effects, err := policy.Step(state, e.event, now)
			check(t, policy, state, e.event, next, effects, err, now)
			state, changes = roundTrip(t, next), append(changes, changesOf(effects)...)
		}
		replayed, err := rollout.Replay(changes)
		if err != nil {
			t.Fatalf("replay: %v", err)
		}
		if !rollout.Equal(replayed, state.Position) {
			t.Fatalf("the audit replays to another position")
		}
		if len(changes) > 2 {
			gone := rapid.IntRange(1, len(changes)-2).Draw(t, "gone")
			if c := changes[gone]; !rollout.Equal(c.From, c.To) {
				if _, err := rollout.Replay(append(changes[:gone:gone], changes[gone+1:]...)); err == nil {
					t.Fatalf("a change is missing and the replay does not see it")
				}
			}
		}
	})
}

func changesOf(effects []rollout.Effect) (changes []rollout.Change) {
	for _, e := range effects {
		if c, ok := e.(rollout.Change); ok {
			changes = append(changes, c)
		}
	}
	return changes
}

// roundTrip is the state as a restart reads it.
func roundTrip(t failer, s rollout.State) rollout.State {
	var read rollout.State
	if err := json.Unmarshal([]byte(text(s)), &read); err != nil {
		t.Fatalf("read state: %v", err)
	}
	if text(read) != text(s) {
		t.Fatalf("the state is another one when read again:\n%s\n%s", text(s), text(read))
	}
	return read
}
