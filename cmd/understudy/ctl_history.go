package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"understudy/console"
	"understudy/rollout/audit"
)

type ctlHistoryCommand struct {
	opsFlags
	Limit  int    `default:"20" help:"At most so many records, the newest last."`
	Before int64  `placeholder:"NUMBER" help:"Only records with a smaller number: the page before."`
	Kind   string `placeholder:"WORD" help:"Only changes of this kind, such as promoted or tripped."`
	Verify bool   `help:"Check every record, on the server and again here."`
	Known  string `placeholder:"NUMBER:DIGEST" help:"With --verify: a record that was noted elsewhere, which must still be there."`
}

// Validate names the flag that is out of range.
func (c *ctlHistoryCommand) Validate() error {
	if c.Limit < 1 || c.Limit > historyPage {
		return fmt.Errorf("--limit %d: want 1 to %d", c.Limit, historyPage)
	}
	if c.Before < 0 {
		return fmt.Errorf("--before %d: want the number of a record", c.Before)
	}
	if c.Verify && (c.Kind != "" || c.Before > 0) {
		return errors.New("--verify: it looks at every record, so leave out --kind and --before")
	}
	if _, _, err := c.known(); err != nil {
		return err
	}
	return c.opsFlags.Validate()
}

// known is the record that was noted elsewhere; 0: none.
func (c *ctlHistoryCommand) known() (seq int64, digest string, err error) {
	if c.Known == "" {
		return 0, "", nil
	}
	number, digest, _ := strings.Cut(c.Known, ":")
	seq, err = strconv.ParseInt(number, 10, 64)
	if err != nil || seq < 1 || !digestForm.MatchString(digest) || !c.Verify {
		return 0, "", fmt.Errorf("--known %q: want NUMBER:DIGEST as --verify prints it, and --verify", c.Known)
	}
	return seq, digest, nil
}

// historyPage is the most records that the API gives at once.
const historyPage = 1000

// Run lists, or verifies.
func (c *ctlHistoryCommand) Run(ctx context.Context, s streams) error {
	if c.Verify {
		return c.verify(ctx, s)
	}
	before := ""
	if c.Before > 0 {
		before = strconv.FormatInt(c.Before, 10)
	}
	var page console.History
	return c.get(ctx, s, withQuery("rollout/history", "limit", strconv.Itoa(c.Limit), "before", before, "kind", c.Kind), &page, func(out *keeper) {
		c.show(verdictPrinter{out, wantsColour(s.out)}, page)
	})
}

func (c *ctlHistoryCommand) show(p verdictPrinter, page console.History) {
	if len(page.Records) == 0 {
		p.printf("no such record\n")
		return
	}
	if first := page.Records[0].Seq; len(page.Records) == c.Limit && first > 1 {
		p.printf("older: --before %d\n", first)
	}
	p.printf("%6s  %-21s%-16s%-24s%-22s%s\n", "record", "at", "what", "stage", "by", "reason")
	for _, r := range page.Records {
		if r.Change == nil {
			p.printf("%6d  %s\n", r.Seq, paint(p.colour, red, "damaged: see ctl history --verify"))
			continue
		}
		change := r.Change
		stage := change.To.Stage.String()
		if change.From.Stage != change.To.Stage {
			stage = change.From.Stage.String() + " > " + stage
		}
		p.printf("%6d  %-21s%-16s%-24s%-22s%s\n", r.Seq, stamp(change.At), change.Kind, stage, printable(change.Actor), printable(change.Reason))
	}
}

// verified is what checking the history came to, on both ends.
type verified struct {
	Server console.Verification `json:"server"`
	Here   recomputed           `json:"here"`
}

// recomputed is the chain as the records that were sent make it.
type recomputed struct {
	OK      bool   `json:"ok"`
	Records int    `json:"records"`
	Problem string `json:"problem,omitempty"`
}

// verify asks the server, and then believes only the records themselves: that a
// store, or the server before it, says that all is well proves nothing.
func (c *ctlHistoryCommand) verify(ctx context.Context, s streams) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	answer, err := client.ask(ctx, http.MethodGet, "rollout/history/verify", nil)
	if err != nil {
		return err
	}
	var v verified
	if err := client.read(answer, &v.Server); err != nil {
		return err
	}
	records, err := client.records(ctx, v.Server.Seq)
	if err != nil {
		return err
	}
	v.Here.Records = len(records)
	if err := c.check(records, v.Server); err != nil {
		v.Here.Problem = err.Error()
	}
	v.Here.OK = v.Here.Problem == ""
	out := &keeper{out: s.out}
	if c.JSON {
		writeDocument(out, v)
	} else {
		v.show(verdictPrinter{out, wantsColour(s.out)})
	}
	return errors.Join(out.failed(), v.failed())
}

// check recomputes the chain. A whole chain may still be another one than it was;
// that shows only to who has noted a digest.
func (c *ctlHistoryCommand) check(records []audit.Record, server console.Verification) error {
	if err := audit.Verify(records, server.Head, server.Seq); err != nil {
		return err
	}
	seq, digest, err := c.known()
	switch {
	case err != nil || seq == 0:
		return err
	case seq > int64(len(records)):
		return fmt.Errorf("audit record %d: it was noted elsewhere, and is missing", seq)
	case records[seq-1].Digest != digest:
		return fmt.Errorf("audit record %d: it is not the one that was noted elsewhere: the history was written anew", seq)
	}
	return nil
}

// records are all up to one, as they were hashed.
func (c *opsClient) records(ctx context.Context, until int64) ([]audit.Record, error) {
	var list []audit.Record
	for after := int64(0); after < until; {
		path := withQuery("rollout/history", "after", strconv.FormatInt(after, 10), "before", strconv.FormatInt(until+1, 10), "limit", strconv.Itoa(historyPage))
		answer, err := c.ask(ctx, http.MethodGet, path, nil)
		if err != nil {
			return nil, err
		}
		var page console.History
		if err := c.read(answer, &page); err != nil {
			return nil, err
		}
		for _, r := range page.Records {
			list = append(list, audit.Record{Seq: r.Seq, Prev: r.Prev, Digest: r.Digest, Body: []byte(r.Body)})
		}
		if len(page.Records) == 0 || page.Records[len(page.Records)-1].Seq <= after {
			break // what is missing shows in the check
		}
		after = page.Records[len(page.Records)-1].Seq
	}
	return list, nil
}

func (v verified) show(p verdictPrinter) {
	line := func(where string, ok bool, records int, problem string) {
		result := paint(p.colour, green, "whole")
		if !ok {
			result = paint(p.colour, red, printable(problem))
		}
		p.printf("%-12s%s read: %s\n", where, count(records, "record"), result)
	}
	line("server", v.Server.OK, v.Server.Records, v.Server.Problem)
	line("here", v.Here.OK, v.Here.Records, v.Here.Problem)
	if v.Server.OK && v.Here.OK && v.Server.Seq > 0 {
		p.printf("%-12s%d:%s\n", "last", v.Server.Seq, v.Server.Head)
		p.printf("%-12snote it elsewhere: who can write the store can write a new chain, and only --known with this shows it\n", "")
	}
}

func (v verified) failed() error {
	switch {
	case !v.Here.OK:
		return errors.New("the history is not whole: " + printable(v.Here.Problem))
	case !v.Server.OK:
		return errors.New("the history is not whole: " + printable(v.Server.Problem))
	}
	return nil
}

// withQuery adds those parameters that have a value.
func withQuery(path string, pairs ...string) string {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			values.Set(pairs[i], pairs[i+1])
		}
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}
