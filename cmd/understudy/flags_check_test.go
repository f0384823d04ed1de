package main

import (
	"strings"
	"testing"

	"understudy/compare"
	"understudy/flags"
	"understudy/rollout"
)

func TestFlags_SizeClassesAreThoseOfTheRecords(t *testing.T) {
	for nodes := range 1000 {
		if got, want := flags.SizeClass(nodes), compare.SizeClass(nodes); got != want {
			t.Errorf("%d nodes are %s to a rule and %s in a record", nodes, got, want)
		}
	}
}

func TestFlagsCheck_ARuleTakesAQuestionAwayAndNeverGivesOne(t *testing.T) {
	ceiling := func(fallback, rule string) []byte {
		return []byte(`{"flags":{"understudy.serve_ceiling_percent":{"state":"ENABLED","variants":{"none":0,"all":100},"defaultVariant":"` +
			fallback + `","targeting":{"if":[` + rule + `]}}}}`)
	}
	isQuorums := `{"==":[{"var":"analysis"},"quorums"]}`
	for _, c := range []struct {
		name, fallback, rule, analysis string
		want                           string
		before                         bool
	}{
		{"a rule about this question", "all", isQuorums + `,"none"`, "quorums", "mirrored (ceiling)", false},
		{"a rule about another one", "all", isQuorums + `,"none"`, "top-tier", "candidate", false},
		{"a rule that would give", "none", isQuorums + `,"all"`, "quorums", "mirrored (ceiling)", true},
		{"a rule about small networks, before the size is known", "all", `{"==":[{"var":"size_class"},"0-9"]},"none"`, "quorums", "candidate", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			command := flagsCheckCommand{File: "flags.json", Analysis: c.analysis, Nodes: 20, Salt: "s"}
			report, err := command.report(ceiling(c.fallback, c.rule), []string{"a", "b"})
			if err != nil {
				t.Fatal(err)
			}
			for _, scan := range report.Scans {
				if got := scan.Stages[rollout.Full].String(); got != c.want || scan.TakenBefore != c.before {
					t.Errorf("%s at full: %s, taken before %v", scan.Scan, got, scan.TakenBefore)
				}
				if got := scan.Stages[rollout.Off].Treatment; got != treatedPrimary {
					t.Errorf("%s at off: %s", scan.Scan, got)
				}
			}
		})
	}
}

func TestFlagsCheck_ForecastsAreThoseOfTheBucket(t *testing.T) {
	command := flagsCheckCommand{File: "flags.json", Salt: "s"}
	keys := strings.Fields("a b c d e f g h i j k l m n o p")
	report, err := command.report([]byte(`{"flags":{"understudy.mirror_percent":{"state":"ENABLED","variants":{"half":50},"defaultVariant":"half"}}}`), keys)
	if err != nil {
		t.Fatal(err)
	}
	for _, scan := range report.Scans {
		for _, stage := range scan.Stages {
			want := treatedPrimary
			switch {
			case float64(scan.Bucket) < 100*stage.Stage.Percent():
				want = treatedCandidate
			case stage.Stage != rollout.Off && scan.MirrorBucket < 5000:
				want = treatedMirrored
			}
			if stage.Treatment != want {
				t.Errorf("%s at %s: %s, its buckets are %d and %d", scan.Scan, stage.Stage, stage.Treatment, scan.Bucket, scan.MirrorBucket)
			}
		}
	}
}

func TestFlagsCheck_ReadsKeysOnceAndDoesNotObeyThem(t *testing.T) {
	command := flagsCheckCommand{Keys: []string{"b", "a"}, Scans: "-"}
	keys, err := command.scanKeys(strings.NewReader("a\n\n  c  \r\nb\nc\n"))
	if got := strings.Join(keys, " "); err != nil || got != "b a c" {
		t.Errorf("keys are %q, error %v", got, err)
	}
	if got := shownKey("a\x1b[31m" + strings.Repeat("x", 100)); strings.Contains(got, "\x1b") || len([]rune(got)) > 45 {
		t.Errorf("shown as %q", got)
	}
}
