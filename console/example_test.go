package console_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"understudy/console"
	"understudy/store"
)

func ExampleAPI() {
	dir, err := os.MkdirTemp("", "console")
	if err != nil {
		log.Panic(err)
	}
	defer os.RemoveAll(dir)
	s, err := store.Open(context.Background(), filepath.Join(dir, "understudy.db"))
	if err != nil {
		log.Panic(err)
	}
	defer s.Close()

	server := httptest.NewServer(console.API(s, console.Config{}))
	defer server.Close()
	for _, path := range []string{"exchanges", "exchanges?limit=many"} {
		response, err := http.Get(server.URL + console.Prefix + path)
		if err != nil {
			log.Panic(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			log.Panic(err)
		}
		fmt.Printf("%d %s\n", response.StatusCode, body)
	}
	// Output:
	// 200 {"exchanges":[]}
	// 400 {"title":"Bad Request","status":400,"detail":"limit: \"many\": want a whole number from 1 to 1000","parameter":"limit"}
}
