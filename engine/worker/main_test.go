package worker_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"understudy/engine/worker"
)

// modeEnv makes this test binary play another part than the tests.
const modeEnv = "UNDERSTUDY_TEST_MODE"

func TestMain(m *testing.M) {
	switch mode := os.Getenv(modeEnv); mode {
	case "worker":
		if err := worker.Serve(context.Background(), childHandler()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case "exit":
		fmt.Fprintln(os.Stderr, "this worker can't start")
		os.Exit(7)
	case "mute":
		select {}
	case "once": // works as long as the file is not there
		if _, err := os.Stat(os.Getenv("UNDERSTUDY_TEST_FILE")); err == nil {
			os.Exit(7)
		}
		_ = worker.Serve(context.Background(), childHandler())
	case "parent":
		playParent()
	default:
		goleak.VerifyTestMain(m)
	}
}

// childHandler is what the children of the tests serve.
func childHandler() http.Handler {
	mux := http.NewServeMux()
	var inside atomic.Int32
	mux.HandleFunc("/pid", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, os.Getpid()) })
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Seen", strings.Join([]string{r.Method, r.URL.RequestURI(), r.Header.Get("X-Test"), r.Header.Get("Expect")}, " "))
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.Copy(w, r.Body)
	})
	// gate says "in" by a file and goes on when another one appears.
	mux.HandleFunc("/gate", func(w http.ResponseWriter, r *http.Request) {
		n := inside.Add(1)
		defer inside.Add(-1)
		dir := r.URL.Query().Get("dir")
		touch(filepath.Join(dir, "in-"+r.URL.Query().Get("id")+"-"+strconv.Itoa(os.Getpid())))
		for !exists(filepath.Join(dir, "open")) {
			if r.URL.Query().Has("heed") && r.Context().Err() != nil {
				touch(filepath.Join(dir, "heeded"))
				return
			}
			time.Sleep(time.Millisecond)
		}
		fmt.Fprintf(w, "%d %d", os.Getpid(), n)
	})
	// abort says "in" like gate and closes the connection when the caller leaves.
	mux.HandleFunc("/abort", func(_ http.ResponseWriter, r *http.Request) {
		touch(filepath.Join(r.URL.Query().Get("dir"), "in--"+strconv.Itoa(os.Getpid())))
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	})
	mux.HandleFunc("/spent", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set(worker.SpentHeader, "1")
		fmt.Fprint(w, os.Getpid())
	})
	mux.HandleFunc("/exit", func(http.ResponseWriter, *http.Request) {
		fmt.Fprintln(os.Stderr, "about to end")
		os.Exit(9)
	})
	mux.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "half")
		_ = http.NewResponseController(w).Flush()
		os.Exit(9)
	})
	mux.HandleFunc("/refuse", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set(worker.RefusedHeader, worker.Poisonous)
		w.WriteHeader(http.StatusUnprocessableEntity)
	})
	misbehave(mux)
	mux.HandleFunc("/large", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		_, _ = w.Write(make([]byte, n))
	})
	mux.HandleFunc("/hoard", func(w http.ResponseWriter, r *http.Request) {
		var hoard [][]byte
		for r.Context().Err() == nil {
			block := make([]byte, 1<<20)
			for i := range block {
				block[i] = byte(i)
			}
			hoard = append(hoard, block)
			time.Sleep(time.Millisecond)
		}
		fmt.Fprint(w, len(hoard))
	})
	mux.HandleFunc("/descriptors", func(w http.ResponseWriter, _ *http.Request) {
		entries, _ := os.ReadDir("/proc/self/fd")
		for _, e := range entries {
			if target, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil {
				fmt.Fprintln(w, e.Name(), target)
			}
		}
	})
	mux.HandleFunc("/stat", func(w http.ResponseWriter, _ *http.Request) {
		stat, _ := os.ReadFile("/proc/self/stat")
		fmt.Fprintf(w, "%s%s\n", stat, os.Getenv("GOMEMLIMIT"))
	})
	return mux
}

func touch(path string) { _ = os.WriteFile(path, nil, 0o600) }

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
