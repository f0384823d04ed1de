package worker_test

import (
	"net/http"
	"net/url"
	"runtime"
	"testing"

	"understudy/engine/worker"
)

func TestPool_AnswerThatIsNotOneOfHTTPIs502AndTheWorkerIsReplaced(t *testing.T) {
	for _, c := range []struct{ name, say, want string }{
		{"garbage", "garbage\r\n\r\n", "is not HTTP"},
		{"a binary", "\x16\x03\x01\x02\x00\x01\x00\n\n", "is not HTTP"},
		{"a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", "is not HTTP"},
		{"a chunk that is none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "is not HTTP"},
		{"an interim answer", "HTTP/1.1 102 Processing\r\n\r\n", "has the status 102"},
		{"a status that is none", "HTTP/1.1 000 No\r\nContent-Length: 0\r\n\r\n", "has the status 0"},
		{"a status above all", "HTTP/1.1 999 Yes\r\nContent-Length: 0\r\n\r\n", "has the status 999"},
		{"too long by its own word", "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", "larger than 67108864 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := startPool(t, nil)
			wantReply(t, ask(t.Context(), p, "/raw?say="+url.QueryEscape(c.say), ""), http.StatusBadGateway, c.want)
			pidOf(t, p)
			if s := p.Stats(); s.Restarts[worker.ReasonAnswer] != 1 {
				t.Errorf("stats are %+v", s)
			}
		})
	}
}

func TestPool_AnswerOfAGigabyteIs502AndCostsThePoolNoMoreThanItsLimit(t *testing.T) {
	for name, head := range map[string]string{
		"body to the end": "HTTP/1.1 200 OK\r\n\r\n",
		"header":          "HTTP/1.1 200 OK\r\nX-Long: ",
		"headers":         "HTTP/1.1 200 OK\r\n" + "X-A: b\r\nX-C: ",
		"status line":     "HTTP/1.1 200 ",
		"chunk":           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40000000\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			p := startPool(t, func(c *worker.Config) { c.MaxAnswer = 4 << 20 })
			before := allocated()
			wantReply(t, ask(t.Context(), p, "/flood?n=1024&head="+url.QueryEscape(head), ""), http.StatusBadGateway, "larger than")
			if grown := allocated() - before; grown > 64<<20 {
				t.Errorf("%d MiB were allocated for it", grown>>20)
			}
			pidOf(t, p)
		})
	}
}

// allocated is all that was ever allocated, so that no collection hides any of it.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}
