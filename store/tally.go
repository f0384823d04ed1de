package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Tally counts verdicts. Of the first five fields those are filled in by which it was asked for.
type Tally struct {
	Metric   string
	Analysis string
	Level    string
	Size     string // size class
	Source   string

	Verdicts map[string]int // verdict: exchanges
	Cases    map[string]int // verdict: distinct cases
}

// TallyFilter selects what is counted, and how it is told apart.
type TallyFilter struct {
	Since  time.Time // inclusive; zero: all
	Source string    // empty: all
	// By names what to tell apart: any of metric, analysis, level, size, source. With metric the
	// verdicts are those of the metrics, which are compared ones only. Without, they are the
	// exchanges' own, failures among them, each exchange once.
	By []string
}

// dimension is what tallies can be told apart by.
type dimension struct {
	name   string
	column string
	field  func(*Tally) *string
}

var dimensions = []dimension{
	{"metric", "m.name", func(t *Tally) *string { return &t.Metric }},
	{"analysis", "e.analysis", func(t *Tally) *string { return &t.Analysis }},
	{"level", "e.level", func(t *Tally) *string { return &t.Level }},
	{"size", "e.size_class", func(t *Tally) *string { return &t.Size }},
	{"source", "e.source", func(t *Tally) *string { return &t.Source }},
}

// Tallies counts exchanges and distinct cases by verdict, in the order of the fields of Tally.
func (s *Store) Tallies(ctx context.Context, f TallyFilter) ([]Tally, error) {
	by, err := f.dimensions()
	if err != nil {
		return nil, fmt.Errorf("count verdicts: %w", err)
	}
	query, arguments := f.query(by)
	rows, err := s.reader.QueryContext(ctx, query, arguments...)
	if err != nil {
		return nil, explain("count verdicts", err)
	}
	defer rows.Close()
	list, err := tallies(rows, by)
	return list, explain("count verdicts", err)
}

func (f TallyFilter) dimensions() ([]dimension, error) {
	var by []dimension
	var names []string
	for _, d := range dimensions {
		names = append(names, d.name)
		if slices.Contains(f.By, d.name) {
			by = append(by, d)
		}
	}
	for _, name := range f.By {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("by is %q: it may be %s", name, strings.Join(names, ", "))
		}
	}
	return by, nil
}

func (f TallyFilter) query(by []dimension) (string, []any) {
	from, verdict, columns := "exchanges e", "e.verdict", ""
	for _, d := range by {
		if d.name == "metric" {
			from, verdict = "exchanges e JOIN metrics m ON m.exchange_id = e.id", "m.verdict"
		}
		columns += d.column + ", "
	}
	columns += verdict
	where, arguments := Filter{Since: f.Since, Source: f.Source}.where(time.Time{})
	return `SELECT ` + columns + `, COUNT(*), COUNT(DISTINCT e.case_digest) FROM ` + from + where +
		` GROUP BY ` + columns + ` ORDER BY ` + columns, arguments
}

// tallies gathers the rows of each tally, which follow each other.
func tallies(rows *sql.Rows, by []dimension) ([]Tally, error) {
	var list []Tally
	for rows.Next() {
		var t Tally
		var verdict string
		var exchanges, cases int
		var into []any
		for _, d := range by {
			into = append(into, d.field(&t))
		}
		if err := rows.Scan(append(into, &verdict, &exchanges, &cases)...); err != nil {
			return nil, err
		}
		if len(list) == 0 || !list[len(list)-1].like(t) {
			t.Verdicts, t.Cases = map[string]int{}, map[string]int{}
			list = append(list, t)
		}
		last := list[len(list)-1]
		last.Verdicts[verdict], last.Cases[verdict] = exchanges, cases
	}
	return list, rows.Err()
}

func (t Tally) like(o Tally) bool {
	return !slices.ContainsFunc(dimensions, func(d dimension) bool { return *d.field(&t) != *d.field(&o) })
}
