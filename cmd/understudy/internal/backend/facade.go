package backend

import "understudy/engine/fbas"

// Facade is the scan of the drop-in client: 18 questions about one network,
// merged by the scanner. Symmetric top tier and quorums are asked once; top tier,
// blocking sets, blocking sets with the nodes that do not validate as faulty, and
// splitting sets on each of the four levels. The scan has a name.
func Facade(n *fbas.Network) (Scan, error) {
	nodes, err := scanned(n)
	if err != nil {
		return Scan{}, err
	}
	ask := request{Nodes: wireNodes(nodes), Organizations: wireOrganizations(n.Organizations)}
	var faulty []string
	for _, v := range nodes {
		if notValidating(v) {
			faulty = append(faulty, v.PublicKey)
		}
	}

	scan := Scan{ID: newID()}
	build := builder{}
	scan.Questions = append(scan.Questions, build.question(ask, pathSymmetricTopTier))
	for _, level := range []string{"none", "organization", "country", "isp"} {
		ask.MergeBy, ask.FaultyNodes = level, nil
		scan.Questions = append(scan.Questions,
			build.question(ask, pathTopTier), build.question(ask, pathBlockingSets), build.question(ask, pathSplittingSets))
		ask.FaultyNodes = faulty
		scan.Questions = append(scan.Questions, build.question(ask, pathBlockingSets))
	}
	ask.MergeBy, ask.FaultyNodes = "", nil
	scan.Last = []Question{build.question(ask, pathQuorums)}
	return scan, build.err
}

func wireOrganizations(organizations []fbas.Organization) []organization {
	wired := make([]organization, 0, len(organizations))
	for _, o := range organizations {
		wired = append(wired, organization{ID: o.ID, Name: o.Name, Validators: append([]string{}, o.Validators...)})
	}
	return wired
}

// builder writes questions and keeps the first error.
type builder struct{ err error }

func (b *builder) question(r request, path string) Question {
	q, err := r.to(path)
	if b.err == nil {
		b.err = err
	}
	return q
}
