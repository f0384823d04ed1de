package compare_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"understudy/compare"
	"understudy/internal/precondition"
)

// The time between both answers and the verdict on the live network, which a
// client may be waiting for: the scanner shows one splitting set without its
// quorums, the other side another one.
func BenchmarkCompare_TheLiveNetwork(b *testing.B) {
	body, err := os.ReadFile(precondition.SharedData(b, "networks", "real_snapshot_filtered.json"))
	if err != nil {
		b.Fatal(err)
	}
	recorded, err := os.ReadFile(precondition.SharedData(b, "expected", "real_snapshot_filtered.json"))
	if err != nil {
		b.Fatal(err)
	}
	var calls struct{ Calls []call }
	if err := json.Unmarshal(recorded, &calls); err != nil {
		b.Fatal(err)
	}
	for _, c := range calls.Calls {
		if c.MergeBy != nil || c.Family == nil || len(c.Faulty) > 0 {
			continue
		}
		analysis, answer := c.wire()
		delete(answer, "sets")
		other := map[string]any{}
		for name, value := range answer {
			other[name] = value
		}
		for _, name := range []string{"example_set", "example_quorum"} {
			if answer[name] != nil {
				other[name] = lastOfSize(c.Family, c.Min)
			}
		}
		b.Run(analysis, func(b *testing.B) {
			q := compare.Prepare(compare.Question{Analysis: analysis, Body: body})
			for b.Loop() {
				if got := q.Compare(reply(answer), reply(other), compare.KindRust); got.Verdict != compare.VerdictAgree {
					b.Fatalf("%+v", got)
				}
			}
		})
	}
}

func lastOfSize(family [][]string, size int) []string {
	for _, set := range slices.Backward(family) {
		if len(set) == size {
			return set
		}
	}
	return nil
}
