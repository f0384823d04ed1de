package proxy

import (
	"slices"
	"testing"
	"time"
)

// late makes each nap so much too long, until there are none left.
func late(naps *[]time.Duration, by ...time.Duration) func(time.Duration, <-chan struct{}) time.Duration {
	return func(d time.Duration, _ <-chan struct{}) time.Duration {
		*naps = append(*naps, d)
		if len(*naps) > len(by) {
			return d
		}
		return d + by[len(*naps)-1]
	}
}

func TestCourtesy_ACopyWaitsWhileTheMachineIsBusyWithClients(t *testing.T) {
	const ms = time.Millisecond
	some, none := func() bool { return true }, func() bool { return false }
	always := slices.Repeat([]time.Duration{10 * ms}, 1000)
	for _, test := range []struct {
		name    string
		most    time.Duration
		clients func() bool
		late    []time.Duration
		naps    []time.Duration
	}{
		{"nobody is served", time.Second, none, always, nil},
		{"the machine is idle: one nap tells", time.Second, some, nil, []time.Duration{ms}},
		{"busy for two naps", time.Second, some, always[:2], []time.Duration{ms, 2 * ms, 4 * ms}},
		{"a little late is no sign", time.Second, some, []time.Duration{ms}, []time.Duration{ms}},
		{"busy for ever: the copy has its turn all the same", 30 * ms, some, always, []time.Duration{ms, 2 * ms, 4 * ms}},
		{"naps grow no longer", time.Second, some, always, []time.Duration{ms, 2 * ms, 4 * ms, 8 * ms, 16 * ms, 32 * ms, 64 * ms, 64 * ms, 64 * ms, 64 * ms, 64 * ms, 64 * ms, 64 * ms, 64 * ms, 64 * ms, 64 * ms, 64 * ms, 64 * ms}},
		{"switched off", 0, some, always, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var naps []time.Duration
			var waited time.Duration
			courtesy{most: test.most, clients: test.clients, nap: late(&naps, test.late...), waited: func(d time.Duration) { waited += d }}.yield(nil)
			if !slices.Equal(naps, test.naps) {
				t.Errorf("naps of %v, want %v", naps, test.naps)
			}
			var least time.Duration
			for _, d := range naps {
				least += d
			}
			if waited < least {
				t.Errorf("counted %s of at least %s", waited, least)
			}
		})
	}
}

func TestNap_EndsWithTheQueue(t *testing.T) {
	stop := make(chan struct{})
	close(stop)
	if slept := nap(time.Hour, stop); slept > time.Minute {
		t.Errorf("slept %s", slept)
	}
}

func TestJobQueue_GivesWayBeforeItTakesAJob(t *testing.T) {
	q := newJobQueue(1, 100)
	asked, may, done := make(chan struct{}), make(chan struct{}), make(chan *job)
	q.yield = func(<-chan struct{}) { asked <- struct{}{}; <-may }
	q.start(1, func(j *job) { done <- j })
	first, second := &job{id: "first"}, &job{id: "second"}
	if dropped, closed := q.offer(first); dropped != nil || closed {
		t.Fatalf("dropped %v, closed %v", dropped, closed)
	}
	<-asked // the worker waits for its turn, and the queue still holds the job
	if dropped, _ := q.offer(second); !slices.Equal(dropped, []*job{first}) {
		t.Fatalf("dropped %v, want the first", dropped)
	}
	may <- struct{}{}
	if j := <-done; j != second {
		t.Errorf("worked on %s", j.id)
	}
	q.close(func(*job) { t.Error("dropped what was done") })
	if _, closed := q.offer(first); !closed {
		t.Error("a closed queue took a job")
	}
}
