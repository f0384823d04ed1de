package control_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"understudy/rollout"
	"understudy/rollout/breaker"
	"understudy/rollout/control"
)

func Example() {
	ctx, policy := context.Background(), rollout.DefaultPolicy()
	inbox := control.NewInbox()
	b := breaker.New(breaker.Config{Policy: policy, Hooks: inbox.Hooks()})
	c, err := control.Start(ctx, control.Config{
		Policy: policy, Inbox: inbox, Breaker: b, Store: &memory{}, Measurer: nobodyScans{},
		Flags: func() (rollout.Settings, string, bool) {
			return rollout.Settings{Mode: rollout.ModeAuto, Enabled: true, MirrorPercent: 100, CeilingPercent: 100}, "example", true
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(c.Position().Stage)

	ana := rollout.By{Actor: "person:ana", Reason: "a look at the canary"}
	if _, err := c.Do(ctx, rollout.SetOverride{By: ana, Percent: 1, For: time.Hour}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(*c.Position().Dials(time.Now()).Override)

	_, err = c.Do(ctx, rollout.Promote{By: ana})
	fmt.Println(err != nil, b.Closed())
	if err := c.Close(ctx); err != nil {
		log.Fatal(err)
	}
	// Output:
	// shadow
	// 1
	// true true
}

type nobodyScans struct{}

func (nobodyScans) Measure(_ context.Context, span control.Span) (rollout.Measured, error) {
	return rollout.Measured{Until: span.Until}, nil
}
