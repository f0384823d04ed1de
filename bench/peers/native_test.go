package peers_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"understudy/bench/peers"
	"understudy/bench/rows"
)

func TestNative_ReadsTheAnswerToEachQuestion(t *testing.T) {
	const head = "nodes_total: 18\nsymmetric_clusters: []\nsymmetric_clusters_analysis_duration: 0.001s\n\n"
	for _, test := range []struct {
		name     string
		analysis rows.Analysis
		line     string
		want     rows.Answer
	}{
		{"blocking", rows.Blocking, "minimal_blocking_sets: [18,18,[2,2,2.0],[0,0,18]]\nminimal_blocking_sets_analysis_duration: 0.5s\n", "2"},
		{"splitting", rows.Splitting, "minimal_splitting_sets: [975,18,[2,6,5.987],[0,0,3,0,0,0,972]]\nx_analysis_duration: 0.5s\n", "2"},
		{"the empty set splits", rows.Splitting, "minimal_splitting_sets: [1,0,[0,0,0.0],[1]]\nx_analysis_duration: 0.5s\n", "0"},
		{"nothing splits", rows.Splitting, "minimal_splitting_sets: [0,0,[0,0,0.0],[]]\nx_analysis_duration: 0.5s\n", rows.None},
		{"whole family", rows.AllSplitting, "minimal_splitting_sets: [975,18,[2,6,5.987],[0,0,3,0,0,0,972]]\nx_analysis_duration: 0.5s\n", "975"},
		{"family of no sets", rows.AllBlocking, "minimal_blocking_sets: [0,0,[0,0,0.0],[]]\nx_analysis_duration: 0.5s\n", "0"},
		{"quorum", rows.Quorum, "minimal_quorums: [729,18,[12,12,12.0],[0,729]]\nx_analysis_duration: 0.5s\n", "12"},
		{"intersection", rows.Intersection, "has_quorum_intersection: true\nhas_quorum_intersection_analysis_duration: 0.5s\n", "true"},
		{
			"no intersection", rows.Intersection,
			"has_quorum_intersection: false\nhas_quorum_intersection_analysis_duration: 0.5s\nnonintersecting_quorums: [[1],[2]]\n", "false",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			play(t, head+test.line)
			outcome := peers.Native{Binary: os.Args[0]}.Ask(t.Context(), peers.Question{Analysis: test.analysis}, time.Minute)
			if outcome.Status != peers.Solved || outcome.Answer != test.want || outcome.Solve != 501*time.Millisecond {
				t.Errorf("%s %q in %s (%s), want solved %q in 501ms", outcome.Status, outcome.Answer, outcome.Solve, outcome.Detail, test.want)
			}
		})
	}
}

func TestNative_WithoutAnAnswerInItsOutputHasFailed(t *testing.T) {
	play(t, "nodes_total: 18\n")
	outcome := peers.Native{Binary: os.Args[0]}.Ask(t.Context(), peers.Question{Analysis: rows.Blocking}, time.Minute)
	if outcome.Status != peers.Failed {
		t.Errorf("%s, want failed", outcome.Status)
	}
}

func TestInstallNative_WithoutCargoSaysSo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := peers.InstallNative(t.Context(), t.TempDir(), io.Discard); !errors.Is(err, peers.ErrNoCargo) {
		t.Errorf("error %v, want ErrNoCargo", err)
	}
}

func TestInstallNative_TakesWhatIsInstalledAlready(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	folder := t.TempDir()
	want := filepath.Join(folder, "bin", "fbas_analyzer")
	if err := os.MkdirAll(filepath.Dir(want), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(want, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	if got, err := peers.InstallNative(t.Context(), folder, io.Discard); err != nil || got != want {
		t.Errorf("%s (%v), want %s", got, err, want)
	}
}
