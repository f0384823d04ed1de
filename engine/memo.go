package engine

import "sync/atomic"

// memo keeps the vectors of a family once they were found whole, since the
// same search answers every merge level. Two goroutines may search at the same
// time; they find the same.
type memo[T any] struct{ whole atomic.Pointer[[]T] }

func (m *memo[T]) find(search func() ([]T, bool)) (found []T, complete bool) {
	if whole := m.whole.Load(); whole != nil {
		return *whole, true
	}
	found, complete = search()
	if complete {
		m.whole.Store(&found)
	}
	return found, complete
}

// known says whether a family is remembered whole.
func known[T any](m *memo[T]) bool { return m.whole.Load() != nil }
