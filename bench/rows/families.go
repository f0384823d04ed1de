package rows

import (
	"fmt"

	"understudy/examples"
)

// smallOrganizations is the size up to which the programs in Rust finish families, so that counts can be compared.
const smallOrganizations = 8

// largestDrop are the published networks of which families are counted, besides the small ones: up to which drop, by organizations.
var largestDrop = map[int]int{12: 4, 13: 4, 16: 8}

// comparedDrop is the drop of the larger published networks about which other programs are asked too: at 12 organizations or more they are not
// expected to finish, so one network of each size has to do. Of the first four it has the fewest sets, in their favor.
const comparedDrop = 4

// WholeRows ask for the number of sets in whole families: of some of the networks of published rows, and of generated ones.
//
// Nobody else is asked about the generated ones. They are too large, and in networks of mixed organizations the programs in Rust are known
// to lose quorums, so that their counts would prove nothing.
func WholeRows(published []Row) []Row {
	rows := wholePublished(published)
	for _, drop := range []int{1, 2, 4} {
		for _, size := range []int{18, 20, 24} {
			network := generate(Growth, examples.AlmostSymmetricConfig{Seed: 1, Organizations: size, Drop: drop})
			rows = append(rows, wholeRows(network, false, AllBlocking, AllQuorums)...)
		}
		for _, size := range []int{13, 14, 16} {
			network := generate(Family, examples.AlmostSymmetricConfig{Seed: 1, Organizations: size, Drop: drop})
			rows = append(rows, wholeRows(network, false, AllSplitting)...)
		}
	}
	for _, drop := range []int{1, 2} {
		for _, careful := range []int{5, 10} {
			network := generate(Mixed, examples.AlmostSymmetricConfig{Seed: 1, Organizations: 20, Drop: drop, Careful: careful})
			rows = append(rows, wholeRows(network, false, AllBlocking, AllQuorums)...)
		}
	}
	return rows
}

// wholePublished takes each network once; published has it once for each question.
func wholePublished(published []Row) []Row {
	var rows []Row
	seen := make(map[string]bool)
	for _, row := range published {
		var size, drop int
		_, err := fmt.Sscanf(row.Network.Name, "N%dF%d", &size, &drop)
		if small := size <= smallOrganizations; err == nil && !seen[row.Network.Name] && (small || drop <= largestDrop[size]) {
			rows = append(rows, wholeRows(row.Network, small || drop == comparedDrop, Families()...)...)
		}
		seen[row.Network.Name] = true
	}
	return rows
}

// wholeRows are of the same network under the same name, in another set.
func wholeRows(network *Network, compared bool, analyses ...Analysis) []Row {
	same := *network
	same.Set = Whole
	rows := make([]Row, len(analyses))
	for i, analysis := range analyses {
		rows[i] = Row{Network: &same, Analysis: analysis, Compared: compared}
	}
	return rows
}
