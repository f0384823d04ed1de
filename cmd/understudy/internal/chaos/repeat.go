package chaos

import (
	"bufio"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// every does something at once and again after each pause, until stop is called or ctx
// ends. stop waits for the last time to be over.
func every(ctx context.Context, pause time.Duration, do func()) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			do()
			wait(ctx, pause)
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// watch takes it for a strike when a metric of the target has grown.
func (t *Target) watch(ctx context.Context, metric string) (stop func()) {
	was := 0.0
	return every(ctx, 100*time.Millisecond, func() {
		if is, err := t.metric(ctx, metric); err == nil && is > was {
			was = is
			t.Struck()
		}
	})
}

// metric is the sum of a metric over its labels.
func (t *Target) metric(ctx context.Context, name string) (sum float64, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, t.Ops+"/metrics", nil)
	if err != nil {
		return 0, err
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		rest, found := strings.CutPrefix(lines.Text(), name)
		if !found || rest == "" || rest[0] != ' ' && rest[0] != '{' {
			continue
		}
		if value, err := strconv.ParseFloat(rest[strings.LastIndexByte(rest, ' ')+1:], 64); err == nil {
			sum += value
		}
	}
	return sum, lines.Err()
}
