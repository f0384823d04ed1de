package notify_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	"understudy/rollout/notify"
)

func Example() {
	webhook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Println(string(body))
	}))
	defer webhook.Close()
	address, err := url.Parse(webhook.URL)
	if err != nil {
		log.Fatal(err)
	}

	n, err := notify.New(notify.Config{URLs: []*url.URL{address}, Instance: "explorer-1"})
	if err != nil {
		log.Fatal(err)
	}
	n.Send(notify.Message{At: time.Unix(0, 0).UTC(), Kind: "promoted", Text: "promoted from shadow to canary_1", ServePercent: 1})
	if err := n.Close(context.Background()); err != nil {
		log.Fatal(err)
	}
	// Output:
	// {"text":"explorer-1: promoted from shadow to canary_1","at":"1970-01-01T00:00:00Z","kind":"promoted","serve_percent":1,"instance":"explorer-1"}
}
