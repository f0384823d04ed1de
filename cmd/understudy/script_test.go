package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"understudy/internal/precondition"

	"github.com/rogpeppe/go-internal/testscript"
)

// This test binary is also the command: as "understudy" on the PATH.
func TestMain(m *testing.M) {
	testscript.Main(cleanUp{m}, map[string]func(){"understudy": main})
}

// cleanUp removes what the tests of the demo have built.
type cleanUp struct{ *testing.M }

func (c cleanUp) Run() int {
	defer func() {
		if builtDir != "" {
			os.RemoveAll(builtDir)
		}
	}()
	return c.M.Run()
}

func TestScript(t *testing.T) {
	examples, err := filepath.Abs(filepath.Join("..", "..", "examples"))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXAMPLES", examples)
			env.Setenv("GORACE", "atexit_sleep_ms=0") // else a process with the race detector takes a second to end
			return nil
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":        exits,
			"ask":          askOver,
			"leave-socket": leaveSocket,
			"scanner":      cannedScanner,
			"fill-store":   fillStore,
			"ops":          ops,
			"tick":         opsTick,
		},
	})
}

// exits CODE PROGRAM ARGS... runs a program that must end with the code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS...")
	}
	code := 0
	err := ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		code = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// askOver is ask SOCKET METHOD PATH [FILE]: one HTTP request over a unix socket, as
// soon as somebody listens there. It prints status and body.
func askOver(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: ask SOCKET METHOD PATH [FILE]")
	}
	var body io.Reader
	if len(args) > 3 {
		body = bytes.NewReader([]byte(ts.ReadFile(args[3])))
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return untilListening(ctx, "unix", ts.MkAbs(args[0]))
	}
	client := &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}, Timeout: time.Minute}
	request, err := http.NewRequest(args[1], "http://engine"+args[2], body)
	ts.Check(err)
	response, err := client.Do(request)
	ts.Check(err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	ts.Check(err)
	_, err = io.WriteString(ts.Stdout(), response.Status+"\n"+string(answer))
	ts.Check(err)
}

// leaveSocket PATH leaves a unix socket that nobody listens on, as a process that
// was killed does.
func leaveSocket(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: leave-socket PATH")
	}
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: ts.MkAbs(args[0]), Net: "unix"})
	ts.Check(err)
	listener.SetUnlinkOnClose(false)
	ts.Check(listener.Close())
}

// untilListening connects, trying again while nobody listens.
func untilListening(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err == nil {
			return conn, nil
		}
		if pause(ctx, 10*time.Millisecond) != nil {
			return nil, err
		}
	}
}

// needScanner gives the folder of the Rust scanner's service.
func needScanner(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", "deploy", "rust-scanner"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("node"); err != nil {
		precondition.Missing(t, "node is not installed")
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json")); err != nil {
		precondition.Missing(t, "npm ci was not run in deploy/rust-scanner")
	}
	return dir
}
