package proxy

import (
	"sync"
	"sync/atomic"
)

// jobQueue is bounded by count and by bytes, with a fixed number of workers
// behind it. offer never waits: the client's goroutine calls it.
//
// Where there is no room the oldest goes. What has just come tells about the
// network and the candidate as they are now; and the questions of one scan are
// neighbours, so that those which stay are of few scans, and whole ones.
type jobQueue struct {
	most      int
	mostBytes int64
	yield     func(stop <-chan struct{}) // called while a job waits, before one is taken; nil: there is nobody to give way to
	stop      chan struct{}              // closed by close

	mu      sync.Mutex // guards jobs and closed
	ready   *sync.Cond // jobs or closed have changed
	jobs    []*job     // the oldest first
	closed  bool
	waiting atomic.Int64 // written with mu held, as is bytes
	bytes   atomic.Int64 // of the bodies of jobs
	workers sync.WaitGroup
}

func newJobQueue(most int, mostBytes int64) *jobQueue {
	q := &jobQueue{most: most, mostBytes: mostBytes, stop: make(chan struct{})}
	q.ready = sync.NewCond(&q.mu)
	return q
}

// offer queues j and gives the jobs that have no room because of it, which are
// the caller's to end. It is j itself where that is larger than the queue. Once
// the queue is closed j is refused.
func (q *jobQueue) offer(j *job) (dropped []*job, closed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed:
		return nil, true
	case j.size() > q.mostBytes:
		return []*job{j}, false
	}
	for len(q.jobs) >= q.most || q.bytes.Load()+j.size() > q.mostBytes {
		dropped = append(dropped, q.pop())
	}
	q.jobs = append(q.jobs, j)
	q.count(1, j.size())
	q.ready.Signal()
	return dropped, false
}

// pop takes the oldest job off; there must be one. q.mu is held.
func (q *jobQueue) pop() *job {
	j := q.jobs[0]
	q.jobs[0] = nil // or the slice would keep its bodies alive
	q.jobs = q.jobs[1:]
	q.count(-1, -j.size())
	return j
}

func (q *jobQueue) count(jobs, bytes int64) {
	q.waiting.Add(jobs)
	q.bytes.Add(bytes)
}

// start runs the workers, until close.
func (q *jobQueue) start(workers int, work func(*job)) {
	for range workers {
		q.workers.Go(func() {
			for j := q.take(); j != nil; j = q.take() {
				work(j)
			}
		})
	}
}

// take waits for a job; nil once the queue is closed. It gives way before it
// takes one, and not after, so that what waits is still the queue's to drop.
func (q *jobQueue) take() *job {
	for {
		if !q.some() {
			return nil
		}
		if q.yield != nil {
			q.yield(q.stop)
		}
		if j := q.first(); j != nil {
			return j
		}
	}
}

// some waits until there is a job; false once the queue is closed.
func (q *jobQueue) some() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.jobs) == 0 && !q.closed {
		q.ready.Wait()
	}
	return !q.closed
}

// first is the oldest job, nil if another worker was faster.
func (q *jobQueue) first() *job {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.jobs) == 0 {
		return nil
	}
	return q.pop()
}

// close hands what waits to drop, and returns when the workers have ended what
// they were at.
func (q *jobQueue) close(drop func(*job)) {
	q.mu.Lock()
	left := q.jobs
	q.jobs, q.closed = nil, true
	q.waiting.Store(0)
	q.bytes.Store(0)
	q.ready.Broadcast()
	q.mu.Unlock()
	close(q.stop)
	for _, j := range left {
		drop(j)
	}
	q.workers.Wait()
}
