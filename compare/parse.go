package compare

import "fmt"

// ParseAnswer reads the body of a status 200 answer to the analysis. Missing and
// mistyped fields are errors that name the field; an incomplete answer has no
// other part, because its budget ended before it knew them. Fields that are
// never compared are not looked at.
func ParseAnswer(analysis string, body []byte) (*Answer, error) {
	parse, known := parsers[analysis]
	if !known {
		return nil, fmt.Errorf("%w: %q", ErrAnalysis, analysis)
	}
	f, err := readBody(body)
	if err != nil {
		return nil, err
	}
	a := &Answer{}
	if a.Incomplete, err = incomplete(f); err != nil || a.Incomplete {
		return a, err
	}
	if err := parse(a, f); err != nil {
		return nil, err
	}
	return a, nil
}

// incomplete reads `complete` of an answer.
func incomplete(f fields) (bool, error) {
	if _, there := f.members["complete"]; !there {
		return false, nil
	}
	complete, err := f.boolean("complete")
	return !complete, err
}

var parsers = map[string]func(*Answer, fields) error{
	analysisTopTier:   (*Answer).parseTopTier,
	analysisSymmetric: (*Answer).parseSymmetric,
	analysisQuorums:   (*Answer).parseQuorums,
	analysisBlocking:  (*Answer).parseBlocking,
	analysisSplitting: (*Answer).parseSplitting,
	analysisFull:      (*Answer).parseFull,
	analysisNetwork:   (*Answer).parseNetwork,
}

func (a *Answer) parseTopTier(f fields) (err error) {
	t := &TopTier{}
	if t.Members, err = f.names("top_tier"); err != nil {
		return err
	}
	if t.Size, err = f.size("top_tier_size"); err != nil {
		return err
	}
	a.TopTier = t
	return optional(f, "quorums", &t.Quorums)
}

func (a *Answer) parseSymmetric(f fields) error {
	q, err := f.quorumSet("symmetric_top_tier")
	a.Symmetric = &Symmetric{q}
	return err
}

func (a *Answer) parseQuorums(f fields) (err error) {
	q := &Quorums{}
	if q.Family, err = parseFamily(f, "total_quorums", "example_quorum"); err != nil {
		return err
	}
	if q.Intersect, err = f.boolean("quorum_intersection"); err != nil {
		return err
	}
	a.Quorums = q
	return optional(f, "disjoint_quorums", &q.Disjoint)
}

func (a *Answer) parseBlocking(f fields) error {
	family, err := parseFamily(f, "total_sets", "example_set")
	a.Blocking = &family
	return err
}

func (a *Answer) parseSplitting(f fields) (err error) {
	s := &Splitting{}
	if s.Family, err = parseFamily(f, "total_sets", "example_set"); err != nil {
		return err
	}
	if s.Split, err = f.boolean("has_split"); err != nil {
		return err
	}
	a.Splitting = s
	return optional(f, "quorums", &s.Quorums)
}

func parseFamily(f fields, total, example string) (out Family, err error) {
	if out.Min, err = f.size("min_size"); err != nil {
		return out, err
	}
	if out.Total, err = f.count(total, -1); err != nil {
		return out, err
	}
	if out.Total.Sign() < 0 {
		out.Total = nil
	}
	if out.Example, err = f.names(example); err != nil {
		return out, err
	}
	if f.has("example_members") {
		if out.Members, err = f.names("example_members"); err != nil {
			return out, err
		}
	}
	return out, optional(f, "sets", &out.Sets)
}

// optional reads a list of sets where there is one.
func optional(f fields, name string, into *[][]string) (err error) {
	if f.has(name) {
		*into, err = f.families(name)
	}
	return err
}

func (a *Answer) parseFull(f fields) error {
	for _, part := range []struct {
		name  string
		parse func(*Answer, fields) error
	}{
		{"top_tier", (*Answer).parseTopTier},
		{"blocking_sets", (*Answer).parseBlocking},
		{"splitting_sets", (*Answer).parseSplitting},
		{"quorums", (*Answer).parseQuorums},
	} {
		inside, err := f.object(part.name)
		if err != nil {
			return err
		}
		unfinished, err := incomplete(inside)
		if err != nil {
			return err
		}
		if unfinished {
			a.Incomplete = true
			continue
		}
		if err := part.parse(a, inside); err != nil {
			return err
		}
	}
	return nil
}

func (a *Answer) parseNetwork(f fields) (err error) {
	n := &Network{}
	if n.Intersect, err = f.boolean("hasQuorumIntersection"); err != nil {
		return err
	}
	if n.Symmetric, err = f.boolean("hasSymmetricTopTier"); err != nil {
		return err
	}
	for i, name := range levelNames {
		inside, err := f.object(name)
		if err != nil {
			return err
		}
		for _, number := range []struct {
			name string
			into *int
		}{
			{"topTierSize", &n.Levels[i].TopTier},
			{"blockingSetsMinSize", &n.Levels[i].Blocking},
			{"blockingSetsFilteredMinSize", &n.Levels[i].BlockingFiltered},
			{"splittingSetsMinSize", &n.Levels[i].Splitting},
		} {
			if *number.into, err = inside.size(number.name); err != nil {
				return err
			}
		}
	}
	a.Network = n
	return nil
}
