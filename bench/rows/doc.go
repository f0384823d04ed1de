// Package rows says what is measured: networks, the questions about them, and what is known of the answers beforehand.
//
//	all, err := rows.All(os.Getenv("UNDERSTUDY_SHARED_DATA"))
//
// A row is one question about one network. Rows come in five sets: Published, the networks of python-fbas's benchmark of 2025-12-22 that are
// at hand; Family, generated in place of those that are not; Growth, the same family at larger sizes; Mixed, with organizations whose
// validators do not agree among themselves; Whole, which asks for the number of sets in whole families where the others ask for a minimum.
//
// Read row.go for the words, figures.go for what is known (published times and answers, in data/), shared.go, generated.go and
// families.go for where networks come from, pick.go for choosing some rows.
package rows
