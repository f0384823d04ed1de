package workload

import (
	"fmt"
	"math/rand/v2"
)

// Values that the scanners clean in different places: commas and a dot at the
// end go, an empty country is none, an empty ISP is a group.
var (
	countries = []string{"Finland", "Germany", "United States", "United, States.", ""}
	isps      = []string{"Alpha", "Alpha.", "Beta, Inc.", "Beta Inc", ""}
)

// label lays countries, ISPs and nodes that do not validate over the network. The
// first node with a set validates: a backend asks about nothing else.
func label(r *rand.Rand, nodes []node) []node {
	validating := false
	for i := range nodes {
		if value := pick(r, countries); value != nil {
			nodes[i].GeoData = &geoData{CountryName: value}
		}
		nodes[i].ISP = pick(r, isps)
		asks := nodes[i].QuorumSet != nil && nodes[i].QuorumSet.Threshold > 0
		switch {
		case asks && !validating:
			validating = true
		case r.IntN(5) == 0:
			nodes[i].IsValidating = new(bool)
		}
	}
	return nodes
}

// organizations draws up to four: they may overlap, have one name in common, be
// called like a node, and list validators that are not there.
func organizations(r *rand.Rand, nodes []node) []organization {
	drawn := []organization{}
	var keys []string
	for _, n := range nodes {
		keys = append(keys, n.PublicKey)
	}
	rest := sample(r, keys, len(keys))
	overlap := r.IntN(3) == 0
	for k := range r.IntN(5) {
		o := organization{ID: fmt.Sprintf("o%d", k), Name: fmt.Sprintf("Org %d", k)}
		if r.IntN(6) == 0 {
			o.Name = []string{"Org 0", keys[0]}[r.IntN(2)]
		}
		taken := min(len(rest), 1+r.IntN(3))
		o.Validators, rest = append([]string{}, rest[:taken]...), rest[taken:]
		if overlap {
			o.Validators = sample(r, keys, 1+r.IntN(3))
		}
		if r.IntN(8) == 0 {
			o.Validators = append(o.Validators, "absent")
		}
		drawn = append(drawn, o)
	}
	return drawn
}

// pick draws one of the values, or none.
func pick(r *rand.Rand, values []string) *string {
	if i := r.IntN(len(values) + 1); i < len(values) {
		return &values[i]
	}
	return nil
}
