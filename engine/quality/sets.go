package quality

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"understudy/engine/fbas"
)

// profile is what a walk over one quorum set, with all its inner sets, shows.
type profile struct {
	finder  *finder
	lists   int // lists seen so far, which numbers the current one
	named   map[string]mention
	zero    map[string]int // descriptions of thresholds of zero, and how often
	above   map[string]int // thresholds above the entries as sent
	starved map[string]int // thresholds above the entries that are known
	missing []string       // the unknown entries of starved sets
}

// mention is how a quorum set names a validator.
type mention struct {
	times, list int
	inOneList   bool // twice in one list
}

// inspect reports what is wrong with a set, once for each of its owners.
func (f *finder) inspect(set *fbas.QuorumSet, owners []string) {
	p := &profile{finder: f, named: map[string]mention{}, zero: map[string]int{}, above: map[string]int{}, starved: map[string]int{}}
	p.walk(set, "the set itself")
	number := len(f.sets)
	f.sets = append(f.sets, owners)
	for key := range p.named {
		if !f.known(key) || f.setless(key) {
			f.naming[key] = append(f.naming[key], number)
		}
	}
	p.thresholds(owners)
	p.duplicates(owners)
	if set.Threshold > 0 && set.Threshold <= len(set.Validators)+len(set.InnerQuorumSets) { // else there is a graver finding
		p.owners(owners)
	}
	p.unsatisfiable(set, owners)
}

func (p *profile) walk(set *fbas.QuorumSet, what string) {
	p.lists++
	list := p.lists
	var unknown []string
	for _, key := range set.Validators {
		m := p.named[key]
		p.named[key] = mention{times: m.times + 1, list: list, inOneList: m.inOneList || m.list == list}
		if !p.finder.known(key) {
			unknown = append(unknown, key)
		}
	}
	entries := len(set.Validators) + len(set.InnerQuorumSets)
	switch {
	case set.Threshold <= 0:
		p.zero[what+" has a threshold of "+fmt.Sprint(set.Threshold)]++
	case set.Threshold > entries:
		p.above[fmt.Sprintf("%s asks for %d and has %s", what, set.Threshold, entriesOf(entries))]++
	case set.Threshold > entries-len(unknown):
		p.starved[fmt.Sprintf("%s asks for %d and has %s, of which %d unknown", what, set.Threshold, entriesOf(entries), len(unknown))]++
		p.missing = append(p.missing, unknown...)
	}
	for i := range set.InnerQuorumSets {
		inner := &set.InnerQuorumSets[i]
		p.walk(inner, describe(inner))
	}
}

func entriesOf(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprint(n) + " entries"
}

// describe tells an inner set from others by the validators it lists.
func describe(inner *fbas.QuorumSet) string {
	const most = 3
	if len(inner.Validators) == 0 {
		return "an inner set"
	}
	return "the inner set of " + some(slices.Sorted(slices.Values(inner.Validators)), most)
}

// places joins descriptions, the first few in order.
func places(of map[string]int) string {
	const most = 3
	var shown []string
	more := 0
	for i, place := range slices.Sorted(maps.Keys(of)) {
		switch {
		case i >= most:
			more += of[place]
		case of[place] > 1:
			shown = append(shown, fmt.Sprintf("%s (%d times)", place, of[place]))
		default:
			shown = append(shown, place)
		}
	}
	if more > 0 {
		shown = append(shown, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(shown, "; ")
}

func (p *profile) thresholds(owners []string) {
	f := p.finder
	slices.Sort(p.missing)
	missing := slices.Clip(slices.Compact(p.missing))
	zero, above, starved := places(p.zero), places(p.above), places(p.starved)
	for _, owner := range owners {
		if zero != "" {
			f.add(ThresholdZero, Error, owner, nil, "The quorum set of %s has a part that is met when nobody agrees: %s.", show(owner), zero)
		}
		switch {
		case above != "" && starved != "":
			f.add(ThresholdAboveMembers, Error, owner, missing, "The quorum set of %s has parts that can't be met: %s; and because %s unknown: %s.", show(owner), above, areUnknown(missing), starved)
		case above != "":
			f.add(ThresholdAboveMembers, Error, owner, nil, "The quorum set of %s can't be met in a part: %s.", show(owner), above)
		case starved != "":
			f.add(ThresholdAboveMembers, Warning, owner, missing, "The quorum set of %s can't be met in a part, only because %s unknown: %s.", show(owner), areUnknown(missing), starved)
		}
	}
}

func areUnknown(keys []string) string {
	if len(keys) == 1 {
		return names(keys) + " is"
	}
	return names(keys) + " are"
}

func (p *profile) duplicates(owners []string) {
	var twice []string
	where := "at several places"
	for key, m := range p.named {
		if m.times > 1 {
			twice = append(twice, key)
			if m.inOneList {
				where = "also within one list"
			}
		}
	}
	if twice == nil {
		return
	}
	slices.Sort(twice)
	for _, owner := range owners {
		p.finder.add(DuplicateValidator, Warning, owner, twice, "The quorum set of %s names %s more than once, %s.", show(owner), names(twice), where)
	}
}

func (p *profile) owners(owners []string) {
	for _, owner := range owners {
		if p.named[owner].times == 0 {
			p.finder.add(OwnerMissing, Info, owner, nil, "The quorum set of %s does not name %s itself.", show(owner), show(owner))
		}
	}
}
