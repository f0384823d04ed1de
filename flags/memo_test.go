package flags

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// rules looks at each attribute in some flag, and at the time in none.
const rules = `{
	"$evaluators": {"large": {">": [{"var": "node_count"}, 99]}},
	"flags": {
		"understudy.mode": {"state":"ENABLED","variants":{"auto":"auto","hold":"hold"},"defaultVariant":"auto",
			"targeting":{"if":[{"$ref":"large"},"hold"]}},
		"understudy.enabled": {"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on",
			"targeting":{"if":[{"and":[{"==":[{"var":"analysis"},"quorums"]},{"in":[{"var":["merge_by","none"]},["isp","country"]]}]},"off"]}},
		"understudy.mirror_percent": {"state":"ENABLED","variants":{"few":10,"all":100},"defaultVariant":"all",
			"targeting":{"fractional":[["few",50],["all",50]]}},
		"understudy.serve_ceiling_percent": {"state":"ENABLED","variants":{"none":0,"all":100},"defaultVariant":"all",
			"targeting":{"if":[{"missing":["client"]},"none"]}},
		"understudy.rescue_enabled": {"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off",
			"targeting":{"if":[{"==":[{"var":"size_class"},"10-29"]},"on"]}}}}`

// allContexts are questions that differ in all that a rule may look at.
func allContexts() []Context {
	var all []Context
	for _, nodes := range []int{0, 9, 10, 99, 100, 300} {
		for _, scan := range []string{"", "a", "b"} {
			for _, analysis := range []string{"", "quorums", "top-tier"} {
				for _, mergeBy := range []string{"", "isp", "none"} {
					for _, client := range []string{"", "x"} {
						all = append(all, Context{ScanKey: scan, Analysis: analysis, MergeBy: mergeBy, Client: client, NodeCount: nodes})
					}
				}
			}
		}
	}
	return all
}

// TestEvaluate_WhatIsRememberedIsWhatWouldBeEvaluated, whatever was asked before; and Rehearse, which
// goes another way, says the same.
func TestEvaluate_WhatIsRememberedIsWhatWouldBeEvaluated(t *testing.T) {
	one := func(key, body string) string { return `{"flags":{"` + key + `":` + body + `}}` }
	for name, text := range map[string]string{
		"all attributes": rules,
		"none":           file("hold", true, "5", "6"),
		"size only": one(KeyEnabled, `{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on",
			"targeting":{"if":[{"in":[{"var":"size_class"},["0-9","100-299"]]},"off"]}}`),
		"a name that is computed": one(KeyEnabled, `{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on",
			"targeting":{"if":[{"==":[{"var":{"cat":["ana","lysis"]}},"quorums"]},"off"]}}`),
		"a bucket of its own": one(KeyEnabled, `{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on",
			"targeting":{"fractional":[{"var":"client"},["on",50],["off",50]]}}`),
		"disabled": one(KeyEnabled, `{"state":"DISABLED","variants":{"off":false},"defaultVariant":"off"}`),
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, text)
			contexts := allContexts()
			want, err := Rehearse([]byte(text), contexts)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				for i, c := range contexts {
					if got := f.Evaluate(t.Context(), c); got != want[i] {
						t.Fatalf("%s: evaluated %+v, rehearsed %+v", c, got, want[i])
					}
				}
			}
		})
	}
}

func TestEvaluate_QuestionsThatNoRuleTellsApartAreEvaluatedOnce(t *testing.T) {
	remembered := func(f fixture) int {
		m := f.memo.Load()
		m.mu.Lock()
		defer m.mu.Unlock()
		return len(m.answers)
	}
	f := start(t, `{"flags":{"understudy.enabled":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on",
		"targeting":{"if":[{"==":[{"var":"analysis"},"quorums"]},"off"]}}}}`)
	for i := range 17 * 5 {
		f.Evaluate(t.Context(), Context{ScanKey: fmt.Sprint(i / 17), Analysis: []string{"quorums", "top-tier", "blocking-sets"}[i%3], NodeCount: i % 17})
	}
	if got := remembered(f); got != 3 {
		t.Errorf("%d answers are remembered", got)
	}
	scans := start(t, rules)
	now := scans.edition(t.Context())
	for i := range maxRemembered + 10 {
		scans.remember(now, Context{ScanKey: fmt.Sprint(i)}, answer{edition: now})
	}
	if got := remembered(scans); got != 10 {
		t.Errorf("%d answers are remembered after more than %d", got, maxRemembered)
	}
	scans.Evaluate(t.Context(), Context{ScanKey: strings.Repeat("x", maxRememberedText+1)})
	if got := remembered(scans); got != 10 {
		t.Error("a long question is remembered")
	}
}

func TestEvaluate_WhatFailedOrLooksAtTheTimeIsNotRemembered(t *testing.T) {
	f := start(t, `{"flags":{"understudy.enabled":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on",
		"targeting":{"if":[{">":[{"var":"$flagd.timestamp"},9999999999]},"off"]}}}}`)
	f.Evaluate(t.Context(), Context{ScanKey: "s"})
	if f.memo.Load() != nil {
		t.Error("an answer that looks at the time is remembered")
	}
	failing := start(t, `{"flags":{"understudy.enabled":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on",
		"targeting":{"if":[{"==":[{"var":"client"},"odd"]},{"cat":["o","x"]},"on"]}}}}`)
	failing.Evaluate(t.Context(), Context{Client: "odd"})
	if failing.memo.Load() != nil {
		t.Error("an answer that failed is remembered")
	}
}

func TestEvaluate_AnEditIsSeenWhateverIsRemembered(t *testing.T) {
	f := start(t, ceilingOnly("10"))
	for i := range 20 {
		want := float64(11 + i)
		f.Evaluate(t.Context(), Context{ScanKey: "s"})
		write(t, f.path, ceilingOnly(fmt.Sprint(want)))
		eventually(t, "the edit", func() bool { return f.Evaluate(t.Context(), Context{ScanKey: "s"}).ServeCeilingPercent == want })
	}
}

func TestRehearse_SaysWhatIsWrongWithTheFileOrWithOneScan(t *testing.T) {
	if _, err := Rehearse([]byte(ceilingOnly("101")), nil); err == nil || !strings.Contains(err.Error(), `variant "v": 101 is not a number from 0 to 100`) {
		t.Errorf("error is %v", err)
	}
	text := `{"flags":{"understudy.enabled":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on",
		"targeting":{"if":[{"==":[{"var":"client"},"odd"]},{"cat":["o","x"]},"on"]}}}}`
	_, err := Rehearse([]byte(text), []Context{{}, {ScanKey: "s", Client: "odd"}})
	if err == nil || !strings.Contains(err.Error(), `understudy.enabled: its rule fails for scan "s"`) {
		t.Errorf("error is %v", err)
	}
}

func TestLooks_MayBeTooManyAndNeverTooFew(t *testing.T) {
	for rule, want := range map[string]looks{
		`{"var":"analysis"}`:                              looksAtAnalysis,
		`{"var":["analysis","x"]}`:                        looksAtAnalysis,
		`{"var":"client.address"}`:                        looksAtClient,
		`{"var":"$flagd.flagKey"}`:                        0,
		`{"var":"$flagd.timestamp"}`:                      looksAtTime,
		`{"var":"$flagd"}`:                                looksAtTime,
		`{"var":""}`:                                      looksAtAll | looksAtTime,
		`{"var":[]}`:                                      looksAtAll | looksAtTime,
		`{"var":0}`:                                       looksAtAll | looksAtTime,
		`{"var":{"if":[true,"client"]}}`:                  looksAtAll | looksAtTime,
		`{"missing":["x"]}`:                               looksAtAll,
		`{"fractional":[["on",1]]}`:                       looksAtScan,
		`{"==":[{"var":"size_class"},"0-9"]}`:             looksAtSize,
		`{"==":[{"var":"node_\u0063ount"},1]}`:            looksAtNodes,
		`{"map":[["merge_by"],{"var":""}]}`:               looksAtAll | looksAtTime,
		`{"if":[{"var":"targetingKey"},"on","analysis"]}`: looksAtScan | looksAtAnalysis,
	} {
		doc := document{Flags: map[string]flagEntry{"x": {Targeting: []byte(rule)}}}
		if got := doc.looks(); got&want != want || got != want && want != looksAtAll {
			t.Errorf("%s looks at %07b, want %07b", rule, got, want)
		}
		if shared := (document{Evaluators: map[string]json.RawMessage{"x": []byte(rule)}}).looks(); shared != doc.looks() {
			t.Errorf("%s looks at %07b in a shared rule", rule, shared)
		}
	}
}
