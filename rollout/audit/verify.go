package audit

import (
	"fmt"
	"slices"

	"understudy/rollout"
)

// Broken is where a chain is broken first, and how.
type Broken struct {
	Seq int64  `json:"seq"` // the record that is missing or wrong
	Why string `json:"why"` // "its contents were changed"
}

// Error implements error.
func (b *Broken) Error() string { return fmt.Sprintf("audit record %d: %s", b.Seq, b.Why) }

// Verify checks a whole chain, from record 1 on, against the head and the number that the state of
// the rollout was saved with. The error is a *Broken about the first record that
//
//   - is missing, comes twice or stands in another place,
//   - names another digest than the record before has,
//   - has not the digest of its contents, or contents that are no change,
//   - begins at another position than the one before ended at,
//   - the state knows of and the chain has not, or the other way round.
func Verify(records []Record, head string, seq int64) error {
	prev, position := "", rollout.Position{}
	for i, r := range records {
		if why := misplaced(records, i); why != nil {
			return why
		}
		if r.Prev != prev {
			return &Broken{r.Seq, fmt.Sprintf("it names %s as the digest of the record before, which is %s: one of the two was changed", short(r.Prev), short(prev))}
		}
		next := head
		if i+1 < len(records) {
			next = records[i+1].Prev
		}
		if why := r.altered(next); why != "" {
			return &Broken{r.Seq, why}
		}
		opened, err := Read(r.Seq, r.Prev, r.Digest, r.Body)
		if err != nil {
			return err
		}
		if !rollout.Equal(opened.Change.From, position) {
			return &Broken{r.Seq, begins(i, opened.Change.Kind)}
		}
		prev, position = r.Digest, opened.Change.To
	}
	return ends(int64(len(records)), prev, head, seq)
}

// misplaced compares the number of the i-th record with its place.
func misplaced(records []Record, i int) error {
	got, want := records[i].Seq, int64(i)+1
	elsewhere := slices.ContainsFunc(records[i:], func(r Record) bool { return r.Seq == want })
	switch {
	case got == want:
		return nil
	case got > 0 && got < want:
		return &Broken{got, fmt.Sprintf("it stands a second time, after record %d", want-1)}
	case elsewhere:
		return &Broken{want, fmt.Sprintf("it stands behind record %d", got)}
	}
	return &Broken{want, fmt.Sprintf("it is missing: record %d stands in its place", got)}
}

// altered says whether the contents or the digest were changed. What comes next, a record or the
// head, knows the digest and so which of them.
func (r Record) altered(next string) string {
	sum := r.sum()
	switch {
	case sum == r.Digest:
		return ""
	case next == r.Digest:
		return "its contents were changed"
	case next == sum:
		return "its digest was changed"
	}
	return fmt.Sprintf("its digest is %s, and that of its contents %s", short(r.Digest), short(sum))
}

func begins(i int, kind rollout.ChangeKind) string {
	if i == 0 {
		return fmt.Sprintf("%s: it is the first, and does not begin with nothing", kind)
	}
	return fmt.Sprintf("%s: it begins elsewhere than record %d ended", kind, i)
}

// ends compares where the chain ends, after n records, with what the state says.
func ends(n int64, last, head string, seq int64) error {
	switch {
	case n < seq:
		return &Broken{n + 1, fmt.Sprintf("it is missing: the state was saved with record %d", seq)}
	case n > seq:
		return &Broken{seq + 1, fmt.Sprintf("the state knows nothing of it: it was saved with record %d", seq)}
	case last != head:
		return &Broken{n, fmt.Sprintf("its digest is %s, and the state was saved with %s", short(last), short(head))}
	}
	return nil
}
