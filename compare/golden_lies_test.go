package compare_test

import "slices"

// many is a family of which only a few sets are altered: more takes minutes.
const many = 20

// liar tells answers that hold together and are wrong all the same.
type liar struct {
	goldenAnswer
	told []mutation
}

// lies are the wrong answers that hold together.
func (g goldenAnswer) lies() []mutation {
	l := &liar{goldenAnswer: g}
	if g.Analysis == "top_tier" {
		l.aboutTopTier()
	} else {
		l.aboutFamily()
	}
	return l.told
}

func (l *liar) tell(what string, change func(c *call)) {
	c := l.call
	c.Family, c.TopTier = slices.Clone(c.Family), slices.Clone(c.TopTier)
	change(&c)
	_, answer := c.wire()
	if l.lean {
		if l.Family != nil && c.Size == l.Size && c.Min == l.Min && slices.ContainsFunc(l.Family, sameAs(least(c.Family))) {
			return // all that is left of the lie is another example
		}
		what, answer = what+", numbers only", lean(answer)
	}
	l.told = append(l.told, mutation{what, encode(answer)})
}

func (l *liar) aboutTopTier() {
	for _, i := range telling(len(l.TopTier)) {
		l.tell("without "+l.TopTier[i], func(c *call) { c.TopTier = slices.Delete(c.TopTier, i, i+1); c.Size-- })
	}
	l.tell("with a stranger", func(c *call) { c.TopTier = append(c.TopTier, "nobody"); c.Size++ })
}

func (l *liar) aboutFamily() {
	places := telling(len(l.Family))
	if len(l.Family) > many {
		places = places[1:2]
	}
	for _, i := range places {
		l.tell("a set missing", func(c *call) { c.setFamily(slices.Delete(c.Family, i, i+1)) })
		for _, j := range telling(len(l.Family[i])) {
			swapped := slices.Clone(l.Family[i])
			if swapped[j] = l.otherThan(swapped); swapped[j] == "" || len(l.Family) > many && j > 0 {
				break
			}
			l.tell("a member for another one", func(c *call) { c.Family[i] = swapped })
		}
	}
	if len(l.Family) > 1 {
		l.tell("without its least sets", func(c *call) {
			c.setFamily(slices.DeleteFunc(c.Family, func(set []string) bool { return len(set) == c.Min }))
		})
		l.tell("with the union of two sets", func(c *call) {
			c.setFamily(append(c.Family, union(c.Family[0], c.Family[len(c.Family)-1])))
		})
	}
}

// setFamily makes the numbers fit a family.
func (c *call) setFamily(family [][]string) {
	c.Family, c.Size, c.Min = family, len(family), len(least(family))
}

// otherThan is a name of the family that a set does not hold, "" if there is none.
func (g goldenAnswer) otherThan(set []string) string {
	for _, other := range g.Family {
		for _, name := range other {
			if !slices.Contains(set, name) {
				return name
			}
		}
	}
	return ""
}

// sameAs compares sets of names, order aside.
func sameAs(a []string) func([]string) bool {
	return func(b []string) bool {
		return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
	}
}

func union(a, b []string) []string {
	all := append(slices.Clone(a), b...)
	slices.Sort(all)
	return slices.Compact(all)
}
