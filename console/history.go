package console

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"understudy/rollout"
	"understudy/rollout/audit"
	"understudy/rollout/control"
	"understudy/store"
)

// Chain is what the API reads of the audit. *store.Store is one.
type Chain interface {
	Audit(ctx context.Context, f store.AuditFilter) ([]store.AuditRecord, error)
}

// History is a page of the audit.
type History struct {
	Records []Record `json:"records"` // the oldest first
	Seq     int64    `json:"seq"`     // of the last record of all
	Head    string   `json:"head"`    // its digest
}

// Record is one record of the audit. Body is what was hashed, byte for byte, so
// that everybody can compute Digest again; Change is the same to be read, and
// null where it can't be.
type Record struct {
	Seq    int64           `json:"seq"`
	Prev   string          `json:"prev"`
	Digest string          `json:"digest"`
	Body   string          `json:"body"`
	Change *rollout.Change `json:"change"`
}

// Verification is what checking the whole chain came to.
type Verification struct {
	OK      bool      `json:"ok"`
	Records int       `json:"records"` // that were read
	Seq     int64     `json:"seq"`     // of the last one, as the controller knows it
	Head    string    `json:"head"`    // its digest, as the controller knows it
	At      time.Time `json:"at"`
	Problem string    `json:"problem,omitempty"` // what is wrong, with the number of the record
}

func (h *handler) history(ctx context.Context, _ string, p *parameters) (any, error) {
	_, forwards := p.values["after"] // after=0 begins with the first record
	filter := store.AuditFilter{Before: p.number("before"), After: p.number("after"), Kind: p.kind(), Limit: p.limit(), Newest: !forwards}
	if err := p.end(); err != nil {
		return nil, err
	}
	records, err := h.store.Audit(ctx, filter)
	if err != nil {
		return nil, err
	}
	status := h.config.Rollout.Status()
	page := History{Records: make([]Record, len(records)), Seq: status.Seq, Head: status.Head}
	if filter.Newest {
		slices.Reverse(records)
	}
	for i, r := range records {
		page.Records[i] = newRecord(r)
	}
	return page, nil
}

func newRecord(r store.AuditRecord) Record {
	out := Record{Seq: r.Seq, Prev: r.Prev, Digest: r.Digest, Body: string(r.Body)}
	if read, err := readRecord(r); err == nil {
		out.Change = &read.Change
	}
	return out
}

// readRecord checks one record by itself. The columns beside the body are only
// there to be selected by, and a record that shows there what its body does not
// say is damaged too.
func readRecord(r store.AuditRecord) (audit.Record, error) {
	read, err := audit.Read(r.Seq, r.Prev, r.Digest, r.Body)
	if err != nil {
		return read, err
	}
	if c := read.Change; !c.At.Equal(r.At) || string(c.Kind) != r.Kind || c.Actor != r.Actor {
		return read, fmt.Errorf("record %d: time, kind or actor are not those of its body", r.Seq)
	}
	return read, nil
}

// auditPage is how many records are read at once.
const auditPage = 1000

// wholeChain reads the audit from its first record to the one given.
func wholeChain(ctx context.Context, from Chain, until int64) (list []store.AuditRecord, err error) {
	for after := int64(0); after < until; {
		page, err := from.Audit(ctx, store.AuditFilter{After: after, Before: until + 1, Limit: auditPage})
		if err != nil {
			return nil, err
		}
		if len(page) == 0 || page[len(page)-1].Seq <= after {
			break // records are missing, or out of order
		}
		list, after = append(list, page...), page[len(page)-1].Seq
	}
	return list, nil
}

// verify checks all records against what the running controller knows of the
// last one, which no change to the file can reach.
func (h *handler) verify(ctx context.Context, _ string, p *parameters) (any, error) {
	if err := p.end(); err != nil {
		return nil, err
	}
	status := h.config.Rollout.Status()
	records, err := wholeChain(ctx, h.store, status.Seq)
	if err != nil {
		return nil, err
	}
	v := Verification{Records: len(records), Seq: status.Seq, Head: status.Head, At: h.config.Now()}
	if err := verifyChain(records, status); err != nil {
		v.Problem = err.Error()
	}
	v.OK = v.Problem == ""
	return v, nil
}

func verifyChain(records []store.AuditRecord, status control.Status) error {
	chain := make([]audit.Record, len(records))
	for i, r := range records {
		chain[i] = audit.Record{Seq: r.Seq, Prev: r.Prev, Digest: r.Digest, Body: r.Body}
	}
	if err := audit.Verify(chain, status.Head, status.Seq); err != nil {
		return err
	}
	var last rollout.Position
	for _, r := range records {
		read, err := readRecord(r)
		if err != nil {
			return err
		}
		last = read.Change.To
	}
	// What lowers the share is in force before it is on disk.
	if status.Unsaved == 0 && len(records) > 0 && !rollout.Equal(last, status.State.Position) {
		return errors.New("the last record does not lead to where the rollout is")
	}
	return nil
}
