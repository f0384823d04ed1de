package shrink

import "understudy/compare/edit"

// thresholds brings thresholds one down, those that nothing meets to the least
// such number, and one up where quorum sets become equal by that.
func (r *run) thresholds() {
	r.eachList(func(at func() *edit.Set, change func(*edit.Network, func(*edit.Set))) {
		moved := func(move func(*edit.Set)) bool {
			return at() != nil && r.try(func(n *edit.Network) { change(n, move) })
		}
		moved(func(s *edit.Set) { s.Threshold = min(s.Threshold, s.Members()+1) })
		for moved(func(s *edit.Set) { s.Threshold = down(s.Threshold) }) {
		}
		moved(func(s *edit.Set) { s.Threshold++ })
	})
}

// down is one less, but never 0: a set that everything meets is no simpler.
func down(threshold int) int { return max(min(1, threshold), threshold-1) }
