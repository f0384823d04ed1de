package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"understudy/console"
)

const (
	anaSecret = "0123456789abcdef"
	benSecret = "fedcba9876543210"
)

func TestParseTokens_ReadsRolesNamesAndSecrets(t *testing.T) {
	got, err := parseTokens([]byte("# who may do what\n\n  operator ana " + anaSecret + "\nviewer\tben@ops " + benSecret + "\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []console.Token{{Name: "ana", Role: "operator", Secret: anaSecret}, {Name: "ben@ops", Role: "viewer", Secret: benSecret}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got %v", got)
	}
}

func TestParseTokens_AnErrorNamesTheLineAndShowsNoSecret(t *testing.T) {
	for _, tc := range []struct{ line, want string }{
		{"operator ana", "has 2 words: want ROLE NAME SECRET"},
		{"operator ana " + benSecret + " x", "has 4 words"},
		{benSecret + " ana operator12345678", "no role: want viewer or operator"},
		{"root ana " + benSecret, "no role"},
		{"viewer -ana " + benSecret, "no name"},
		{"viewer " + strings.Repeat("a", 65) + " " + benSecret, "no name"},
		{"viewer ana fedcba987654321", "15 characters: want 16 to 512"},
		{"viewer ana " + strings.Repeat("é", 16), "visible ASCII"},
		{"viewer first " + benSecret, "the name first is there twice"},
		{"viewer second " + anaSecret, "first and second have the same secret"},
	} {
		_, err := parseTokens([]byte("operator first " + anaSecret + "\n" + tc.line + "\n"))
		if err == nil || !strings.Contains(err.Error(), "line 2: ") || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", tc.line, err, tc.want)
			continue
		}
		if strings.Contains(err.Error(), benSecret) || strings.Contains(err.Error(), anaSecret) {
			t.Errorf("the error shows a secret: %v", err)
		}
	}
}

func TestLoadTokens_TakesThoseOfTheEnvironmentToo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(file, []byte("operator ana "+anaSecret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	environment := map[string]string{"UNDERSTUDY_VIEWER_TOKEN": benSecret}
	getenv := func(name string) string { return environment[name] }
	got, err := loadTokens(file, getenv)
	if err != nil || len(got) != 2 || got[1].Name != "viewer" || got[1].Role != console.RoleViewer {
		t.Fatalf("got %v, %v", got, err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("tokens", "list", got)
	if strings.Contains(log.String()+fmt.Sprintf("%v %+v %#v", got, got, got), anaSecret) {
		t.Error("a secret is in the log")
	}
	environment["UNDERSTUDY_OPERATOR_TOKEN"] = anaSecret
	if _, err := loadTokens(file, getenv); err == nil || exitCode(err) != exitBadInput || !strings.Contains(err.Error(), "UNDERSTUDY_OPERATOR_TOKEN: ana and operator have the same secret") {
		t.Errorf("got %v", err)
	}
}

func TestLoadTokens_RefusesAFileThatLetsNobodyIn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(file, []byte("# nobody yet\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	none := func(string) string { return "" }
	for _, path := range []string{file, filepath.Join(t.TempDir(), "nowhere")} {
		if _, err := loadTokens(path, none); exitCode(err) != exitBadInput {
			t.Errorf("%s: got %v", path, err)
		}
	}
	if got, err := loadTokens("", none); err != nil || len(got) != 0 {
		t.Errorf("no file and no variable: %v, %v", got, err)
	}
}

func TestLoadTokens_RefusesAFileThatOthersMayReadOrChange(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(file, []byte("operator ana "+anaSecret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	none := func(string) string { return "" }
	for mode, allowed := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o440: true, 0o640: true, 0o644: false, 0o604: false, 0o660: false, 0o602: false} {
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		_, err := loadTokens(file, none)
		if allowed && err != nil {
			t.Errorf("%04o: %v", mode, err)
		}
		if !allowed && (exitCode(err) != exitBadInput || !strings.Contains(err.Error(), "--tokens: ") || !strings.Contains(err.Error(), "chmod 640, or 600")) {
			t.Errorf("%04o: %v", mode, err)
		}
	}
}

func TestTokenSource_TheLastTokenStaysWhileOthersReachThePlane(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(file, []byte("operator ana "+anaSecret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, needed := range []bool{true, false} {
		keys := console.NewKeys(nil, slog.New(slog.DiscardHandler), time.Now)
		source := &tokenSource{keys: keys, getenv: func(string) string { return "" }, needed: needed}
		apply, err := source.check(file)
		if err != nil || keys.Configured() {
			t.Fatalf("nothing changes before apply: %v", err)
		}
		if apply(); !keys.Configured() {
			t.Error("apply changed nothing")
		}
		apply, err = source.check("")
		if needed != (err != nil) {
			t.Errorf("needed %t: %v", needed, err)
		}
		if err == nil {
			apply()
		}
		if keys.Configured() != needed {
			t.Errorf("needed %t: tokens %t", needed, keys.Configured())
		}
	}
}

func FuzzParseTokens(f *testing.F) {
	f.Add([]byte("operator ana " + anaSecret + "\n# x\nviewer ben " + benSecret))
	f.Add([]byte("operator\x00ana " + anaSecret))
	f.Fuzz(func(t *testing.T, data []byte) {
		tokens, err := parseTokens(data)
		if err != nil {
			return
		}
		var again strings.Builder
		for i, token := range tokens {
			if checkToken(token) != nil || unlike(token, tokens[:i]) != nil {
				t.Fatalf("took %q", token.Name)
			}
			fmt.Fprintf(&again, "%s %s %s\n", token.Role, token.Name, token.Secret)
		}
		if read, err := parseTokens([]byte(again.String())); err != nil || len(read) != len(tokens) {
			t.Fatalf("read again: %d of %d, %v", len(read), len(tokens), err)
		}
	})
}
