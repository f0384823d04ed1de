package backend

import "understudy/engine/fbas"

// Adapter is the scan of the backend's own HTTP client: 17 questions without any
// name, after GET /health. It merges nothing: for organizations, countries and
// ISPs it builds a network of groups, and "with faulty nodes" is the request
// without them. It never asks for the symmetric top tier.
func Adapter(n *fbas.Network) (Scan, error) {
	nodes, err := scanned(n)
	if err != nil {
		return Scan{}, err
	}
	levels := [][]node{wireNodes(nodes)}
	filtered := [][]node{wireNodes(validating(nodes))}
	for _, by := range []grouping{byOrganization(n), byCountry(), byISP()} {
		groups := groupNodes(nodes, by)
		levels = append(levels, by.wire(groups))
		filtered = append(filtered, by.wire(validatingGroups(groups)))
	}

	scan := Scan{Health: true}
	build := builder{}
	for i, level := range levels {
		ask := request{Nodes: level, Organizations: []organization{}}
		without := request{Nodes: filtered[i], Organizations: []organization{}}
		scan.Questions = append(scan.Questions,
			build.question(ask, pathTopTier), build.question(ask, pathBlockingSets),
			build.question(without, pathBlockingSets), build.question(ask, pathSplittingSets))
	}
	whole := request{Nodes: levels[0], Organizations: []organization{}}
	scan.Last = []Question{build.question(whole, pathQuorums)}
	return scan, build.err
}

func validating(nodes []fbas.Node) []fbas.Node {
	var kept []fbas.Node
	for _, n := range nodes {
		if !notValidating(n) {
			kept = append(kept, n)
		}
	}
	return kept
}
