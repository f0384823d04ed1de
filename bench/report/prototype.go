package report

import (
	"fmt"
	"time"

	"understudy/bench/peers"
	"understudy/bench/rows"
)

// prototypeFrom is the size from which the prototype's times are long enough for a target: a tenth of them.
const (
	prototypeFrom   = 24
	prototypeTarget = 10
)

// prototypeTargets compares minimum splitting sets of the larger generated networks with the prototype's.
func (d *Data) prototypeTargets() []string {
	var lines []string
	splitting := d.of(rows.Growth, rows.Splitting)
	for _, size := range sizes(splitting) {
		prototype, known := d.Prototype[size]
		if !known || size < prototypeFrom {
			continue
		}
		results := ofSize(splitting, size)
		longest, all := worst(results).Outcomes[peers.Ours].Wall, wallSolved(results) == len(results)
		lines = append(lines, fmt.Sprintf(
			"Longest of %d minimum splitting sets at %d organizations: %s; the prototype's longest, on other networks of the same family: %s, %s times as long; target %d times: %s.",
			len(results), size, secondsText(longest.Seconds()), prototypeText(prototype), timesText(prototype, longest, all), prototypeTarget,
			met(all && prototype.Seconds/longest.Seconds() >= prototypeTarget)))
	}
	return lines
}

func wallSolved(results []Result) int { return len(times(results, wallOf(peers.Ours))) }

func prototypeText(p rows.PrototypeTime) string {
	if p.Over {
		return "over " + secondsText(p.Seconds)
	}
	return secondsText(p.Seconds)
}

// timesText says how many times as long as ours the prototype needed. all says that ours has solved all rows; else its time is a lower bound,
// as the prototype's is where it was ended.
func timesText(p rows.PrototypeTime, ours time.Duration, all bool) string {
	ratio := ratioText(p.Seconds / ours.Seconds())
	switch {
	case p.Over && !all:
		return "unknown"
	case p.Over:
		return "over " + ratio
	case !all:
		return "under " + ratio
	}
	return ratio
}
