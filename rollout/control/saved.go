package control

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"understudy/rollout"
	"understudy/rollout/audit"
)

// stateFormat is the version of document.
const stateFormat = 1

// document is the state as it is stored.
type document struct {
	Format int           `json:"format"`
	State  rollout.State `json:"state"`
}

func encode(s rollout.State) ([]byte, error) {
	text, err := json.Marshal(document{stateFormat, s})
	if err != nil {
		return nil, fmt.Errorf("write state of the rollout: %w", err)
	}
	return text, nil
}

// decode reads a stored state. A field that it does not know is an error: to save
// the state again would lose it.
func decode(text []byte) (rollout.State, error) {
	var format struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(text, &format); err != nil {
		return rollout.State{}, fmt.Errorf("read stored state of the rollout: %w", err)
	}
	if format.Format != stateFormat {
		return rollout.State{}, fmt.Errorf("read stored state of the rollout: its format is %d, and this version of Understudy knows %d", format.Format, stateFormat)
	}
	var d document
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		return rollout.State{}, fmt.Errorf("read stored state of the rollout: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return rollout.State{}, fmt.Errorf("read stored state of the rollout: something follows it")
	}
	return d.State, nil
}

// seal makes the records of events whose changes follow what is stored. An event
// keeps them for the next try.
func (s Saved) seal(events []*pending) (records []audit.Record, err error) {
	seq, head := s.Seq, s.Head
	for _, p := range events {
		if len(p.changes) == 0 {
			continue
		}
		if len(p.sealed) == 0 || p.sealed[0].Seq != seq+1 || p.sealed[0].Prev != head {
			if p.sealed, err = sealAll(seq, head, p.changes); err != nil {
				return nil, err
			}
		}
		last := p.sealed[len(p.sealed)-1]
		records, seq, head = append(records, p.sealed...), last.Seq, last.Digest
	}
	return records, nil
}

func sealAll(seq int64, head string, changes []rollout.Change) ([]audit.Record, error) {
	records := make([]audit.Record, 0, len(changes))
	for _, c := range changes {
		seq++
		r, err := audit.Seal(seq, head, c)
		if err != nil {
			return nil, err
		}
		records, head = append(records, r), r.Digest
	}
	return records, nil
}

// after is what is stored once records and a state were saved.
func (s Saved) after(state []byte, records []audit.Record) Saved {
	s.Version++
	s.State = state
	if n := len(records); n > 0 {
		s.Seq, s.Head = records[n-1].Seq, records[n-1].Digest
	}
	return s
}
