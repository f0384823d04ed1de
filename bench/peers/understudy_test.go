package peers_test

import (
	"context"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"understudy/bench/peers"
	"understudy/bench/rows"
)

// fakeUnderstudy is this test program in the place of ours.
func fakeUnderstudy(t *testing.T, mode string) peers.Understudy {
	t.Helper()
	play(t, mode)
	return peers.Understudy{Binary: os.Args[0], Engine: "auto", Semantics: "raw"}
}

func TestUnderstudy_ReadsTheAnswerToEachQuestion(t *testing.T) {
	for _, test := range []struct {
		name     string
		analysis rows.Analysis
		output   string
		want     rows.Answer
	}{
		{"a minimum", rows.Blocking, `{"min_size":4,"total_sets":-1,"execution_time_ms":7,"engine":{"algorithm":"bnb"}}`, "4"},
		{"no splitting set", rows.Splitting, `{"min_size":0,"has_split":false,"execution_time_ms":7,"engine":{"algorithm":"bnb"}}`, rows.None},
		{"split already", rows.Splitting, `{"min_size":0,"has_split":true,"execution_time_ms":7,"engine":{"algorithm":"bnb"}}`, "0"},
		{"intersection", rows.Intersection, `{"quorum_intersection":true,"execution_time_ms":7,"engine":{"algorithm":"bnb"}}`, "true"},
		{"no intersection", rows.Intersection, `{"quorum_intersection":false,"execution_time_ms":7,"engine":{"algorithm":"bnb"}}`, "false"},
		{"a family", rows.AllBlocking, `{"min_size":4,"total_sets":7,"execution_time_ms":7,"engine":{"algorithm":"bnb"}}`, "7"},
		{
			"a family whose size no machine word holds", rows.AllQuorums,
			`{"min_size":4,"total_quorums":147808829414345923316083210206383297601,"execution_time_ms":7,"engine":{"algorithm":"bnb"}}`,
			"147808829414345923316083210206383297601",
		},
		{"a family of no sets", rows.AllSplitting, `{"min_size":0,"total_sets":0,"execution_time_ms":7,"engine":{"algorithm":"bnb"}}`, "0"},
		{"a quorum", rows.Quorum, `{"min_size":10,"quorum_intersection":true,"execution_time_ms":7,"engine":{"algorithm":"bnb"}}`, "10"},
	} {
		t.Run(test.name, func(t *testing.T) {
			outcome := fakeUnderstudy(t, test.output).Ask(t.Context(), peers.Question{Analysis: test.analysis}, time.Minute)
			if outcome.Status != peers.Solved || outcome.Answer != test.want {
				t.Errorf("%s %q (%s), want solved %q", outcome.Status, outcome.Answer, outcome.Detail, test.want)
			}
			if outcome.Solve != 7*time.Millisecond || outcome.Algorithm != "bnb" || outcome.Wall <= 0 {
				t.Errorf("solve %s, algorithm %q, wall %s", outcome.Solve, outcome.Algorithm, outcome.Wall)
			}
		})
	}
}

func TestUnderstudy_SaysWhyThereIsNoAnswer(t *testing.T) {
	for _, test := range []struct {
		name, mode string
		want       peers.Status
		detail     string
	}{
		{"exit code 2 is an error", "refuse", peers.Failed, "unknown flag --minimum"},
		{"exit code 3 is unsolved", "incomplete", peers.Unsolved, "the time ended"},
		{"complete false is unsolved", `{"min_size":4,"complete":false}`, peers.Unsolved, "not complete"},
		{"an unfinished family is unsolved", `{"min_size":4,"total_sets":-1,"complete":false}`, peers.Unsolved, "not complete"},
		{"an answer to something else is an error", `{"top_tier":[]}`, peers.Failed, "min_size"},
		{"no JSON is an error", "hello", peers.Failed, "read answer"},
	} {
		t.Run(test.name, func(t *testing.T) {
			outcome := fakeUnderstudy(t, test.mode).Ask(t.Context(), peers.Question{Analysis: rows.Blocking}, time.Minute)
			if outcome.Status != test.want || !strings.Contains(outcome.Detail, test.detail) {
				t.Errorf("%s (%s), want %s (%s)", outcome.Status, outcome.Detail, test.want, test.detail)
			}
		})
	}
}

func TestUnderstudy_IsAskedForTheMinimumInRawSemantics(t *testing.T) {
	outcome := fakeUnderstudy(t, "arguments").Ask(t.Context(), peers.Question{Analysis: rows.Splitting, File: "n.json"}, 10*time.Second)
	want := `["analyze" "n.json" "--analysis" "splitting-sets" "--semantics" "raw" "--engine" "auto" "--json" "--timeout" "10s" "--minimum"]`
	if !strings.Contains(outcome.Detail, want) {
		t.Errorf("it was called with %s\nwant %s", outcome.Detail, want)
	}
}

func TestUnderstudy_IsAskedForTheWholeFamilyWithoutMinimum(t *testing.T) {
	outcome := fakeUnderstudy(t, "arguments").Ask(t.Context(), peers.Question{Analysis: rows.AllSplitting, File: "n.json"}, 10*time.Second)
	if strings.Contains(outcome.Detail, "--minimum") || !strings.Contains(outcome.Detail, `"splitting-sets"`) {
		t.Errorf("it was called with %s", outcome.Detail)
	}
}

func TestUnderstudy_AFamilyThatWasNotCountedIsAnError(t *testing.T) {
	for _, output := range []string{`{"min_size":4,"total_sets":-1}`, `{"min_size":4}`} {
		outcome := fakeUnderstudy(t, output).Ask(t.Context(), peers.Question{Analysis: rows.AllBlocking}, time.Minute)
		if outcome.Status != peers.Failed || !strings.Contains(outcome.Detail, "number of sets") {
			t.Errorf("%s: %s (%s), want failed", output, outcome.Status, outcome.Detail)
		}
	}
}

func TestUnderstudy_ThatIsNotThereIsAnError(t *testing.T) {
	outcome := peers.Understudy{Binary: "no/such/program"}.Ask(t.Context(), peers.Question{Analysis: rows.Blocking}, time.Minute)
	if outcome.Status != peers.Failed {
		t.Errorf("%s, want failed", outcome.Status)
	}
}

func TestAsk_EndsAProgramAfterTheLimitTogetherWithWhatItHasStarted(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	t.Setenv(fakeAddress, listener.Addr().String())
	play(t, "hang")
	asked := make(chan peers.Outcome, 1)
	// The limit is long enough for both to start; the native peer has no time to close after it.
	go func() {
		asked <- peers.Native{Binary: os.Args[0]}.Ask(context.Background(), peers.Question{Analysis: rows.Blocking}, 3*time.Second)
	}()
	if err := listener.(*net.TCPListener).SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	grandchild, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { grandchild.Close() })
	if _, err := io.Copy(io.Discard, grandchild); err != nil { // its end, or its reset, is the grandchild's
		t.Log(err)
	}
	if outcome := <-asked; outcome.Status != peers.Unsolved || outcome.Wall < 3*time.Second {
		t.Errorf("%s after %s (%s), want unsolved after the limit of 3s", outcome.Status, outcome.Wall, outcome.Detail)
	}
}

func TestAsk_EndsWhenTheWholeRunEnds(t *testing.T) {
	play(t, "4")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	outcome := peers.Understudy{Binary: os.Args[0]}.Ask(ctx, peers.Question{Analysis: rows.Blocking}, time.Minute)
	if outcome.Status != peers.Failed {
		t.Errorf("%s, want failed", outcome.Status)
	}
}
