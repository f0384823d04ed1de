package rows

import (
	"fmt"
	"path"
	"strings"
)

// Pick returns the rows that match one of the patterns, which are separated by commas: shell patterns for a set (growth), a network (N16*), an
// analysis (splitting) or a row (N16F?/splitting). Nothing means everything.
func Pick(all []Row, patterns string) ([]Row, error) {
	if strings.TrimSpace(patterns) == "" {
		return all, nil
	}
	wanted := strings.Split(patterns, ",")
	var picked []Row
	for _, row := range all {
		matched, err := matches(row, wanted)
		if err != nil {
			return nil, err
		}
		if matched {
			picked = append(picked, row)
		}
	}
	if len(picked) == 0 {
		return nil, fmt.Errorf("rows %q: no row matches; want names like %s, sets like %s", patterns, all[0], all[0].Network.Set)
	}
	return picked, nil
}

// Compare leaves other programs out of the rows that match none of the patterns. Nothing leaves out nobody.
func Compare(all []Row, patterns string) error {
	if strings.TrimSpace(patterns) == "" {
		return nil
	}
	wanted := strings.Split(patterns, ",")
	for i, row := range all {
		matched, err := matches(row, wanted)
		if err != nil {
			return err
		}
		all[i].Compared = row.Compared && matched
	}
	return nil
}

func matches(row Row, patterns []string) (bool, error) {
	for _, pattern := range patterns {
		pattern = strings.TrimSpace(pattern)
		for _, name := range []string{string(row.Network.Set), row.Network.Name, string(row.Analysis), row.String()} {
			matched, err := path.Match(pattern, name)
			if err != nil {
				return false, fmt.Errorf("rows: pattern %q: %w", pattern, err)
			}
			if matched {
				return true, nil
			}
		}
	}
	return false, nil
}
