package chaos

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"understudy/engine/api"
)

// Scanner answers a question once, so that the answer can be replayed.
type Scanner func(ctx context.Context, q Question) (Answer, error)

// Engine is the candidate's own handler as a scanner.
func Engine() Scanner {
	handler := api.Handler(api.DefaultConfig())
	return func(ctx context.Context, q Question) (Answer, error) {
		r := httptest.NewRequestWithContext(ctx, q.Method, q.Path, bytes.NewReader(q.Body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return Answer{Status: w.Code, Header: w.Header(), Body: w.Body.Bytes(), End: Whole}, nil
	}
}

// At is the scanner that listens at a URL.
func At(base string) Scanner {
	client := NewClient(1, true)
	return func(ctx context.Context, q Question) (Answer, error) {
		a := client.Ask(ctx, base, q, "")
		return a, a.Err
	}
}

// Behaviour is what becomes of every other question to the primary; the zero value
// answers all of them as recorded.
type Behaviour struct {
	Delay  time.Duration // before anything of the answer
	Status int           // in place of the recorded one, with a body that says so
	Reset  bool          // the connection is reset in the middle of the body
	Silent bool          // the connection is reset before a byte of the answer
	Refuse bool          // nobody listens, for any question
}

// Primary replays recorded answers, byte for byte the same each time, to exactly the
// questions that were recorded: a request that was changed on its way gets a 404.
type Primary struct {
	URL       string
	Questions []Question
	Right     [][]byte // the engine's answer to each analysis

	address   string
	recorded  map[string]recording
	behaviour atomic.Pointer[Behaviour]
	asked     atomic.Int64

	mu     sync.Mutex // guards server
	server *http.Server
}

type recording struct {
	number int
	answer Answer
}

// theDate is in all answers, or no two of them would be alike.
const theDate = "Mon, 02 Nov 2026 03:04:05 GMT"

// StartPrimary asks a scanner everything once and replays it on a port of its own.
func StartPrimary(ctx context.Context, questions []Question, scanner Scanner) (*Primary, error) {
	p := &Primary{Questions: questions, recorded: make(map[string]recording), address: "127.0.0.1:0"}
	p.behaviour.Store(new(Behaviour))
	engine := Engine()
	for i, q := range questions {
		answer, err := scanner(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("record %s %s: %w", q.Method, q.Path, err)
		}
		var right []byte
		if q.Analysis() != "" {
			known, err := engine(ctx, q)
			if err != nil {
				return nil, err
			}
			right = known.Body
		}
		p.Right = append(p.Right, right)
		if _, there := p.recorded[keyOf(q.Method, q.Path, q.Body)]; !there {
			p.recorded[keyOf(q.Method, q.Path, q.Body)] = recording{i, answer}
		}
	}
	return p, p.listen()
}

func keyOf(method, target string, body []byte) string {
	return fmt.Sprintf("%s %s %x", method, target, sha256.Sum256(body))
}

// Asked is how many requests it has met.
func (p *Primary) Asked() int64 { return p.asked.Load() }

// Behave changes what it does from the next question on.
func (p *Primary) Behave(b Behaviour) error {
	was := p.behaviour.Swap(&b)
	switch {
	case b.Refuse && !was.Refuse:
		p.Close()
	case !b.Refuse && was.Refuse:
		return p.listen()
	}
	return nil
}

// Close ends it and all its connections.
func (p *Primary) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server != nil {
		p.server.Close()
	}
}

func (p *Primary) listen() error {
	listener, err := net.Listen("tcp", p.address) //nolint:noctx // bind only
	if err != nil {
		return fmt.Errorf("start primary: %w", err)
	}
	p.address = listener.Addr().String() // the same when it comes back
	p.URL = "http://" + p.address
	server := &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	p.mu.Lock()
	p.server = server
	p.mu.Unlock()
	go func() { _ = server.Serve(listener) }() // ends with Close
	return nil
}

// ServeHTTP implements http.Handler.
func (p *Primary) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.asked.Add(1)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	known, found := p.recorded[keyOf(r.Method, r.RequestURI, body)]
	if !found {
		w.Header()["Date"] = []string{theDate}
		http.Error(w, "this question was not recorded: "+keyOf(r.Method, r.RequestURI, body), http.StatusNotFound)
		return
	}
	behaviour := Behaviour{}
	if known.number%2 == 1 {
		behaviour = *p.behaviour.Load()
	}
	if behaviour.Delay > 0 {
		timer := time.NewTimer(behaviour.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
		}
	}
	p.answer(w, r, known, behaviour)
}

func (p *Primary) answer(w http.ResponseWriter, r *http.Request, known recording, behaviour Behaviour) {
	body := known.answer.Body
	status := known.answer.Status
	if behaviour.Status != 0 {
		status, body = behaviour.Status, []byte(`{"error":"the primary is broken","question":`+strconv.Itoa(known.number)+`}`)
	}
	header := w.Header()
	for _, name := range []string{"Content-Type", "Allow"} {
		if values := known.answer.Header[name]; values != nil {
			header[name] = values
		}
	}
	header["Date"] = []string{theDate}
	header["X-Question"] = []string{strconv.Itoa(known.number), "twice"}
	header["Server"] = []string{"recorded"}
	if behaviour.Silent || behaviour.Reset {
		reset(w, header, status, body, behaviour.Silent)
		return
	}
	if known.number%3 == 0 && r.Method != http.MethodHead { // chunked, with a trailer
		header["Trailer"] = []string{"X-Digest"}
		w.WriteHeader(status)
		half := len(body) / 2
		_, _ = w.Write(body[:half])
		_ = http.NewResponseController(w).Flush()
		_, _ = w.Write(body[half:])
		header["X-Digest"] = []string{fmt.Sprintf("%x", sha256.Sum256(body))}
		return
	}
	header["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

// reset ends the connection hard: before the answer, or in the middle of its body.
func reset(w http.ResponseWriter, header http.Header, status int, body []byte, silent bool) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if !silent {
		var head strings.Builder
		header["Content-Length"] = []string{strconv.Itoa(len(body) + 1)}
		_ = header.Write(&head)
		_, _ = fmt.Fprintf(buffered, "HTTP/1.1 %03d %s\r\n%s\r\n%s", status, http.StatusText(status), head.String(), body[:len(body)/2])
		_ = buffered.Flush()
	}
	_ = conn.(*net.TCPConn).SetLinger(0) // a reset, not an end
	conn.Close()
}

// Expect asks the primary directly, under the behaviour in force, what a client is to
// see of each question. Delays are left out: they change no byte.
func (p *Primary) Expect(ctx context.Context) ([]Expected, error) {
	behaviour := *p.behaviour.Load()
	if behaviour.Delay > 0 {
		now := behaviour
		now.Delay = 0
		p.behaviour.Store(&now)
		defer p.behaviour.Store(&behaviour)
	}
	client := NewClient(1, true)
	defer client.Close()
	expected := make([]Expected, len(p.Questions))
	for i, q := range p.Questions {
		direct := client.Ask(ctx, p.URL, q, "")
		if direct.End == None && !behaviour.Refuse && !behaviour.Silent {
			return nil, fmt.Errorf("ask the primary directly: %s %s: %w", q.Method, q.Path, direct.Err)
		}
		if direct.Status == http.StatusNotFound && bytes.HasPrefix(direct.Body, []byte("this question was not recorded")) {
			return nil, errors.New("ask the primary directly: " + string(direct.Body))
		}
		expected[i] = Expected{Direct: direct, Right: p.Right[i]}
	}
	return expected, nil
}
