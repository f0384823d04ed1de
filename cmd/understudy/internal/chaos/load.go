package chaos

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Load sends the questions of a primary through a sidecar again and again.
type Load struct {
	Primary  *Primary
	Expected []Expected
	// Concurrency is how many clients there are. Default: 8.
	Concurrency int
	// Pause is how long a client waits between two questions: without one all that
	// could be measured is how busy the machine is. Default: 10 ms.
	Pause time.Duration
	// Reconnect says that each question has a connection of its own.
	Reconnect bool
	// Allow says what may be seen beside the primary's answers.
	Allow Allowance
}

// Tally is what a load has seen.
type Tally struct {
	Requests    int
	Candidate   int // answered by the candidate
	Refused     int // without any answer, where that is allowed
	Differences int
	First       *Difference
	Took        []time.Duration // of the answers that came, sorted
}

// pass tells the scans of all loads of a process from each other.
var pass atomic.Int64

// Run asks until ctx ends and waits for the answers under way, so that no question
// stays without one.
func (l Load) Run(ctx context.Context, base string) Tally {
	clients, pause := l.Concurrency, l.Pause
	if clients == 0 {
		clients = 8
	}
	if pause == 0 {
		pause = 10 * time.Millisecond
	}
	client := NewClient(clients, !l.Reconnect)
	defer client.Close()
	total := tallies{}
	var next atomic.Int64
	first := pass.Add(1)
	questions := int64(len(l.Primary.Questions))
	var group sync.WaitGroup
	for range clients {
		group.Go(func() {
			for ctx.Err() == nil {
				n := next.Add(1) - 1
				i := n % questions
				q := l.Primary.Questions[i]
				name := scanName(q, strconv.FormatInt(first, 10)+"-"+strconv.FormatInt(n/questions, 10))
				// Not ctx: its end would cut the answer.
				got := client.Ask(context.WithoutCancel(ctx), base, q, name)
				total.add(l.Expected[i], q, got, l.Allow)
				wait(ctx, pause)
			}
		})
	}
	group.Wait()
	slices.Sort(total.Took)
	return total.Tally
}

type tallies struct {
	sync.Mutex // guards Tally
	Tally
}

func (t *tallies) add(e Expected, q Question, got Answer, may Allowance) {
	why := e.Differs(q, got, may) // outside the lock: it may have to compare sets
	t.Lock()
	defer t.Unlock()
	t.Requests++
	if got.End != None {
		t.Took = append(t.Took, got.Took)
	} else if e.Direct.End != None {
		t.Refused++
	}
	if got.ByCandidate() {
		t.Candidate++
	}
	if why == "" {
		return
	}
	if t.Differences++; t.First == nil {
		t.First = &Difference{Why: why, Question: q, Want: e.Direct, Got: got}
	}
}

// Add puts two phases of a row together.
func (t Tally) Add(other Tally) Tally {
	t.Requests += other.Requests
	t.Candidate += other.Candidate
	t.Refused += other.Refused
	t.Differences += other.Differences
	if t.First == nil {
		t.First = other.First
	}
	t.Took = slices.Concat(t.Took, other.Took)
	slices.Sort(t.Took)
	return t
}

// Quantile is the time within which a share of the answers came, 0 without any.
func (t Tally) Quantile(share float64) time.Duration {
	if len(t.Took) == 0 {
		return 0
	}
	return t.Took[min(len(t.Took)-1, int(share*float64(len(t.Took))))]
}

// wait lets time pass, or less of it when ctx ends.
func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
