// Package report turns measured rows into a report: who solved what, how times compare and how they grow, as Markdown with two plots.
//
//	data := report.Data{Head: head, Results: results}
//	markdown, err := data.Markdown()
//
// A verdict says what an outcome is worth: a wrong answer is not solved. A ratio compares times of rows that both have solved; a median is
// over rows. "Core" is the part of a network that the Rust scanner reduces it to.
//
// Read verdict.go for what counts as solved, stats.go for the arithmetic, contender.go for who is compared, tables.go for
// the tables, families.go for that of whole families, prototype.go for the prototype, markdown.go with report.md.tmpl for the text, plot.go for the
// plots.
package report
