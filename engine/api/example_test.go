package api_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"understudy/engine"
	"understudy/engine/api"
)

func ExampleHandler() {
	server := httptest.NewServer(api.Handler(api.Config{Version: "1.0.0"}))
	defer server.Close()
	resp, err := http.Post(server.URL+"/analyze/top-tier", "application/json", strings.NewReader(`{"nodes":"none"}`))
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(resp.StatusCode, " ", string(body))
	// Output: 422 {"title":"Unprocessable Entity","status":422,"detail":"nodes: must be an array, got \"none\"","field":"nodes"}
}

func ExampleQuestion_Answer() {
	q, err := api.DecodeQuestion(engine.BlockingSets, []byte(threeOfFour), api.Config{})
	if err != nil {
		log.Fatal(err)
	}
	answer, err := q.Answer(context.Background(), "1.0.0")
	if err != nil {
		log.Fatal(err)
	}
	sets := answer.(api.Sets)
	fmt.Println(sets.TotalSets, "sets of at least", sets.MinSize)
	// Output: 6 sets of at least 2
}
