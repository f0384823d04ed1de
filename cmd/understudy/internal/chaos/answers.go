package chaos

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"understudy/engine/api"
)

// answering answers the n-th question to a candidate, from 0 on.
type answering func(n int64, w http.ResponseWriter, r *http.Request)

// answerFaults are candidates behind a URL that answer what no scanner should.
func answerFaults() []Fault {
	var list []Fault
	for _, one := range []struct {
		name, why string
		answer    answering
	}{
		{"candidate slow by 60 s", "a client waits for it", slowAnswer},
		{"garbage answers", "a parser panics, or garbage is passed on", half(garbageAnswer)},
		{"wrong answers", "a wrong answer goes out", half(wrongAnswer)},
		{"answers of 1 GB", "memory runs out", hugeAnswer},
	} {
		list = append(list, inBoth(Fault{Name: one.name, Why: one.why, Prepare: answeredBy(one.answer)})...)
	}
	return list
}

// queueFaults fill the mirror's queue: it has one place, and the candidate takes its time.
func queueFaults() []Fault {
	slow := func(n int64, w http.ResponseWriter, r *http.Request) {
		wait(r.Context(), 300*time.Millisecond)
		wrongAnswer(n, w, r)
	}
	prepare := answeredBy(slow)
	return []Fault{{
		Name: "mirror queue full", Why: "a copy that has no place holds up its request", Stage: shadow,
		Prepare: func(ctx context.Context, t *Target) error {
			t.Use("--mirror-queue", "1", "--mirror-workers", "1")
			return prepare(ctx, t)
		},
		Start: func(ctx context.Context, t *Target) (func(), error) {
			t.struck.Store(0) // what counts is a copy that was dropped
			return t.watch(ctx, "understudy_mirror_dropped_total"), nil
		},
	}}
}

// answeredBy makes the candidate a server that answers in a way of its own.
func answeredBy(answer answering) func(context.Context, *Target) error {
	return func(ctx context.Context, t *Target) error {
		var asked atomic.Int64
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		server := &http.Server{
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/analyze/") {
					t.Struck()
				}
				answer(asked.Add(1)-1, w, r)
			}),
			ReadHeaderTimeout: 10 * time.Second,
			ErrorLog:          log.New(io.Discard, "", 0),
		}
		go func() { _ = server.Serve(listener) }() // ends with Close
		t.closes(func() { server.Close() })
		t.Use("--candidate", "http://"+listener.Addr().String())
		return nil
	}
}

// rightAnswers makes the candidate an engine behind a URL.
var rightAnswers = answeredBy(func(_ int64, w http.ResponseWriter, r *http.Request) { rightly.ServeHTTP(w, r) })

// half answers every other question right: a candidate that is always wrong is out of
// service before a client meets it.
func half(fault answering) answering {
	return func(n int64, w http.ResponseWriter, r *http.Request) {
		if n%2 == 1 && r.URL.Path != "/health" {
			fault(n/2, w, r)
			return
		}
		rightly.ServeHTTP(w, r)
	}
}

func slowAnswer(n int64, w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // only then does the server notice that a client went away
	wait(r.Context(), 60*time.Second)
	wrongAnswer(n, w, r)
}

// garbage is what comes in turns in place of an answer.
var garbage = []func(w http.ResponseWriter){
	raw(func() string {
		noise := make([]byte, 4096)
		for i := range noise {
			noise[i] = byte(rand.Uint32())
		}
		return string(noise)
	}),
	raw(func() string { return "" }),
	raw(func() string {
		return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n0\r\n\r\n"
	}),
	raw(func() string {
		return "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{\"top_tier\":[]}"
	}),
	raw(func() string {
		return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"top_tier\":["
	}),
	raw(func() string { return strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n", 50) }),
	raw(func() string { return "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("y", 2<<20) + "\r\n\r\n{}" }),
	raw(func() string {
		return "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"
	}),
	said(200, `{"top_tier": "a", "top_tier_size": {}, "min_size": 1e999, "example_set": [[[1]]]}`),
	said(200, strings.Repeat(`{"network":`, 100_000)),
	said(200, `{"top_tier":["a"],"top_tier":["b"],"min_size":-1,"intersects":"no","total_sets":1e30}`),
	said(200, "\xff\xfe{\x00}"),
	said(200, "<html><body>It works!</body></html>"),
	said(200, ""),
	said(204, ""),
	said(304, ""),
	said(418, "teapot"),
	said(999, "{}"),
	func(w http.ResponseWriter) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = io.WriteString(w, "this is not gzip")
	},
}

func garbageAnswer(n int64, w http.ResponseWriter, _ *http.Request) {
	garbage[n%int64(len(garbage))](w)
}

// raw writes bytes to the connection and closes it.
func raw(text func() string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(conn, text())
		conn.Close()
	}
}

func said(status int, body string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

var rightly = api.Handler(api.DefaultConfig())

// wrongAnswer gives the engine's answer with something falsified: in turns its truths,
// its sets together with their sizes, the numbers that nothing in the answer bears
// out, and all numbers. But for the last one it does not contradict itself.
func wrongAnswer(n int64, w http.ResponseWriter, r *http.Request) {
	right := httptest.NewRecorder()
	rightly.ServeHTTP(right, r)
	body := right.Body.Bytes()
	var answer map[string]any
	if r.URL.Path != "/health" && json.Unmarshal(body, &answer) == nil {
		falsify(answer, falsehoods[n%int64(len(falsehoods))])
		body, _ = json.Marshal(answer) // it came from JSON
	}
	w.Header().Set("Content-Type", right.Header().Get("Content-Type"))
	w.WriteHeader(right.Code)
	_, _ = w.Write(body)
}

// falsehoods say what becomes of a field.
var falsehoods = []func(name string, value any) any{
	func(_ string, value any) any {
		if truth, is := value.(bool); is {
			return !truth
		}
		return value
	},
	func(name string, value any) any {
		switch value := value.(type) {
		case []any:
			return value[:max(0, len(value)-1)]
		case float64:
			if strings.HasSuffix(name, "size") {
				return max(0, value-1)
			}
		}
		return value
	},
	func(name string, value any) any {
		if number, is := value.(float64); is && strings.HasPrefix(name, "total_") {
			return number + 1
		}
		return value
	},
	func(name string, value any) any {
		if number, is := value.(float64); is && !strings.HasSuffix(name, "_ms") {
			return number + 1
		}
		return value
	},
}

func falsify(answer map[string]any, change func(string, any) any) {
	for name, value := range answer {
		if part, is := value.(map[string]any); is {
			falsify(part, change)
			continue
		}
		answer[name] = change(name, value)
	}
}

const gigabyte = 1 << 30

// hugeAnswer gives 1 GB: of known length, of unknown length, and as a bomb of gzip.
func hugeAnswer(n int64, w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch n % 3 {
	case 0:
		w.Header().Set("Content-Length", fmt.Sprint(gigabyte))
	case 1:
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb())
		return
	}
	piece := []byte(strings.Repeat(`"a",`, 1<<18))
	_, _ = io.WriteString(w, `{"top_tier":[`)
	for sent := 0; sent < gigabyte; sent += len(piece) {
		if _, err := w.Write(piece); err != nil {
			return
		}
	}
}

// bomb is 1 GB of JSON in a megabyte of gzip: one compressed megabyte, again and again,
// which is one stream by the rules of gzip.
var bomb = sync.OnceValue(func() []byte {
	var member bytes.Buffer
	zip := gzip.NewWriter(&member)
	_, _ = zip.Write(bytes.Repeat([]byte(" "), 1<<20)) // to memory
	_ = zip.Close()
	return bytes.Repeat(member.Bytes(), gigabyte>>20)
})
