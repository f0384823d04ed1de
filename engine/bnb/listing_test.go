package bnb

import (
	"fmt"
	"testing"

	"understudy/engine/class"
	"understudy/engine/fbas"
	"understudy/engine/twin"
)

func TestListing_EndsWhereThereIsNoRoomForMore(t *testing.T) {
	network := &fbas.Network{}
	for i := range 8 {
		set := &fbas.QuorumSet{Threshold: 5}
		for j := range 8 {
			if j != (i+1)%8 {
				set.Validators = append(set.Validators, fmt.Sprint(j))
			}
		}
		network.Nodes = append(network.Nodes, fbas.Node{PublicKey: fmt.Sprint(i), QuorumSet: set})
	}
	q := class.New(fbas.Compile(network))
	whole, complete := MinimalQuorums(t.Context(), q, twin.Orbits{}, 0)
	if !complete || len(whole) <= 3 {
		t.Fatalf("%d quorums, complete: %t", len(whole), complete)
	}
	d := &quorumListing{listing: newListing(t.Context(), q, twin.Orbits{}, 0), chosen: make(class.Vector, len(q.Size))}
	d.room = 3 * len(q.Size)
	d.visit()
	if !d.stopped || len(d.found) != 3 {
		t.Errorf("with room for 3 there are %d, stopped: %t", len(d.found), d.stopped)
	}
}
