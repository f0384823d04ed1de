package control

import (
	"bytes"
	"testing"
	"time"

	"understudy/rollout"
)

// What was stored may come from another version, or from a disk that lies: it is
// taken whole or refused, and what is taken is what will be stored again.
func FuzzDecode(f *testing.F) {
	state, _ := rollout.DefaultPolicy().Begin(rollout.Settings{Mode: rollout.ModeAuto}, rollout.Versions{Candidate: "1"}, time.Unix(1_800_000_000, 0).UTC())
	text, err := encode(state)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"format":2,"state":{}}`))
	f.Add([]byte(`{"format":1,"state":{"position":{"stage":"canary"}}}`))
	f.Add([]byte(`{"format":1,"state":{}} {}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		read, err := decode(data)
		if err != nil {
			return
		}
		first, err := encode(read)
		if err != nil {
			t.Fatalf("%q was read and can't be written: %v", data, err)
		}
		again, err := decode(first)
		if err != nil {
			t.Fatalf("%q is written as %q, which can't be read: %v", data, first, err)
		}
		if second, err := encode(again); err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%q becomes %q and then %q, %v", data, first, second, err)
		}
	})
}
