package audit_test

import (
	"fmt"
	"log"
	"time"

	"understudy/rollout"
	"understudy/rollout/audit"
)

func Example() {
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	shadow := rollout.Position{Stage: rollout.Shadow, Entered: noon}
	canary := rollout.Position{Stage: rollout.Canary1, Entered: noon.Add(48 * time.Hour)}

	first, err := audit.Seal(1, "", rollout.Change{At: shadow.Entered, Kind: rollout.ChangeStart, Actor: rollout.ActorController, To: shadow})
	if err != nil {
		log.Fatal(err)
	}
	second, err := audit.Seal(2, first.Digest, rollout.Change{At: canary.Entered, Kind: rollout.ChangePromoted, Actor: "person:ana", From: shadow, To: canary})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(audit.Verify([]audit.Record{first, second}, second.Digest, 2))
	fmt.Println(audit.Verify([]audit.Record{first}, second.Digest, 2))

	second.Body = []byte(`{"kind":"promoted","actor":"person:bob"}`)
	fmt.Println(audit.Verify([]audit.Record{first, second}, second.Digest, 2))
	// Output:
	// <nil>
	// audit record 2: it is missing: the state was saved with record 2
	// audit record 2: its contents were changed
}
