package rows

import (
	"fmt"
	"slices"

	"understudy/examples"
)

// missingOrganizations is the size of the 13 published networks that are not at hand: N14F1 to N14F13.
const missingOrganizations = 14

// FamilyRows are generated in place of the published networks that are not at hand. They are of the same size and shape, but not the same
// networks, and so are named G14F1 to G14F13; published times do not apply to them.
func FamilyRows() []Row {
	var rows []Row
	for drop := 1; drop < missingOrganizations; drop++ {
		network := generate(Family, examples.AlmostSymmetricConfig{Seed: 1, Organizations: missingOrganizations, Drop: drop})
		for _, analysis := range Analyses() {
			rows = append(rows, Row{Network: network, Analysis: analysis, Compared: true})
		}
	}
	return rows
}

// growthSeeds is the number of networks of each size and drop.
const growthSeeds = 2

// GrowthRows are the family at 18 to 40 organizations, from nearly symmetric to half of all dropped.
func GrowthRows() []Row {
	var rows []Row
	for _, size := range []int{18, 20, 24, 28, 32, 36, 40} {
		for _, drop := range []int{1, size / 8, size / 4, size / 2} {
			for seed := range uint64(growthSeeds) {
				config := examples.AlmostSymmetricConfig{Seed: seed + 1, Organizations: size, Drop: drop}
				rows = append(rows, allQuestions(generate(Growth, config), seed == 0)...)
			}
		}
	}
	return rows
}

// MixedRows are networks in which one validator of some organizations wants one organization more than its siblings, so that an
// organization is no longer one thing.
func MixedRows() []Row {
	var rows []Row
	for _, size := range []int{8, 12, 16, 20} {
		for _, drop := range []int{1, 2} {
			for _, careful := range []int{size / 4, size / 2} {
				config := examples.AlmostSymmetricConfig{Seed: 1, Organizations: size, Drop: drop, Careful: careful}
				rows = append(rows, allQuestions(generate(Mixed, config), true)...)
			}
		}
	}
	return rows
}

// allQuestions adds the minimum quorum, which the published benchmark does not ask and so nobody else is asked.
func allQuestions(network *Network, compared bool) []Row {
	rows := make([]Row, 0, 4)
	for _, analysis := range Analyses() {
		rows = append(rows, Row{Network: network, Analysis: analysis, Compared: compared})
	}
	return append(rows, Row{Network: network, Analysis: Quorum})
}

// generate names a network after its configuration: G24F6s2 has 24 organizations, drop 6 and seed 2; M12F1c3 has 3 careful validators.
func generate(set Set, config examples.AlmostSymmetricConfig) *Network {
	name := fmt.Sprintf("G%dF%d", config.Organizations, config.Drop)
	switch set {
	case Growth:
		name += fmt.Sprintf("s%d", config.Seed)
	case Mixed:
		name = fmt.Sprintf("M%dF%dc%d", config.Organizations, config.Drop, config.Careful)
	}
	return &Network{Name: name, Set: set, Organizations: config.Organizations, Request: examples.AlmostSymmetric(config).JSON()}
}

// All returns every row, in the order of Sets. Without the published networks it returns the others and ErrNoShared.
func All(shared string) ([]Row, error) {
	published, err := PublishedRows(shared)
	return slices.Concat(published, FamilyRows(), GrowthRows(), MixedRows(), WholeRows(published)), err
}
