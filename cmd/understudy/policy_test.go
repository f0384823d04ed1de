package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"understudy/rollout"
)

func TestReadPolicy_KeepsTheDefaultOfWhatTheFileDoesNotName(t *testing.T) {
	for name, text := range map[string]string{
		"YAML": "soak_shadow: 72h\nrate: 0.04\nprobes: 10\napprovals: [canary_10, full]\n",
		"JSON": `{"soak_shadow": "72h", "rate": 0.04, "probes": 10, "approvals": ["canary_10", "full"]}`,
	} {
		want := rollout.DefaultPolicy()
		want.SoakShadow, want.Rate, want.Probes = 72*time.Hour, 0.04, 10
		want.Approvals = []rollout.Stage{rollout.Canary10, rollout.Full}
		got, err := readPolicy([]byte(text))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for _, empty := range []string{"", "\n", "# nothing\n", "{}"} {
		if got, err := readPolicy([]byte(empty)); err != nil || !reflect.DeepEqual(got, rollout.DefaultPolicy()) {
			t.Errorf("%q: %v", empty, err)
		}
	}
}

func TestReadPolicy_NamesWhatIsWrong(t *testing.T) {
	for text, says := range map[string]string{
		"soak_shadows: 72h":                 "soak_shadows",
		"soak_shadow: 72h\nsoak_shadow: 1h": "soak_shadow",
		"soak_shadow: long":                 "long",
		"rate: 5":                           "rate is 5, allowed is more than 0 and less than 1",
		"approvals: [shadow]":               "approvals names shadow, allowed are canary_1 to complete",
		"approvals: [canary]":               "canary",
		"probes: many":                      "probes",
		"- 1":                               "",
	} {
		_, err := readPolicy([]byte(text))
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want it to name %q", text, err, says)
		}
	}
	if _, err := policyFile(filepath.Join(t.TempDir(), "none")).read(); err == nil || !strings.Contains(err.Error(), "--policy") {
		t.Errorf("a file that is not there: %v", err)
	}
	long := filepath.Join(t.TempDir(), "long")
	if err := os.WriteFile(long, make([]byte, mostPolicy+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := policyFile(long).read(); err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Errorf("a file without end: %v", err)
	}
}

func FuzzReadPolicy(f *testing.F) {
	f.Add([]byte("soak_shadow: 72h\napprovals: [canary_10]\n"))
	f.Add([]byte(`{"rate": 0.1}`))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if policy, err := readPolicy(data); err == nil && policy.Validate() != nil {
			t.Errorf("%q gives a policy out of range", data)
		}
	})
}

func TestPolicy_TheExampleIsOne(t *testing.T) {
	policy, err := policyFile(filepath.Join("..", "..", "examples", "policy", "rehearsal.yaml")).read()
	if err != nil || policy.SoakShadow >= time.Minute {
		t.Errorf("soak_shadow is %s, %v", policy.SoakShadow, err)
	}
}
