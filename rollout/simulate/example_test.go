package simulate_test

import (
	"context"
	"fmt"
	"log"

	"understudy/rollout"
	"understudy/rollout/simulate"
)

func Example() {
	candidate := simulate.DefaultCandidate()
	candidate.Fault = &simulate.Fault{At: rollout.Canary1, Behaviour: simulate.Behaviour{Down: true}}
	report, err := simulate.Run(context.Background(), simulate.Config{
		Policy: rollout.DefaultPolicy(), Candidate: candidate, Days: 3, Runs: 5, Seed: 1,
	}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("canary_1 after %.1f days\n", report.Stage(rollout.Canary1).Days.Median)
	fmt.Printf("%d of %d trips by self-test\n", report.Fault.Triggers[rollout.TriggerSelfTest], report.Fault.Began)
	fmt.Println("within a minute:", report.Fault.Seconds.Most <= 60)
	// Output:
	// canary_1 after 2.0 days
	// 5 of 5 trips by self-test
	// within a minute: true
}
