package main

import (
	"context"
	"errors"
	"fmt"

	"understudy/compare"
	"understudy/examples"
	"understudy/proxy"
	"understudy/store"
)

// past gives the proxy exchanges to ask again while the breaker is half-open.
type past struct{ store *store.Store }

// stored is proxy.Deps.Stored.
func (p past) stored(ctx context.Context, id string) (proxy.Stored, bool, error) {
	e, err := p.store.Exchange(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return proxy.Stored{}, false, nil
	case err != nil:
		return proxy.Stored{}, false, fmt.Errorf("read exchange %s: %w", id, err)
	case e.RequestBody == nil:
		return proxy.Stored{}, false, nil
	}
	stored := proxy.Stored{ID: e.ID, Analysis: e.Analysis, Body: e.RequestBody}
	if e.PrimaryBody != nil {
		stored.Primary = compare.Reply{
			Status: e.Primary.Status, Body: e.PrimaryBody, Failure: e.Primary.Failure, Latency: e.Primary.Latency,
		}
	}
	return stored, true, nil
}

// builtin are questions for a store that holds none yet: the example networks.
// What the primary says about them is not known, but a clean answer can be told
// from a bad one without it.
func builtin() []proxy.Stored {
	var list []proxy.Stored
	for _, example := range examples.Files() {
		for _, analysis := range []string{"top-tier", "quorums", "blocking-sets", "splitting-sets"} {
			list = append(list, proxy.Stored{Analysis: analysis, Body: example.Network.JSON()})
		}
	}
	return list
}
