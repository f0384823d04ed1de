package proxy

import (
	"context"
	"sync"
	"sync/atomic"
)

// jobQueue is bounded, with a fixed number of workers behind it. offer never
// waits: the client's goroutine calls it.
type jobQueue struct {
	queue chan *job
	stop  chan struct{}

	mu      sync.RWMutex // guards closed, so that nothing is offered behind the workers' backs
	closed  bool
	waiting atomic.Int64
	workers sync.WaitGroup
}

func newJobQueue(length int) *jobQueue {
	return &jobQueue{queue: make(chan *job, length), stop: make(chan struct{})}
}

// offer queues a job, or says why it was dropped.
func (q *jobQueue) offer(j *job) (drop string) {
	q.mu.RLock()
	defer q.mu.RUnlock()
	if q.closed {
		return dropShutdown
	}
	q.waiting.Add(1) // before a worker can take it off again
	select {
	case q.queue <- j:
		return ""
	default:
		q.waiting.Add(-1)
		return dropQueueFull
	}
}

// start runs the workers. They finish what is queued, also after close, as long
// as ctx lives; the rest goes to drop.
func (q *jobQueue) start(ctx context.Context, workers int, work, drop func(*job)) {
	take := func(j *job) {
		q.waiting.Add(-1)
		if ctx.Err() != nil {
			drop(j)
			return
		}
		work(j)
	}
	for range workers {
		q.workers.Go(func() {
			for {
				select {
				case j := <-q.queue:
					take(j)
				case <-q.stop:
					q.drain(take)
					return
				}
			}
		})
	}
}

func (q *jobQueue) drain(take func(*job)) {
	for {
		select {
		case j := <-q.queue:
			take(j)
		default:
			return
		}
	}
}

// close stops taking jobs and waits until the workers have emptied the queue.
func (q *jobQueue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	close(q.stop)
	q.workers.Wait()
}
