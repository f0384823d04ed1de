package worker

import (
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// waiting is a request with a Priority header, and a name of its own.
func waiting(p *Pool, name, priority string) *job {
	r, _ := http.NewRequest(http.MethodPost, "http://engine/"+name, http.NoBody)
	if priority != "" {
		r.Header.Set("Priority", priority)
	}
	return &job{ctx: r.Context(), request: forwarded(r), line: p.lineOf(r)}
}

func TestPool_WhoIsWaitedForGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &Pool{first: make(line), later: make(line), closing: make(chan struct{})}
		for _, request := range [][2]string{
			{"copy 1", "u=7"},
			{"copy 2", "u=7, i"},
			{"served 1", "u=0"},
			{"plain", ""},
			{"copy 3", "u=4"},
			{"odd", "u=9, urgency=7"},
			{"served 2", "u=0"},
		} {
			j := waiting(p, request[0], request[1])
			go func() { _, _ = p.handOver(j, nil) }()
			synctest.Wait() // it stands in its line
		}
		s, c := &slot{pool: p}, &child{ended: make(chan struct{})}
		var went []string
		for range 7 {
			j, _, _ := s.take(c)
			went = append(went, j.request.URL.Path[1:])
		}
		want := []string{"served 1", "plain", "odd", "served 2", "copy 1", "copy 2", "copy 3"}
		if !slices.Equal(went, want) {
			t.Errorf("they went as %q, want %q", went, want)
		}
	})
}

func TestPool_AFreeSlotTakesWhoeverComes(t *testing.T) {
	for _, priority := range []string{"u=0", "u=7"} {
		synctest.Test(t, func(t *testing.T) {
			p := &Pool{first: make(line), later: make(line), closing: make(chan struct{})}
			taken := make(chan *job)
			go func() {
				j, _, _ := (&slot{pool: p}).take(&child{ended: make(chan struct{})})
				taken <- j
			}()
			synctest.Wait()
			j := waiting(p, "x", priority)
			if refusal, err := p.handOver(j, time.After(time.Hour)); refusal != nil || err != nil || <-taken != j {
				t.Errorf("%s was not taken: %v, %v", priority, refusal, err)
			}
		})
	}
}

func TestPool_ASlotWithoutAChildTakesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &Pool{first: make(line), later: make(line), closing: make(chan struct{})}
		go func() { _, _ = p.handOver(waiting(p, "x", "u=0"), time.After(time.Hour)) }()
		synctest.Wait()
		dead := &child{ended: make(chan struct{})}
		close(dead.ended)
		if j, reason, closed := (&slot{pool: p}).take(dead); j != nil || reason != ReasonCrash || closed {
			t.Errorf("took %v, %q, %v", j, reason, closed)
		}
		close(p.closing) // the one that waits leaves
	})
}

func TestPool_NoWorkerHearsOfThePriority(t *testing.T) {
	r, _ := http.NewRequest(http.MethodPost, "http://engine/", http.NoBody)
	r.Header.Set("Priority", "u=0")
	if f := forwarded(r); f.Header.Get("Priority") != "" || r.Header.Get("Priority") == "" {
		t.Errorf("the worker gets %v, the caller has %v", f.Header, r.Header)
	}
}

func TestUrgency_IsReadAsRFC9218Says(t *testing.T) {
	for want, headers := range map[byte][][]string{
		'3': {nil, {""}, {"i"}, {"u=8"}, {"u=10"}, {"u"}, {"u=-1"}, {"U=0"}, {"u = 0"}, {"u=1.0"}},
		'0': {{"u=0"}, {" u=0 "}, {"i, u=0"}, {"u=7", "u=0"}, {"u=0;x=1"}, {"u=0, u=9"}},
		'7': {{"u=7, i"}, {"u=0, u=7"}},
	} {
		for _, values := range headers {
			if got := urgency(values); got != want {
				t.Errorf("%q is %c, want %c", values, got, want)
			}
		}
	}
}

func FuzzUrgency(f *testing.F) {
	f.Add("u=0, i")
	f.Add(";,u=")
	f.Fuzz(func(t *testing.T, header string) {
		if u := urgency([]string{header}); u < '0' || u > '7' {
			t.Fatalf("%q is %q", header, u)
		}
	})
}
