package vary

import (
	"fmt"

	"understudy/compare/edit"
)

func (d draw) thresholdUp() string {
	return d.threshold("up", 1, func(s *edit.Set) bool { return s.Threshold >= 1 && s.Threshold < s.Members() })
}

func (d draw) thresholdDown() string {
	return d.threshold("down", -1, func(s *edit.Set) bool { return s.Threshold > 1 && s.Threshold <= s.Members() })
}

// threshold moves the threshold of one list by one: mostly of one validator
// alone, at times in all lists that are equal to it, since most of a network
// copies its quorum sets from one another.
func (d draw) threshold(word string, by int, room func(*edit.Set) bool) string {
	type place struct {
		node *edit.Node
		list *edit.Set
	}
	var places []place
	for i := range d.Nodes {
		if set := d.Nodes[i].Set; set != nil {
			set.Lists(func(s *edit.Set) {
				if room(s) && d.matters(d.Nodes[i].Key) {
					places = append(places, place{&d.Nodes[i], s})
				}
			})
		}
	}
	if len(places) == 0 {
		return ""
	}
	at := one(d, places)
	change := []*edit.Set{at.list}
	where := fmt.Sprintf("in the quorum set of %s", name(at.node))
	if d.random.IntN(4) == 0 {
		like := at.list.String()
		change = nil
		for _, p := range places {
			if p.list.String() == like {
				change = append(change, p.list)
			}
		}
		where = fmt.Sprintf("%s and wherever the same list stands (%d times)", where, len(change))
	}
	was := at.list.Threshold
	for _, list := range change {
		list.Threshold += by
	}
	return fmt.Sprintf("threshold one %s %s: %d of %s, was %d", word, where, at.list.Threshold, d.members(at.list), was)
}

// members names the members of a list, the first few.
func (d draw) members(s *edit.Set) string {
	const most = 3
	nodes := make(map[string]*edit.Node, len(d.Nodes))
	for i := range d.Nodes {
		nodes[d.Nodes[i].Key] = &d.Nodes[i]
	}
	text := "{"
	for i, key := range s.Validators {
		if i == most {
			break
		}
		if i > 0 {
			text += ", "
		}
		node := nodes[key]
		if node == nil {
			node = &edit.Node{Key: key}
		}
		text += name(node)
	}
	rest := s.Members() - min(most, len(s.Validators))
	switch {
	case rest > 0 && len(s.Validators) > 0:
		text += fmt.Sprintf(" and %d more", rest)
	case rest > 0:
		text += fmt.Sprintf("%d inner sets", rest)
	}
	return text + "}"
}
