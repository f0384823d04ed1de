package store

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

// wholeTable is a step of a plan that reads a table from end to end.
var wholeTable = regexp.MustCompile(`^SCAN \w+$`)

func TestQueries_FindByIndex(t *testing.T) {
	s := openNew(t)
	filter := func(f Filter) string {
		where, _ := f.where(noon)
		return `SELECT ` + exchangeColumns + ` FROM exchanges e` + where + ` ORDER BY e.at DESC, e.id DESC LIMIT ?`
	}
	tally := func(f TallyFilter) string {
		by, err := f.dimensions()
		if err != nil {
			t.Fatal(err)
		}
		query, _ := f.query(by)
		return query
	}
	ledger := func(f DisagreementFilter) string {
		where, _, err := f.where(noon)
		if err != nil {
			t.Fatal(err)
		}
		return `SELECT ` + disagreementColumns + ` FROM disagreements` + where + ` ORDER BY last_seen DESC, id DESC LIMIT ?`
	}
	audit := func(f AuditFilter) string {
		query, _ := f.query()
		return query
	}
	for name, query := range map[string]string{
		"audit":                     audit(AuditFilter{}),
		"audit, the newest":         audit(AuditFilter{Newest: true, Before: 100}),
		"audit of a kind":           audit(AuditFilter{Kind: "tripped"}),
		"corpus":                    selectKept,
		"evidence of a span":        selectParts(core) + selectSpan,
		"coverage of a span":        selectCovered,
		"open candidate_wrong":      selectOpenWrong,
		"exchanges":                 filter(Filter{}),
		"exchanges by outcome":      filter(Filter{Outcome: "differ"}),
		"exchanges by verdict":      filter(Filter{Verdict: "undecided"}),
		"exchanges by metric":       filter(Filter{Metric: "top_tier", Verdict: "undecided"}),
		"exchanges by scan":         filter(Filter{Scan: "scan"}),
		"exchanges of a time":       filter(Filter{Since: noon, Until: noon.Add(time.Hour)}),
		"exchanges that are open":   filter(Filter{Open: true}),
		"tallies of a time":         tally(TallyFilter{Since: noon, By: []string{"metric", "source"}}),
		"disagreements":             ledger(DisagreementFilter{State: StateOpen}),
		"disagreements by exchange": ledger(DisagreementFilter{Exchange: "one"}),
		"prune by age":              selectOld,
		"prune by size":             selectOldest,
		"prune by open":             selectBeyond,
		"prune exchanges":           selectUnpinned,
		"prune bodies":              deleteUnheld,
		"delete exchanges":          `DELETE FROM exchanges WHERE id IN (?, ?)`,
		"delete disagreements":      `DELETE FROM disagreements WHERE id IN ` + selectClosed,
	} {
		for _, step := range plan(t, s, query) {
			if wholeTable.MatchString(step) {
				t.Errorf("%s: %s in\n%s", name, step, query)
			}
		}
	}
}

func TestQueries_ThatPickTheOldestNeedNotSort(t *testing.T) {
	s := openNew(t)
	for name, query := range map[string]string{"age": selectOld, "size": selectOldest, "open": selectBeyond} {
		for _, step := range plan(t, s, query) {
			if strings.Contains(step, "TEMP B-TREE FOR ORDER BY") {
				t.Errorf("prune by %s: %s", name, step)
			}
		}
	}
	if steps := fmt.Sprint(plan(t, s, selectOldest)); !strings.Contains(steps, "exchanges_with_bodies") {
		t.Errorf("prune by size walks over what has no bodies: %s", steps)
	}
}

func TestEvidence_LooksOnlyAtItsSpanAndSeeksTheRest(t *testing.T) {
	s := openNew(t)
	steps := strings.Join(plan(t, s, selectParts(core)+selectSpan), "\n")
	for _, want := range []string{
		"SEARCH e USING INDEX exchanges_at (at>? AND at<?)",
		"SEARCH b USING COVERING INDEX exchanges_scan (scan=? AND source=? AND at<?)",
		"SEARCH o USING INDEX exchanges_case (case_digest=? AND at>? AND at<?)",
		"SEARCH m USING INDEX sqlite_autoindex_metrics_1 (exchange_id=?)",
	} {
		if !strings.Contains(steps, want) {
			t.Errorf("the plan has not %q:\n%s", want, steps)
		}
	}
	if strings.Contains(steps, "TEMP B-TREE") {
		t.Errorf("it sorts:\n%s", steps)
	}
	for _, query := range []string{selectCovered, selectOpenWrong, selectKept} {
		if steps := fmt.Sprint(plan(t, s, query)); strings.Contains(steps, "SCAN") && !strings.Contains(steps, "exchanges_with_bodies") {
			t.Errorf("%s in\n%s", steps, query)
		}
	}
}

func plan(t *testing.T, s *Store, query string) []string {
	t.Helper()
	var arguments []any
	for range strings.Count(query, "?") {
		arguments = append(arguments, 100)
	}
	rows, err := s.writer.QueryContext(t.Context(), `EXPLAIN QUERY PLAN `+query, arguments...)
	if err != nil {
		t.Fatalf("%v in %s", err, query)
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, detail)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}
