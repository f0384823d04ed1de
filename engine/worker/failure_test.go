package worker_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"understudy/engine/worker"
)

func TestPool_AnalysisPastItsDeadlineIsKilledAndTheNextOneWorks(t *testing.T) {
	clock := newManualClock()
	p, dir := startPool(t, func(c *worker.Config) { c.Clock = clock }), t.TempDir()
	stuck := askAside(t.Context(), p, gate(dir, "0"))
	pid := inside(t, dir, 1)[0]
	if !slices.Contains(clock.waits(), 47*time.Second) {
		t.Fatalf("waits are %v, want 47 s among them", clock.waits())
	}
	clock.advance(46 * time.Second)
	if gone(pid) {
		t.Fatal("killed before the grace was over")
	}
	clock.advance(time.Second)
	wantReply(t, <-stuck, http.StatusGatewayTimeout, "did not end within 47s")
	if !gone(pid) {
		t.Error("the worker still runs")
	}
	if again := pidOf(t, p); again == pid {
		t.Error("the same worker answers")
	}
	if s := p.Stats(); s.Restarts[worker.ReasonDeadline] != 1 || s.Alive != 1 {
		t.Errorf("stats are %+v", s)
	}
}

func TestPool_WorkerKilledInMidRequestIs502AndIsReplaced(t *testing.T) {
	p, dir := startPool(t, nil), t.TempDir()
	computing := askAside(t.Context(), p, gate(dir, "0"))
	pid := inside(t, dir, 1)[0]
	_ = syscall.Kill(pid, syscall.SIGKILL)
	wantReply(t, <-computing, http.StatusBadGateway, "engine worker ended: signal: killed")
	if again := pidOf(t, p); again == pid {
		t.Error("the same worker answers")
	}
	if s := p.Stats(); s.Restarts[worker.ReasonCrash] != 1 {
		t.Errorf("stats are %+v", s)
	}
}

func TestPool_IdleWorkerThatIsKilledIsReplacedAndNoRequestNoticesIt(t *testing.T) {
	p := startPool(t, nil)
	for range 5 {
		pid := pidOf(t, p)
		_ = syscall.Kill(pid, syscall.SIGKILL)
		eventually(t, "the worker is gone", func() bool { return gone(pid) })
		if again := pidOf(t, p); again == pid {
			t.Error("the same worker answers")
		}
	}
}

func TestPool_WorkerThatSaysItIsSpentAnswersAndIsReplacedWithoutBackoff(t *testing.T) {
	clock := newManualClock() // a backoff would wait for ever
	p := startPool(t, func(c *worker.Config) { c.Clock = clock })
	r := ask(t.Context(), p, "/spent", "")
	wantReply(t, r, http.StatusOK, "")
	if r.header.Get(worker.SpentHeader) != "" {
		t.Errorf("the header went on: %v", r.header)
	}
	if again := pidOf(t, p); strconv.Itoa(again) == r.body {
		t.Error("the same worker answers")
	}
	if s := p.Stats(); s.Restarts[worker.ReasonSpent] != 1 || s.Restarts[worker.ReasonCrash] != 0 {
		t.Errorf("stats are %+v", s)
	}
}

func TestPool_WorkerThatEndsByItselfIs502WithItsExitStatus(t *testing.T) {
	p := startPool(t, nil)
	wantReply(t, ask(t.Context(), p, "/exit", ""), http.StatusBadGateway, "engine worker ended: exit status 9")
	wantReply(t, ask(t.Context(), p, "/cut", ""), http.StatusBadGateway, "engine worker ended: exit status 9")
	pidOf(t, p)
}

func TestPool_TooLargeAnswerIs502(t *testing.T) {
	p := startPool(t, func(c *worker.Config) { c.MaxAnswer = 1000 })
	wantReply(t, ask(t.Context(), p, "/large?n=1000", ""), http.StatusOK, "")
	wantReply(t, ask(t.Context(), p, "/large?n=1000000", ""), http.StatusBadGateway, "larger than 1000 bytes")
	pidOf(t, p)
}

func TestPool_WorkerAboveItsMemoryEndsItself(t *testing.T) {
	p := newPool(t, func(c *worker.Config) { c.Memory = 64 << 20 })
	p.SetResident(func(int) (int64, error) { return 0, errors.ErrUnsupported }) // the pool sees nothing
	start(t, p)
	wantReply(t, ask(t.Context(), p, "/hoard", ""), http.StatusBadGateway, "holds more memory than its limit of 64 MiB")
	pidOf(t, p)
	if s := p.Stats(); s.Restarts[worker.ReasonMemory] != 1 || s.Restarts[worker.ReasonCrash] != 0 {
		t.Errorf("stats are %+v", s)
	}
}

func TestPool_CallerThatGoesAwayFreesAWorkerThatHeedsIt(t *testing.T) {
	p, dir := startPool(t, func(c *worker.Config) { c.CancelGrace = patience }), t.TempDir()
	ctx, leave := context.WithCancel(t.Context())
	computing := askAside(ctx, p, gate(dir, "0")+"&heed")
	pid := inside(t, dir, 1)[0]
	leave()
	if r := <-computing; !errors.Is(r.err, context.Canceled) {
		t.Errorf("got %+v, want context.Canceled", r)
	}
	if again := pidOf(t, p); again != pid || !exists(dir+"/heeded") {
		t.Errorf("worker %d answers, want %d, which heeded the cancel", again, pid)
	}
}

func TestPool_CallerThatGoesAwayInTheMiddleIsNoCrashOfTheWorker(t *testing.T) {
	p, dir := startPool(t, func(c *worker.Config) { c.CancelGrace = patience }), t.TempDir()
	ctx, leave := context.WithCancel(t.Context())
	computing := askAside(ctx, p, "/abort?dir="+dir)
	pid := inside(t, dir, 1)[0]
	leave()
	if r := <-computing; !errors.Is(r.err, context.Canceled) {
		t.Errorf("got %+v, want context.Canceled", r)
	}
	if again := pidOf(t, p); again != pid {
		t.Errorf("worker %d took the place of %d", again, pid)
	}
	if n := p.Stats().Restarts[worker.ReasonCrash]; n != 0 {
		t.Errorf("%d crashes, want none", n)
	}
}

func TestPool_CallerThatGoesAwayHasAStubbornWorkerKilled(t *testing.T) {
	p, dir := startPool(t, func(c *worker.Config) { c.CancelGrace = time.Millisecond }), t.TempDir()
	ctx, leave := context.WithCancel(t.Context())
	computing := askAside(ctx, p, gate(dir, "0"))
	pid := inside(t, dir, 1)[0]
	leave()
	<-computing
	if again := pidOf(t, p); again == pid {
		t.Error("the same worker answers")
	}
	if s := p.Stats(); s.Restarts[worker.ReasonCanceled] != 1 {
		t.Errorf("stats are %+v", s)
	}
}

func TestPool_CrashLoopBacksOffDoublingUpToHalfAMinute(t *testing.T) {
	clock, dir := newManualClock(), t.TempDir()
	p := startPool(t, func(c *worker.Config) {
		c.Clock = clock
		c.Env = []string{"UNDERSTUDY_TEST_FILE=" + dir + "/broken"}
		command(t, c, "once")
	})
	pid := pidOf(t, p)
	touch(dir + "/broken")
	before := len(clock.waits())
	_ = syscall.Kill(pid, syscall.SIGKILL)
	var pauses []time.Duration
	for len(pauses) < 11 {
		eventually(t, "the slot pauses", func() bool { return len(clock.waits()) > before+len(pauses) })
		pauses = clock.waits()[before:]
		clock.advance(pauses[len(pauses)-1])
	}
	if got, want := durations(pauses), "100ms 200ms 400ms 800ms 1.6s 3.2s 6.4s 12.8s 25.6s 30s 30s"; got != want {
		t.Errorf("pauses are %s, want %s", got, want)
	}
}

func durations(ds []time.Duration) string {
	var words []string
	for _, d := range ds {
		words = append(words, d.String())
	}
	return strings.Join(words, " ")
}

func TestPool_CrashAfterAHealthyMinuteOrASuccessCountsAsTheFirst(t *testing.T) {
	for _, c := range []struct {
		name    string
		between func(*worker.Pool, *manualClock)
		want    time.Duration
	}{
		{"neither", func(*worker.Pool, *manualClock) {}, 200 * time.Millisecond},
		{"healthy minute", func(_ *worker.Pool, clock *manualClock) { clock.advance(time.Minute) }, 100 * time.Millisecond},
		{"success", func(p *worker.Pool, _ *manualClock) { pidOf(t, p) }, 100 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := newManualClock()
			p := startPool(t, func(c *worker.Config) { c.Clock = clock })
			crash(t, p, clock, 100*time.Millisecond)
			c.between(p, clock)
			crash(t, p, clock, c.want)
		})
	}
}

// crash has the pool's only worker end and answers when its successor is up,
// after the pause that the test wants.
func crash(t *testing.T, p *worker.Pool, clock *manualClock, pause time.Duration) {
	t.Helper()
	restarts := p.Stats().Restarts[worker.ReasonCrash]
	if r := ask(t.Context(), p, "/exit", ""); r.status != http.StatusBadGateway {
		t.Fatalf("got %+v", r)
	}
	eventually(t, "the end is counted", func() bool { return p.Stats().Restarts[worker.ReasonCrash] > restarts })
	eventually(t, "the slot pauses", func() bool { w := clock.waits(); return w[len(w)-1] < 45*time.Second })
	if w := clock.waits(); w[len(w)-1] != pause {
		t.Fatalf("pause is %s, want %s", w[len(w)-1], pause)
	}
	clock.advance(pause)
	eventually(t, "a worker is up", func() bool { return p.Stats().Alive == 1 })
}

func TestPool_WithoutALivingWorkerIsDegradedAndRequestsWait(t *testing.T) {
	clock := newManualClock()
	p := startPool(t, func(c *worker.Config) { c.Clock = clock })
	restarts := askExit(t, p)
	eventually(t, "the slot pauses", func() bool { return p.Stats().Restarts[worker.ReasonCrash] == restarts })
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://engine/health", nil)
	resp, err := p.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	var body strings.Builder
	_ = resp.Write(&body)
	if resp.StatusCode != http.StatusOK || !strings.Contains(body.String(), "degraded") {
		t.Errorf("health is %s", body.String())
	}
	waiting := askAside(t.Context(), p, "/pid")
	eventually(t, "the request waits", func() bool { return p.Stats().Queued == 1 })
	clock.advance(100 * time.Millisecond)
	wantReply(t, <-waiting, http.StatusOK, "")
}

func askExit(t *testing.T, p *worker.Pool) uint64 {
	t.Helper()
	before := p.Stats().Restarts[worker.ReasonCrash]
	wantReply(t, ask(t.Context(), p, "/exit", ""), http.StatusBadGateway, "exit status 9")
	return before + 1
}
