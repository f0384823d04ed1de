package flags

import "sync"

const (
	maxRemembered     = 4096 // answers of one edition
	maxRememberedText = 512  // bytes of a question; clients may write long ones
)

// memo holds the answers of one edition.
type memo struct {
	edition edition

	mu      sync.Mutex // guards answers
	answers map[Context]Values
}

func (f *Flags) remembered(now edition, c Context) (Values, bool) {
	m := f.memo.Load()
	if m == nil || m.edition != now {
		return Values{}, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	values, ok := m.answers[now.looks.masked(c)]
	return values, ok
}

// remember keeps an answer that is good for its whole edition: a failed one leans on values of
// before, and one that looks at the time does not last.
func (f *Flags) remember(now edition, c Context, a answer) {
	c = now.looks.masked(c)
	if a.failed || a.edition != now || now.looks&looksAtTime != 0 ||
		len(c.ScanKey)+len(c.Analysis)+len(c.MergeBy)+len(c.Client) > maxRememberedText {
		return
	}
	m := f.memo.Load()
	if m == nil || m.edition != now {
		m = &memo{edition: now, answers: map[Context]Values{}}
		f.memo.Store(m) // two at once: one is lost, and asked again
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.answers) >= maxRemembered {
		clear(m.answers)
	}
	m.answers[c] = a.values
}
