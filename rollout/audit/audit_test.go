package audit_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"understudy/rollout"
	"understudy/rollout/audit"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// position is the n-th of a rollout; the zero one comes before all.
func position(n int) rollout.Position {
	if n == 0 {
		return rollout.Position{}
	}
	return rollout.Position{
		Stage: rollout.Shadow, Condition: rollout.Normal, Entered: noon.Add(time.Duration(n) * time.Hour),
		Suspects: []string{fmt.Sprint("exchange-", n)}, Override: &rollout.Override{Percent: float64(n), Actor: "person:ana", Until: noon},
	}
}

func change(n int) rollout.Change {
	return rollout.Change{
		At: noon.Add(time.Duration(n) * time.Hour), Kind: rollout.ChangePromoted, Actor: rollout.ActorController,
		Reason: fmt.Sprintf("reason <%d>", n), From: position(n - 1), To: position(n),
	}
}

// chain seals n changes.
func chain(t testing.TB, n int) []audit.Record {
	t.Helper()
	var records []audit.Record
	prev := ""
	for i := 1; i <= n; i++ {
		r, err := audit.Seal(int64(i), prev, change(i))
		if err != nil {
			t.Fatal(err)
		}
		records, prev = append(records, r), r.Digest
	}
	return records
}

// end is what a state is saved with.
func end(records []audit.Record) (head string, seq int64) {
	if len(records) == 0 {
		return "", 0
	}
	last := records[len(records)-1]
	return last.Digest, last.Seq
}

// sealed is a record of one's own making with a digest that fits.
func sealed(t *testing.T, seq int64, prev string, c rollout.Change) audit.Record {
	t.Helper()
	r, err := audit.Seal(seq, prev, c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func otherwise(c rollout.Change) rollout.Change {
	c.Reason = "another one"
	return c
}

func TestVerify_NamesTheFirstBrokenRecordAndWhatIsWrong(t *testing.T) {
	elsewhere := change(3)
	elsewhere.From.Held = true
	begun := change(1)
	begun.From.Held = true
	for _, c := range []struct {
		name  string
		spoil func(records []audit.Record) []audit.Record
		seq   int64
		why   string
	}{
		{"a gap", func(r []audit.Record) []audit.Record { return slices.Delete(r, 2, 3) }, 3, "it is missing: record 4 stands in its place"},
		{"no first", func(r []audit.Record) []audit.Record { return r[1:] }, 1, "it is missing"},
		{"no last", func(r []audit.Record) []audit.Record { return r[:4] }, 5, "it is missing: the state was saved with record 5"},
		{"none", func([]audit.Record) []audit.Record { return nil }, 1, "it is missing"},
		{"reordered", func(r []audit.Record) []audit.Record { r[1], r[2] = r[2], r[1]; return r }, 2, "it stands behind record 3"},
		{"twice", func(r []audit.Record) []audit.Record { return slices.Insert(r, 2, r[1]) }, 2, "it stands a second time, after record 2"},
		{"a number that none has", func(r []audit.Record) []audit.Record { r[2].Seq = 0; return r }, 3, "it is missing: record 0 stands in its place"},
		{"a changed line", func(r []audit.Record) []audit.Record {
			r[2].Body = []byte(strings.Replace(string(r[2].Body), "ana", "bob", 1))
			return r
		}, 3, "its contents were changed"},
		{"a changed last line", func(r []audit.Record) []audit.Record { r[4].Body = []byte(`{}`); return r }, 5, "its contents were changed"},
		{"a changed digest", func(r []audit.Record) []audit.Record { r[2].Digest = r[1].Digest; return r }, 3, "its digest was changed"},
		{"a line sealed anew", func(r []audit.Record) []audit.Record {
			r[2] = sealed(t, 3, r[1].Digest, otherwise(change(3)))
			return r
		}, 4, "one of the two was changed"},
		{"a line of nonsense", func(r []audit.Record) []audit.Record { r[2].Body, r[2].Digest = []byte("1"), "2"; return r }, 3, "its digest is "},
		{"a changed link", func(r []audit.Record) []audit.Record { r[2].Prev = r[0].Digest; return r }, 3, "one of the two was changed"},
		{"another position", func(r []audit.Record) []audit.Record {
			r[2] = sealed(t, 3, r[1].Digest, elsewhere)
			r[3] = sealed(t, 4, r[2].Digest, change(4))
			return r
		}, 3, "promoted: it begins elsewhere than record 2 ended"},
		{"a beginning in the middle", func(r []audit.Record) []audit.Record {
			r[0] = sealed(t, 1, "", begun)
			r[1] = sealed(t, 2, r[0].Digest, change(2))
			return r
		}, 1, "does not begin with nothing"},
		{"one more", func(r []audit.Record) []audit.Record { return append(r, sealed(t, 6, r[4].Digest, change(6))) }, 6, "the state knows nothing of it"},
		{"another end", func(r []audit.Record) []audit.Record {
			return append(r[:4], sealed(t, 5, r[3].Digest, otherwise(change(5))))
		}, 5, "the state was saved with"},
	} {
		t.Run(c.name, func(t *testing.T) {
			records := chain(t, 5)
			head, seq := end(records)
			err := audit.Verify(c.spoil(records), head, seq)
			var broken *audit.Broken
			if !errors.As(err, &broken) || broken.Seq != c.seq || !strings.Contains(broken.Why, c.why) {
				t.Errorf("error is %v, want record %d: %s", err, c.seq, c.why)
			}
		})
	}
}

func TestVerify_AWholeChainIsWhole(t *testing.T) {
	for n := range 6 {
		records := chain(t, n)
		head, seq := end(records)
		if err := audit.Verify(records, head, seq); err != nil {
			t.Errorf("%d records: %v", n, err)
		}
	}
	if err := audit.Verify(nil, "head", 0); err == nil {
		t.Error("an empty chain has a head")
	}
}

// stored is what of a record is kept.
func stored(r audit.Record) []*string {
	body := string(r.Body)
	return []*string{&r.Prev, &r.Digest, &body}
}

func TestVerify_AnyByteChangedOrRecordRemovedSwappedOrInsertedIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "records")
		records := make([]audit.Record, 0, n+1)
		prev := ""
		for i := 1; i <= n; i++ {
			r, err := audit.Seal(int64(i), prev, change(i))
			if err != nil {
				t.Fatal(err)
			}
			records, prev = append(records, r), r.Digest
		}
		head, seq := end(records)
		at := rapid.IntRange(0, n-1).Draw(t, "record")
		switch what := rapid.SampledFrom([]string{"byte", "number", "remove", "swap", "insert", "head"}).Draw(t, "what"); what {
		case "byte":
			fields := stored(records[at])
			field := rapid.IntRange(0, 2).Draw(t, "field")
			text := []byte(*fields[field])
			if len(text) == 0 {
				t.Skip("the first record has none before it")
			}
			text[rapid.IntRange(0, len(text)-1).Draw(t, "place")] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
			*fields[field] = string(text)
			records[at].Prev, records[at].Digest, records[at].Body = *fields[0], *fields[1], []byte(*fields[2])
		case "number":
			records[at].Seq += rapid.SampledFrom([]int64{-2, -1, 1, 2, math.MaxInt32}).Draw(t, "by")
		case "remove":
			records = slices.Delete(records, at, at+1)
		case "swap":
			with := rapid.IntRange(0, n-1).Draw(t, "with")
			if with == at {
				t.Skip("the same")
			}
			records[at], records[with] = records[with], records[at]
		case "insert":
			records = slices.Insert(records, at, rapid.SampledFrom(records).Draw(t, "copy"))
		case "head":
			head = head[1:] + head[:1]
			if head == records[n-1].Digest {
				t.Skip("the same")
			}
		}
		if audit.Verify(records, head, seq) == nil {
			t.Fatal("not found")
		}
	})
}

func TestSeal_CanBeReadBack(t *testing.T) {
	r, err := audit.Seal(1, "", change(1))
	if err != nil {
		t.Fatal(err)
	}
	again, err := audit.Read(r.Seq, r.Prev, r.Digest, r.Body)
	if err != nil || again.Change.Reason != "reason <1>" || !rollout.Equal(again.Change.To, position(1)) {
		t.Errorf("got %+v, error %v", again, err)
	}
}

func TestSeal_RefusesWhatCanNotBeWrittenOrLinked(t *testing.T) {
	unwritable := change(1)
	unwritable.To.Override.Percent = math.NaN()
	for name, err := range map[string]error{
		"no JSON":                 second(audit.Seal(1, "", unwritable)),
		"number 0":                second(audit.Seal(0, "", change(1))),
		"a first that follows":    second(audit.Seal(1, strings.Repeat("0", 64), change(1))),
		"one that follows none":   second(audit.Seal(2, "", change(2))),
		"a digest of other signs": second(audit.Seal(2, strings.Repeat("\n", 64), change(2))),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func second(_ audit.Record, err error) error { return err }

func TestRead_KeepsTheBytesAndTakesFieldsOfALaterVersion(t *testing.T) {
	body := []byte(` {"kind":"promoted",  "mood":"calm"} `)
	const digest = "9547310f9691d905fe7e19b8e1bf4c46adff0a96746270d2785780bdd78ae60a" // fixed for ever: what is stored must stay readable
	r, err := audit.Read(1, "", digest, body)
	if err != nil || string(r.Body) != string(body) || r.Change.Kind != rollout.ChangePromoted {
		t.Errorf("got %+v, error %v", r, err)
	}
}

// FuzzRead looks for a record that opens under a digest of other contents, and for a body that does
// not survive: whatever opens can be sealed again and leads to the same position.
func FuzzRead(f *testing.F) {
	for _, r := range chain(f, 2) {
		f.Add(r.Seq, r.Prev, r.Digest, r.Body)
	}
	f.Add(int64(-1), "", "", []byte("null"))
	f.Fuzz(func(t *testing.T, seq int64, prev, digest string, body []byte) {
		sum := sha256.Sum256(append(fmt.Appendf(nil, "understudy audit\n%d\n%s\n", seq, prev), body...))
		fits := hex.EncodeToString(sum[:])
		if _, err := audit.Read(seq, prev, digest, body); err == nil && digest != fits {
			t.Fatal("it opens under another digest")
		}
		r, err := audit.Read(seq, prev, fits, body)
		if err != nil {
			var broken *audit.Broken
			if !errors.As(err, &broken) || broken.Seq != seq {
				t.Fatalf("error is %v", err)
			}
			return
		}
		again, err := audit.Seal(seq, prev, r.Change)
		if err != nil || !rollout.Equal(again.Change.To, r.Change.To) {
			t.Fatalf("sealed anew it is %+v, error %v", again, err)
		}
	})
}
