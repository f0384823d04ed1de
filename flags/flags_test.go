package flags

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestNew_WithoutAFileTheDefaultsHold(t *testing.T) {
	f := startAt(t, Config{})
	if got := f.Current(); got != Defaults() {
		t.Errorf("current is %+v", got)
	}
	if got := f.Evaluate(t.Context(), Context{ScanKey: "s"}); got != Defaults() {
		t.Errorf("evaluated %+v", got)
	}
	if s := f.State(); s.Status != StatusDefaults || s.Err != nil {
		t.Errorf("state is %+v", s)
	}
}

func TestNew_ReadsTheFileBeforeItReturns(t *testing.T) {
	f := start(t, file("hold", false, "25", "2.5"))
	want := Values{Mode: ModeHold, Enabled: false, MirrorPercent: 25, ServeCeilingPercent: 2.5}
	if got := f.Current(); got != want {
		t.Errorf("current is %+v", got)
	}
	if got := f.Evaluate(t.Context(), Context{}); got != want {
		t.Errorf("evaluated %+v", got)
	}
	if s := f.State(); s.Status != StatusFresh || s.Err != nil || s.Since.IsZero() {
		t.Errorf("state is %+v", s)
	}
}

func TestNew_AFlagThatIsNotInTheFileOrDisabledHasItsDefault(t *testing.T) {
	f := start(t, `{"flags":{"other.flag":{"state":"ENABLED","variants":{"a":"b"},"defaultVariant":"a"},
		"understudy.enabled":{"state":"DISABLED","variants":{"off":false},"defaultVariant":"off"}}}`)
	if got := f.Current(); got != Defaults() {
		t.Errorf("current is %+v", got)
	}
}

func TestColdStart_WithoutAReadableFileServesNothingUntilThereIsOne(t *testing.T) {
	for name, text := range map[string]string{"missing": "", "broken": `{"flags":`, "unknown flag": `{"flags":{"understudy.modus":{}}}`} {
		t.Run(name, func(t *testing.T) {
			f := start(t, text, "UNDERSTUDY_FLAG_SERVE_CEILING_PERCENT=50", "UNDERSTUDY_FLAG_MIRROR_PERCENT=40")
			want := Values{Mode: ModeAuto, Enabled: true, MirrorPercent: 40, ServeCeilingPercent: 0}
			if got := f.Current(); got != want {
				t.Errorf("current is %+v", got)
			}
			if got := f.Evaluate(t.Context(), Context{ScanKey: "s"}); got != want {
				t.Errorf("evaluated %+v", got)
			}
			if s := f.State(); s.Status != StatusDefaults || s.Err == nil {
				t.Errorf("state is %+v", s)
			}
			write(t, f.path, `{"flags":{}}`)
			eventually(t, "a good file lifts the ceiling", func() bool { return f.Current().ServeCeilingPercent == 50 })
			if s := f.State(); s.Status != StatusFresh {
				t.Errorf("state is %+v", s)
			}
		})
	}
}

func TestColdStart_ADirectoryThatComesLaterIsFoundByThePoll(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "later")
	f := startAt(t, Config{File: filepath.Join(dir, "flags.json"), Poll: 10 * time.Millisecond})
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, f.path, ceilingOnly("7"))
	eventually(t, "the file takes effect", func() bool { return f.Current().ServeCeilingPercent == 7 })
}

func TestEdit_TakesEffectThroughTheWatch(t *testing.T) {
	f := start(t, ceilingOnly("10"))
	write(t, f.path, ceilingOnly("20"))
	eventually(t, "a moved file takes effect", func() bool { return f.Current().ServeCeilingPercent == 20 })
	if err := os.WriteFile(f.path, []byte(ceilingOnly("30")), 0o600); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a file written in place takes effect", func() bool {
		return f.Evaluate(t.Context(), Context{ScanKey: "s"}).ServeCeilingPercent == 30
	})
}

func TestEdit_BehindASymlinkIsFoundByThePoll(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	target := filepath.Join(elsewhere, "real.json")
	write(t, target, ceilingOnly("10"))
	link := filepath.Join(dir, "flags.json")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	f := startAt(t, Config{File: link, Poll: 10 * time.Millisecond})
	write(t, target, ceilingOnly("20"))
	eventually(t, "the edit takes effect", func() bool { return f.Current().ServeCeilingPercent == 20 })
}

// TestEdit_AsKubeletSwapsAConfigMap: flags.json -> ..data/flags.json, ..data -> a dated directory.
func TestEdit_AsKubeletSwapsAConfigMap(t *testing.T) {
	dir := t.TempDir()
	publish := func(version, text string) {
		if err := os.Mkdir(filepath.Join(dir, version), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, version, "flags.json"), text)
		temporary := filepath.Join(dir, "..data_tmp")
		if err := os.Symlink(version, temporary); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(temporary, filepath.Join(dir, "..data")); err != nil {
			t.Fatal(err)
		}
	}
	publish("..1", ceilingOnly("10"))
	if err := os.Symlink(filepath.Join("..data", "flags.json"), filepath.Join(dir, "flags.json")); err != nil {
		t.Fatal(err)
	}
	f := startAt(t, Config{File: filepath.Join(dir, "flags.json")})
	for i := 2; i < 6; i++ {
		publish(fmt.Sprintf("..%d", i), ceilingOnly(fmt.Sprint(i)))
		if err := os.RemoveAll(filepath.Join(dir, fmt.Sprintf("..%d", i-1))); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the swap takes effect", func() bool { return f.Current().ServeCeilingPercent == float64(i) })
	}
}

func TestBadFile_NeverReplacesGoodValuesAndAGoodOneDoesAgain(t *testing.T) {
	good := file("auto", true, "80", "5")
	bad := map[string]func(t *testing.T, path string){
		"deleted":   func(t *testing.T, path string) { remove(t, path) },
		"empty":     func(t *testing.T, path string) { write(t, path, "") },
		"garbage":   func(t *testing.T, path string) { write(t, path, "\x00\xff{") },
		"truncated": func(t *testing.T, path string) { write(t, path, good[:len(good)/2]) },
		"variant": func(t *testing.T, path string) {
			write(t, path, strings.Replace(good, `"auto","hold"`, `"auto ","hold"`, 1))
		},
		"too large": func(t *testing.T, path string) { write(t, path, good+strings.Repeat(" ", maxFileBytes)) },
		"a directory": func(t *testing.T, path string) {
			remove(t, path)
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, spoil := range bad {
		t.Run(name, func(t *testing.T) {
			f := start(t, good)
			before := f.Current()
			spoil(t, f.path)
			eventually(t, "the state turns stale", func() bool { return f.State().Status == StatusStale })
			if err := f.State().Err; err == nil || !strings.Contains(err.Error(), f.path) {
				t.Errorf("error is %v", err)
			}
			if got := f.Evaluate(t.Context(), Context{}); got != before || f.Current() != before {
				t.Errorf("values became %+v", got)
			}
			if name == "a directory" {
				remove(t, f.path)
			}
			write(t, f.path, file("auto", true, "80", "6"))
			eventually(t, "a good file counts again", func() bool {
				return f.State().Status == StatusFresh && f.Current().ServeCeilingPercent == 6
			})
		})
	}
}

func TestBadFile_TheSameGoodFileBackIsFreshAgain(t *testing.T) {
	f := start(t, ceilingOnly("5"))
	write(t, f.path, "{")
	eventually(t, "stale", func() bool { return f.State().Status == StatusStale })
	write(t, f.path, ceilingOnly("5"))
	eventually(t, "fresh", func() bool { return f.State().Status == StatusFresh })
	if got := testutil.ToFloat64(f.metrics.reloads.WithLabelValues(outcomeApplied)); got != 1 {
		t.Errorf("%v files were applied", got)
	}
}

func TestEnvironment_BeatsTheFile(t *testing.T) {
	f := start(t, file("hold", true, "80", "5"), "UNDERSTUDY_FLAG_MODE=dry_run", "UNDERSTUDY_FLAG_ENABLED=false",
		"UNDERSTUDY_FLAG_MIRROR_PERCENT=12.5", "UNDERSTUDY_FLAG_SERVE_CEILING_PERCENT=", "OTHER=1", "UNDERSTUDY_FLAG_FILE=x")
	want := Values{Mode: ModeDryRun, Enabled: false, MirrorPercent: 12.5, ServeCeilingPercent: 5}
	if got := f.Current(); got != want {
		t.Errorf("current is %+v", got)
	}
	write(t, f.path, file("off", true, "1", "6"))
	want.ServeCeilingPercent = 6
	eventually(t, "only the ceiling follows the file", func() bool { return f.Current() == want })
}

func TestSources_NamesWhereTheFlagsInForceComeFrom(t *testing.T) {
	for what, c := range map[string]struct {
		flags *Flags
		want  string
	}{
		"nothing":               {start(t, "").Flags, "default"},
		"a file":                {start(t, file("hold", true, "80", "5")).Flags, "file"},
		"a file, a variable":    {start(t, file("hold", true, "80", "5"), "UNDERSTUDY_FLAG_ENABLED=false").Flags, "environment file"},
		"a file that is broken": {start(t, "{").Flags, "default"},
	} {
		if got := strings.Join(c.flags.Sources(), " "); got != c.want {
			t.Errorf("%s: %s, want %s", what, got, c.want)
		}
	}
}

func TestEnvironment_AnInvalidVariableIsAnErrorThatNamesItAndWhatIsAllowed(t *testing.T) {
	for variable, says := range map[string]string{
		"UNDERSTUDY_FLAG_MODE=on":                     "auto, hold, dry_run, off",
		"UNDERSTUDY_FLAG_ENABLED=maybe":               "true or false",
		"UNDERSTUDY_FLAG_MIRROR_PERCENT=101":          "0 to 100",
		"UNDERSTUDY_FLAG_MIRROR_PERCENT=NaN":          "0 to 100",
		"UNDERSTUDY_FLAG_SERVE_CEILING_PERCENT=-0.01": "0 to 100",
		"UNDERSTUDY_FLAG_SERVE_CEILING_PERCENT=ten":   "0 to 100",
		"UNDERSTUDY_FLAG_CEILING=10":                  "UNDERSTUDY_FLAG_SERVE_CEILING_PERCENT",
	} {
		_, err := New(t.Context(), Config{Environ: []string{variable}})
		name, _, _ := strings.Cut(variable, "=")
		if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", variable, err)
		}
	}
}

func TestConfig_ARefusedFieldIsNamedWithItsRange(t *testing.T) {
	err := Config{Environ: []string{}, Poll: time.Millisecond, Settle: time.Minute}.Validate()
	if err == nil || !strings.Contains(err.Error(), "Poll is 1ms, allowed is 10ms to 1h") || !strings.Contains(err.Error(), "Settle") {
		t.Errorf("error is %v", err)
	}
	if err := DefaultConfig().Validate(); err != nil {
		t.Error(err)
	}
}

func TestTargeting_AFractionalRuleIsStablePerScanAndGrowsWithItsWeight(t *testing.T) {
	rule := func(percent int) string {
		return fmt.Sprintf(`{"flags":{"understudy.serve_ceiling_percent":{"state":"ENABLED","variants":{"all":100,"none":0},
			"defaultVariant":"none","targeting":{"fractional":[["all",%d],["none",%d]]}}}}`, percent, 100-percent)
	}
	served := func(f fixture) map[string]bool {
		scans := map[string]bool{}
		for i := range 400 {
			scan := fmt.Sprintf("scan-%d", i)
			first := f.Evaluate(t.Context(), Context{ScanKey: scan, Analysis: "top-tier"})
			second := f.Evaluate(t.Context(), Context{ScanKey: scan, Analysis: "quorums", MergeBy: "isp", NodeCount: i})
			if first != second {
				t.Fatalf("%s has %v and %v", scan, first, second)
			}
			if first.ServeCeilingPercent == 100 {
				scans[scan] = true
			}
		}
		return scans
	}
	few, more := served(start(t, rule(10))), served(start(t, rule(50)))
	if len(few) < 15 || len(few) > 75 || len(more) < 150 || len(more) > 250 {
		t.Errorf("10 %% took %d of 400 scans, 50 %% took %d", len(few), len(more))
	}
	for scan := range few {
		if !more[scan] {
			t.Errorf("%s is served at 10 %% and not at 50 %%", scan)
		}
	}
}

func TestTargeting_SeesTheAttributes(t *testing.T) {
	f := start(t, `{"flags":{"understudy.mode":{"state":"ENABLED","variants":{"auto":"auto","off":"off"},"defaultVariant":"auto",
		"targeting":{"if":[{"and":[{"==":[{"var":"analysis"},"quorums"]},{"==":[{"var":"merge_by"},"isp"]},
		{"==":[{"var":"client"},"adapter"]},{">":[{"var":"node_count"},99]},{"==":[{"var":"targetingKey"},"s"]}]},"off"]}}}}`)
	c := Context{ScanKey: "s", Analysis: "quorums", MergeBy: "isp", Client: "adapter", NodeCount: 100}
	if got := f.Evaluate(t.Context(), c).Mode; got != ModeOff {
		t.Errorf("mode is %s", got)
	}
	c.NodeCount = 99
	if got := f.Evaluate(t.Context(), c).Mode; got != ModeAuto {
		t.Errorf("mode is %s", got)
	}
}

func TestTargeting_ARuleThatFailsForAScanKeepsTheLastGoodValueAndIsCounted(t *testing.T) {
	f := start(t, `{"flags":{"understudy.serve_ceiling_percent":{"state":"ENABLED","variants":{"low":5,"high":90},"defaultVariant":"low",
		"targeting":{"if":[{"==":[{"var":"client"},"odd"]},{"cat":["hi",{"var":"merge_by"}]},"low"]}}}}`)
	if got := f.Evaluate(t.Context(), Context{Client: "odd", MergeBy: "gh"}).ServeCeilingPercent; got != 90 {
		t.Errorf("ceiling is %v", got)
	}
	if got := f.Evaluate(t.Context(), Context{Client: "odd", MergeBy: "isp"}).ServeCeilingPercent; got != 5 {
		t.Errorf("ceiling is %v", got)
	}
	if got := testutil.ToFloat64(f.metrics.errors.WithLabelValues("serve_ceiling_percent")); got != 1 {
		t.Errorf("%v failures were counted", got)
	}
}

func TestEvaluate_NeverMixesTwoFiles(t *testing.T) {
	closed, open := file("auto", false, "100", "100"), file("auto", true, "100", "0")
	f := start(t, closed)
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			text := closed
			if i%2 == 0 {
				text = open
			}
			if os.WriteFile(f.path+".new", []byte(text), 0o600) != nil || os.Rename(f.path+".new", f.path) != nil {
				return
			}
		}
	}()
	applied := f.metrics.reloads.WithLabelValues(outcomeApplied)
	for testutil.ToFloat64(applied) < 20 {
		v := f.Evaluate(t.Context(), Context{ScanKey: "s"})
		if v.Enabled && v.ServeCeilingPercent == 100 {
			t.Error("enabled of one file met the ceiling of the other")
			break
		}
	}
	close(stop)
	<-done
}

func TestEvaluate_WithACancelledContextStillAnswers(t *testing.T) {
	f := start(t, ceilingOnly("5"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := f.Evaluate(ctx, Context{}).ServeCeilingPercent; got != 5 {
		t.Errorf("ceiling is %v", got)
	}
}

func TestFlags_TwoInstancesDoNotShareAnything(t *testing.T) {
	one, two := start(t, ceilingOnly("1")), start(t, ceilingOnly("2"), "UNDERSTUDY_FLAG_MODE=off")
	if one.Current().ServeCeilingPercent != 1 || two.Current().ServeCeilingPercent != 2 || one.Current().Mode != ModeAuto {
		t.Errorf("current are %+v and %+v", one.Current(), two.Current())
	}
	one.Close()
	if got := two.Evaluate(t.Context(), Context{}).ServeCeilingPercent; got != 2 {
		t.Errorf("ceiling is %v after the other was closed", got)
	}
	write(t, two.path, ceilingOnly("3"))
	eventually(t, "the second still follows its file", func() bool { return two.Current().ServeCeilingPercent == 3 })
}

func TestFlags_IgnoresFlagdsOwnOfflineFileVariable(t *testing.T) {
	other := filepath.Join(t.TempDir(), "other.json")
	write(t, other, ceilingOnly("99"))
	t.Setenv("FLAGD_OFFLINE_FLAG_SOURCE_PATH", other)
	t.Setenv("FLAGD_RESOLVER", "rpc")
	if got := start(t, ceilingOnly("5")).Current().ServeCeilingPercent; got != 5 {
		t.Errorf("ceiling is %v", got)
	}
}

func TestClose_AnswersOnWithTheLastValuesAndMayBeCalledTwice(t *testing.T) {
	f := start(t, ceilingOnly("5"))
	f.Close()
	f.Close()
	write(t, f.path, ceilingOnly("50"))
	if got := f.Evaluate(t.Context(), Context{}).ServeCeilingPercent; got != 5 {
		t.Errorf("ceiling is %v", got)
	}
	if families, err := f.registry.Gather(); err != nil || len(families) != 0 {
		t.Errorf("%d metric families are left, error %v", len(families), err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}
