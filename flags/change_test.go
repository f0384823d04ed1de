package flags

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestSubscribe_TellsWhatChangedFromWhatToWhatAndWhere(t *testing.T) {
	f := start(t, file("auto", true, "100", "10"))
	changes, cancel := f.Subscribe()
	defer cancel()
	write(t, f.path, file("hold", true, "100", "20"))
	for _, want := range []string{KeyMode + " auto hold file", KeyServeCeilingPercent + " 10 20 file"} {
		c := receive(t, changes)
		if got := fmt.Sprintf("%s %s %s %s", c.Flag, c.From, c.To, c.Source); got != want || c.At.IsZero() {
			t.Errorf("change is %q at %v, want %q", got, c.At, want)
		}
	}
	write(t, f.path, file("hold", true, "100", "20")+" ")
	write(t, f.path, `{"flags":{}}`)
	if c := receive(t, changes); c.Flag != KeyMode || c.To != "auto" || c.Source != SourceDefault {
		t.Errorf("change is %+v", c)
	}
}

func TestSubscribe_ASlowSubscriberLosesTheOldestAndHoldsNothingUp(t *testing.T) {
	f := start(t, ceilingOnly("0"))
	changes, cancel := f.Subscribe()
	f.mu.Lock()
	for i := range changeBuffer + 3 {
		f.tell(Change{To: fmt.Sprint(i)})
	}
	f.mu.Unlock()
	if c := receive(t, changes); c.To != "3" {
		t.Errorf("the oldest left is %s", c.To)
	}
	if got := testutil.ToFloat64(f.metrics.dropped); got != 3 {
		t.Errorf("%v were counted as dropped", got)
	}
	cancel()
	cancel()
	n := 0
	for range changes {
		n++
	}
	if n != changeBuffer-1 {
		t.Errorf("%d were left", n)
	}
}

func TestSubscribe_CloseEndsIt(t *testing.T) {
	f := start(t, ceilingOnly("1"))
	changes, cancel := f.Subscribe()
	f.Close()
	if _, open := <-changes; open {
		t.Error("the channel is open")
	}
	cancel()
	late, _ := f.Subscribe()
	if _, open := <-late; open {
		t.Error("the channel of a late subscriber is open")
	}
}

func TestMetrics_ShowStateValuesAndReloads(t *testing.T) {
	f := start(t, file("dry_run", false, "50", "5"))
	write(t, f.path, "{")
	eventually(t, "stale", func() bool { return f.State().Status == StatusStale })
	want := `
# HELP understudy_flag_mode 1 for the mode in effect without a scan.
# TYPE understudy_flag_mode gauge
understudy_flag_mode{mode="auto"} 0
understudy_flag_mode{mode="dry_run"} 1
understudy_flag_mode{mode="hold"} 0
understudy_flag_mode{mode="off"} 0
# HELP understudy_flag_value Value of a flag without a scan; what is true or false is 1 or 0.
# TYPE understudy_flag_value gauge
understudy_flag_value{flag="enabled"} 0
understudy_flag_value{flag="history_critical_enabled"} 0
understudy_flag_value{flag="mirror_percent"} 50
understudy_flag_value{flag="rescue_enabled"} 0
understudy_flag_value{flag="serve_ceiling_percent"} 5
# HELP understudy_flags_healthy 1 while the flag values are known to be what the operators want; else nothing is promoted.
# TYPE understudy_flags_healthy gauge
understudy_flags_healthy 0
# HELP understudy_flags_reloads_total Changes of the flag file, or of what the flag server says, by outcome: applied, refused or unreadable.
# TYPE understudy_flags_reloads_total counter
understudy_flags_reloads_total{outcome="applied"} 1
understudy_flags_reloads_total{outcome="refused"} 1
understudy_flags_reloads_total{outcome="unreadable"} 0
# HELP understudy_flags_state 1 for where the flag values come from: fresh, stale or defaults.
# TYPE understudy_flags_state gauge
understudy_flags_state{state="defaults"} 0
understudy_flags_state{state="fresh"} 0
understudy_flags_state{state="stale"} 1
`
	if err := testutil.GatherAndCompare(f.registry, strings.NewReader(want), "understudy_flag_mode", "understudy_flag_value",
		"understudy_flags_reloads_total", "understudy_flags_healthy", "understudy_flags_state"); err != nil {
		t.Error(err)
	}
}

func receive(t *testing.T, changes <-chan Change) Change {
	t.Helper()
	select {
	case c := <-changes:
		return c
	case <-time.After(20 * time.Second):
		t.Fatal("no change came")
		return Change{}
	}
}
