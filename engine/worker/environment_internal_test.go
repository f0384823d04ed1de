package worker

import (
	"io"
	"slices"
	"strings"
	"testing"
)

func TestPool_WorkersInheritNoSecretOfTheEnvironment(t *testing.T) {
	const secret = "not-for-workers-0123456789"
	for _, name := range []string{"UNDERSTUDY_OPERATOR_TOKEN", "UNDERSTUDY_VIEWER_TOKEN", "UNDERSTUDY_TOKEN", "UNDERSTUDY_WEBHOOK"} {
		t.Setenv(name, secret)
	}
	t.Setenv("UNDERSTUDY_WORKERS", "2")
	p := &Pool{config: Config{Command: []string{"engine"}, Env: []string{"OF_THE_POOL=1"}}}
	environ := p.command(nil, io.Discard).Env
	if all := strings.Join(environ, "\n"); strings.Contains(all, secret) {
		t.Errorf("a worker gets %s", all)
	}
	for _, want := range []string{"UNDERSTUDY_WORKERS=2", "OF_THE_POOL=1"} {
		if !slices.Contains(environ, want) {
			t.Errorf("%s is missing", want)
		}
	}
}
