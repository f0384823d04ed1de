package worker_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"

	"understudy/engine/worker"
)

func ExamplePool() {
	pool, err := worker.New(worker.Config{
		Command: []string{os.Args[0]}, // a program that calls worker.Serve
		Env:     []string{modeEnv + "=worker", "GORACE=atexit_sleep_ms=0"},
		Workers: 1,
	})
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	if err := pool.Start(ctx); err != nil {
		log.Fatal(err)
	}
	defer pool.Close(ctx)

	client := &http.Client{Transport: pool}
	resp, err := client.Post("http://engine/echo", "application/json", strings.NewReader(`{"nodes":[]}`))
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.StatusCode, string(body))
	// Output: 418 {"nodes":[]}
}
