package proxy

import "time"

// A nap that ends so much too late says that the machine is busy: whoever wakes
// up has to wait for a processor, and a client's request does so, too. On an idle
// machine it is a tenth of a millisecond.
const busyLateness = 2 * time.Millisecond

// Naps get longer while the machine stays busy.
const (
	firstNap = time.Millisecond
	lastNap  = 64 * time.Millisecond
)

// courtesy lets copies give way to clients. Only where somebody is being served
// and the machine is busy does a copy wait, and not for ever: a mirror that never
// comes to its turn tells nothing.
//
// How busy the machine is it finds out by asking for a processor after a nap. That
// counts everything: other processes, the workers, and the threads of this one.
type courtesy struct {
	most    time.Duration // that one copy waits
	clients func() bool   // somebody is being served
	nap     func(d time.Duration, stop <-chan struct{}) (slept time.Duration)
	waited  func(time.Duration)
}

// yield returns when it is the copies' turn, or when stop is closed.
func (c courtesy) yield(stop <-chan struct{}) {
	var waited time.Duration
	for d := firstNap; waited < c.most && c.clients(); d = min(2*d, lastNap) {
		slept := c.nap(d, stop)
		waited += slept
		if slept-d < busyLateness {
			break
		}
	}
	c.waited(waited)
}

func nap(d time.Duration, stop <-chan struct{}) (slept time.Duration) {
	start := time.Now()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-stop:
	}
	return time.Since(start)
}
