package rollout

import (
	"fmt"
	"reflect"
)

// Replay gives the position that a list of changes leads to, from the first one
// of a rollout on. A change that does not begin where the one before it ended is
// an error that names its place, from 0: something is missing or was altered.
func Replay(changes []Change) (Position, error) {
	var position Position
	for i, c := range changes {
		if !Equal(c.From, position) {
			return position, fmt.Errorf("replay change %d (%s): it begins elsewhere than the one before it ended", i, c.Kind)
		}
		position = c.To
	}
	return position, nil
}

// Equal reports whether two positions are the same. Times are by the instant,
// and a list without elements is as good as none, so that a position that went
// through JSON is still itself.
func Equal(a, b Position) bool { return reflect.DeepEqual(a.canonical(), b.canonical()) }

// canonical takes out what two equal positions may differ in.
func (p Position) canonical() Position {
	p.Entered, p.Since, p.Until, p.EvidenceSince = p.Entered.UTC().Round(0), p.Since.UTC().Round(0), p.Until.UTC().Round(0), p.EvidenceSince.UTC().Round(0)
	if p.Override != nil {
		o := *p.Override
		o.Until = o.Until.UTC().Round(0)
		p.Override = &o
	}
	var trips []Trip
	for _, t := range p.Trips {
		t.At = t.At.UTC().Round(0)
		trips = append(trips, t)
	}
	p.Trips = trips
	if len(p.Suspects) == 0 {
		p.Suspects = nil
	}
	return p
}
