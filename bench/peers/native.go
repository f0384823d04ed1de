package peers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"

	"understudy/bench/rows"
)

// NativeVersion of fbas_analyzer on crates.io.
const NativeVersion = "0.7.4"

// ErrNoCargo says that the native fbas_analyzer can't be built here.
var ErrNoCargo = errors.New("cargo is not there: the native fbas_analyzer is left out")

// InstallNative builds fbas_analyzer into folder, unless it is there, and returns the path of the program. It compiles about a minute
// with the versions of its own Cargo.lock.
func InstallNative(ctx context.Context, folder string, log io.Writer) (string, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return "", fmt.Errorf("install fbas_analyzer: %w", err)
	}
	binary := filepath.Join(folder, "bin", "fbas_analyzer")
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	if _, err := exec.LookPath("cargo"); err != nil {
		return "", ErrNoCargo
	}
	cmd := exec.CommandContext(ctx, "cargo", "install", "fbas_analyzer", "--version", NativeVersion, "--locked", "--root", folder)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("install fbas_analyzer %s: %w", NativeVersion, err)
	}
	return binary, nil
}

// Native asks fbas_analyzer, one process for each question.
type Native struct {
	Binary string
}

// question says how to ask fbas_analyzer and how it answers.
type question struct {
	flags  []string
	answer *regexp.Regexp
}

// family is a line "name: [sets, members, [least, greatest, mean], [...]]". -d asks for that in place of the list of all sets, and the check of
// intersection that goes before each analysis is left out: both spare the program work that the question does not need.
func family(flag, name string) question {
	return question{
		flags:  []string{flag, "-d", "--dont-check-quorum-intersection"},
		answer: regexp.MustCompile(`(?m)^` + name + `: \[(\d+),\d+,\[(\d+),.*$`),
	}
}

// natively are the published benchmark's ways of asking, but for what family spares. It finds a minimum by listing the family.
var natively = map[rows.Analysis]question{
	rows.Blocking:     family("-b", "minimal_blocking_sets"),
	rows.Splitting:    family("-s", "minimal_splitting_sets"),
	rows.Quorum:       family("-q", "minimal_quorums"),
	rows.AllBlocking:  family("-b", "minimal_blocking_sets"),
	rows.AllSplitting: family("-s", "minimal_splitting_sets"),
	rows.AllQuorums:   family("-q", "minimal_quorums"),
	rows.Intersection: {
		flags:  []string{"--alternative-quorum-intersection-check"},
		answer: regexp.MustCompile(`(?m)^has_quorum_intersection: ((true|false))$`),
	},
}

// nativeDurations are the times it takes of each of its steps.
var nativeDurations = regexp.MustCompile(`(?m)_duration: ([0-9.e-]+s)$`)

// Ask runs the program once.
func (n Native) Ask(ctx context.Context, q Question, limit time.Duration) Outcome {
	how := natively[q.Analysis]
	args := append([]string{q.Nodes, "--results-only"}, how.flags...)
	done, err := run(ctx, limit, n.Binary, args...)
	switch {
	case err != nil:
		return failed(done.wall, "run %s: %v", n.Binary, err)
	case done.late:
		return unsolved(done.wall, "ended after the limit")
	case done.code != 0:
		return failed(done.wall, "exit code %d: %s", done.code, lastLine(done.stderr))
	}
	found := how.answer.FindSubmatch(done.stdout)
	if found == nil {
		return failed(done.wall, "no answer in its output: %s", lastLine(done.stdout))
	}
	answer := rows.Answer(found[2])
	switch {
	case q.Analysis.Whole():
		answer = rows.Answer(found[1])
	case string(found[1]) == "0":
		answer = rows.None // a family of no sets
	}
	return solved(answer, done.wall, nativeSolve(done.stdout), limit, "")
}

func nativeSolve(output []byte) time.Duration {
	var sum time.Duration
	for _, found := range nativeDurations.FindAllSubmatch(output, -1) {
		if duration, err := time.ParseDuration(string(found[1])); err == nil {
			sum += duration
		}
	}
	return sum
}
