package proxy

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// mostInBatch is how many exchanges are recorded in one go.
const mostInBatch = 64

// recordQueue stands between the mirror workers and a recorder that may be slow.
// What finds it full is counted and forgotten.
type recordQueue struct {
	recorder Recorder
	timeout  time.Duration
	metrics  *metrics
	log      *slog.Logger

	queue  chan record
	done   chan struct{}
	giveUp context.CancelFunc

	mu      sync.RWMutex // guards closed
	closed  bool
	trouble atomic.Pointer[error] // of the last batch; nil: it was written
}

type record struct {
	exchange Exchange
	hold     *hold
}

func newRecordQueue(cfg Config, recorder Recorder, m *metrics, log *slog.Logger) *recordQueue {
	ctx, giveUp := context.WithCancel(context.Background())
	q := &recordQueue{
		recorder: recorder, timeout: cfg.RecordTimeout, metrics: m, log: log,
		queue: make(chan record, cfg.RecordQueue), done: make(chan struct{}), giveUp: giveUp,
	}
	go q.write(ctx)
	return q
}

// offer takes the exchange, and its hold, or drops both.
func (q *recordQueue) offer(e Exchange, h *hold) {
	if e.RequestBody == nil && e.PrimaryBody == nil && e.CandidateBody == nil {
		h.release() // nothing of it is kept
	}
	q.mu.RLock()
	defer q.mu.RUnlock()
	if !q.closed && q.recorder != nil {
		select {
		case q.queue <- record{e, h}:
			return
		default:
		}
	}
	if q.recorder != nil {
		q.metrics.recordsDropped.Inc()
	}
	h.release()
}

func (q *recordQueue) write(ctx context.Context) {
	defer close(q.done)
	for first := range q.queue {
		batch := []record{first}
		for more := true; more && len(batch) < mostInBatch; {
			select {
			case next, open := <-q.queue:
				if more = open; open {
					batch = append(batch, next)
				}
			default:
				more = false
			}
		}
		q.record(ctx, batch)
	}
}

// record writes one batch. A failure is logged when it begins and when it ends.
func (q *recordQueue) record(ctx context.Context, batch []record) {
	exchanges := make([]Exchange, len(batch))
	for i, r := range batch {
		exchanges[i] = r.exchange
	}
	err := q.try(ctx, exchanges)
	for _, r := range batch {
		r.hold.release()
	}
	if err == nil {
		if q.trouble.Swap(nil) != nil {
			q.log.Info("recording exchanges works again")
		}
		return
	}
	q.metrics.recordsDropped.Add(float64(len(batch)))
	if q.trouble.Swap(&err) == nil {
		q.log.Error("recording exchanges fails", "err", err)
	}
}

func (q *recordQueue) try(ctx context.Context, batch []Exchange) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = panicked{fault}
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, q.timeout)
	defer cancel()
	return q.recorder.RecordBatch(ctx, batch)
}

// lastWords is how long close goes on recording when its context has ended: what
// was under way then ends all at once, and its rows take milliseconds.
const lastWords = time.Second

// close records what is queued until ctx ends and a little longer, and drops the
// rest.
func (q *recordQueue) close(ctx context.Context) error {
	q.mu.Lock()
	q.closed = true
	close(q.queue)
	q.mu.Unlock()
	defer q.giveUp()
	select {
	case <-q.done:
		return nil
	case <-ctx.Done():
	}
	last := time.NewTimer(lastWords)
	defer last.Stop()
	select {
	case <-q.done:
	case <-last.C:
		q.giveUp() // the recorder sees its context end
		<-q.done
	}
	return ctx.Err()
}

// panicked is a panic that was contained.
type panicked struct{ fault any }

func (p panicked) Error() string { return fmt.Sprintf("panicked: %v", p.fault) }
