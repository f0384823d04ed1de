// Package precondition says what a test needs that is not part of the project.
// A test whose precondition is not met skips and says why; where
// UNDERSTUDY_REQUIRE_ALL is 1, as in CI, it fails instead.
package precondition

import (
	"os"
	"path/filepath"
	"testing"
)

// Missing ends a test that lacks something.
func Missing(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("UNDERSTUDY_REQUIRE_ALL") == "1" {
		t.Fatal(why + ", and UNDERSTUDY_REQUIRE_ALL is 1")
	}
	t.Skip(why)
}

// SharedData gives the path of a file or folder among the networks that are
// public data of others: below UNDERSTUDY_SHARED_DATA, or below shared/data
// beside the project.
func SharedData(t testing.TB, name ...string) string {
	t.Helper()
	dir := os.Getenv("UNDERSTUDY_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join(root(t), "..", "shared", "data")
	}
	path := filepath.Join(append([]string{dir}, name...)...)
	if _, err := os.Stat(path); err != nil {
		Missing(t, "skips what needs networks of others: there is no "+path+" (UNDERSTUDY_SHARED_DATA names their folder)")
	}
	return path
}

// root is the folder of go.mod, at or above the package under test.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("find the project: no go.mod at or above the package under test")
		}
		dir = parent
	}
}
