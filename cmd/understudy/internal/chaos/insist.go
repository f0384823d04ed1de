package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// insistence is how often a candidate is put back into service.
const insistence = 20 * time.Millisecond

// insist keeps a candidate in service: the first wrong answer makes the breaker take it
// out, and a fault would meet clients for a few milliseconds only. So an operator with
// bad judgement overrides the share to 100 %, and resets the rollout where that is
// refused, again and again, until ctx ends.
func insist(ctx context.Context, t *Target) {
	client := &http.Client{Timeout: 2 * time.Second}
	defer client.CloseIdleConnections()
	const reason = "it is tried all the same"
	for ctx.Err() == nil {
		if t.act(ctx, client, "override", map[string]any{"reason": reason, "percent": 100, "for": "1h"}) == nil {
			wait(ctx, insistence)
			continue
		}
		if t.act(ctx, client, "reset", map[string]any{"reason": reason}) != nil {
			wait(ctx, insistence)
		}
	}
}

// act asks the operations API for an action.
func (t *Target) act(ctx context.Context, client *http.Client, name string, body map[string]any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.Ops+"/api/v1/rollout/"+name, bytes.NewReader(text))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+t.Token)
	response, err := client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(response.Body, 4096))
	if response.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s: %s: %s", name, response.Status, answer)
	}
	return nil
}
