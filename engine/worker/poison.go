package worker

import (
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// RefusedHeader says that the pool refused a request, and why: Poisonous. No
// worker's answer carries it.
const RefusedHeader = "X-Engine-Refused"

// Poisonous is the value of RefusedHeader: workers died of the request's network.
const Poisonous = "poisonous"

const (
	// poisonAfter is how many workers have to die of a network.
	poisonAfter = 2
	// poisonFor is how long that is held against it. After it the network is
	// tried again, and is poisonous after one more death.
	poisonFor = time.Hour
	// maxSuspects bounds the networks that are remembered; whose last death is
	// the longest ago is forgotten first.
	maxSuspects = 1024
)

// poison remembers the networks that workers died of. One network is asked many
// questions, and one death may be anybody's: an operator's kill, a machine out
// of memory. Therefore it takes two, and those of a question that is answered
// later are forgiven. A request without a body is about no network.
type poison struct {
	now func() time.Time
	log *slog.Logger

	mu       sync.Mutex // guards the rest
	suspects map[[sha256.Size]byte]*list.Element
	order    list.List // of *suspect, the last death first
	refused  uint64
}

// suspect is a network that workers died of.
type suspect struct {
	network [sha256.Size]byte
	deaths  map[[sha256.Size]byte]int // by question, at most poisonAfter before it is refused
	last    time.Time
}

func newPoison(now func() time.Time, log *slog.Logger) *poison {
	return &poison{now: now, log: log, suspects: map[[sha256.Size]byte]*list.Element{}}
}

func (s *suspect) count() (deaths int) {
	for _, n := range s.deaths {
		deaths += n
	}
	return deaths
}

func (s *suspect) guilty() bool { return s.count() >= poisonAfter }

func (s *suspect) expired(now time.Time) bool { return now.Sub(s.last) >= poisonFor }

// refusal is the answer to a request whose network is poisonous, nil for others.
func (p *poison) refusal(j *job) *answer {
	if p == nil || len(j.body) == 0 || p.blank() {
		return nil
	}
	network := j.digest().network
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.suspects[network]
	if e == nil {
		return nil
	}
	s := e.Value.(*suspect)
	if !s.guilty() || s.expired(p.now()) {
		return nil
	}
	p.refused++
	a := problem(http.StatusUnprocessableEntity, fmt.Sprintf("engine workers died of this network, %s: it is refused until %s",
		name(network), s.last.Add(poisonFor).UTC().Format(time.RFC3339)))
	a.header.Set(RefusedHeader, Poisonous)
	return a
}

// learn takes what became of a request: whether the worker died of it, or gave a
// real answer. The end of a worker whose caller had gone away, or that the pool's
// own end brought, is neither.
func (p *poison) learn(j *job, r exchanged) {
	switch {
	case p == nil || len(j.body) == 0 || r.untouched:
	case r.reason == ReasonCrash, r.reason == ReasonMemory, r.reason == ReasonDeadline, r.reason == ReasonAnswer:
		p.died(j.digest(), r.reason)
	case r.answer != nil && r.answer.status < http.StatusInternalServerError && !p.blank():
		p.lived(j.digest())
	}
}

// died counts a death.
func (p *poison) died(of *digests, reason Reason) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	s := p.suspected(of.network)
	deaths := 1
	switch before := s.count(); {
	case s.guilty() && s.expired(now): // it was on trial
		s.deaths, deaths = map[[sha256.Size]byte]int{}, poisonAfter
	case s.expired(now):
		s.deaths = map[[sha256.Size]byte]int{}
	case before >= poisonAfter: // it was under way when the network was condemned
		deaths = 0
	}
	s.last = now
	if deaths == 0 {
		return
	}
	s.deaths[of.question] += deaths
	if s.guilty() {
		p.log.Warn("engine workers died of a network; it is refused for an hour",
			"network", hex.EncodeToString(of.network[:]), "reason", string(reason))
	}
}

// suspected is what is known of a network, first in the order.
func (p *poison) suspected(network [sha256.Size]byte) *suspect {
	if e := p.suspects[network]; e != nil {
		p.order.MoveToFront(e)
		return e.Value.(*suspect)
	}
	if p.order.Len() == maxSuspects {
		p.forget(p.order.Back())
	}
	s := &suspect{network: network, deaths: map[[sha256.Size]byte]int{}}
	p.suspects[network] = p.order.PushFront(s)
	return s
}

// lived forgives the deaths of a question.
func (p *poison) lived(d *digests) {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.suspects[d.network]
	if e == nil {
		return
	}
	s := e.Value.(*suspect)
	if delete(s.deaths, d.question); len(s.deaths) == 0 {
		p.forget(e)
	}
}

func (p *poison) forget(e *list.Element) {
	p.order.Remove(e)
	delete(p.suspects, e.Value.(*suspect).network)
}

// blank reports that no network is suspected, so that no digest is needed.
func (p *poison) blank() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.suspects) == 0
}

// stats counts the networks refused now and the refusals so far.
func (p *poison) stats() (poisonous int, refused uint64) {
	if p == nil {
		return 0, 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	for e := p.order.Front(); e != nil; e = e.Next() {
		if s := e.Value.(*suspect); s.guilty() && !s.expired(now) {
			poisonous++
		}
	}
	return poisonous, p.refused
}

// name is enough of a digest for people to find it in the log.
func name(digest [sha256.Size]byte) string { return hex.EncodeToString(digest[:6]) }
