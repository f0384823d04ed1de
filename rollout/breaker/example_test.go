package breaker_test

import (
	"fmt"

	"understudy/rollout"
	"understudy/rollout/breaker"
)

func Example() {
	b := breaker.New(breaker.Config{
		Policy: rollout.DefaultPolicy(),
		Hooks:  breaker.Hooks{Spoke: func(s rollout.Spoke) { fmt.Println(s.Reason, s.Exchanges) }},
	})
	for i, scan := range []string{"monday", "monday", "tuesday"} {
		b.Begin(scan, fmt.Sprint("exchange-", i)).End(rollout.Errored, true)
	}
	fmt.Println(b.State(), b.Closed())
	// Output:
	// errors_in_a_row: 3 of the last 3 executions, from 2 scans [exchange-0 exchange-1 exchange-2]
	// open false
}
