package rows

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ErrNoShared says that the published networks, which are data of others and not part of the repository, are not at hand.
var ErrNoShared = errors.New("no folder benchmark/networks: the published networks are left out (UNDERSTUDY_SHARED_DATA names the folder above)")

// PublishedRows reads the published networks below the folder shared and asks the three questions about each. Networks without a known
// answer are an error, since nothing could be said of ours.
func PublishedRows(shared string) ([]Row, error) {
	paths, err := filepath.Glob(filepath.Join(shared, "benchmark", "networks", "*.json"))
	if err != nil {
		return nil, fmt.Errorf("list published networks: %w", err)
	}
	if shared == "" || len(paths) == 0 {
		return nil, ErrNoShared
	}
	answers, err := KnownAnswers()
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, path := range paths {
		network, err := readNetwork(path)
		if err != nil {
			return nil, err
		}
		for _, analysis := range Analyses() {
			want, known := answers[Key{network.Name, analysis}]
			if !known {
				return nil, fmt.Errorf("read %s: no answer is known for %s", path, analysis)
			}
			rows = append(rows, Row{Network: network, Analysis: analysis, Want: want, Compared: true})
		}
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Compare(a.Network.Organizations, b.Network.Organizations) })
	return rows, nil
}

func readNetwork(path string) (*Network, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read published network: %w", err)
	}
	var network struct{ Organizations []json.RawMessage }
	if err := json.Unmarshal(data, &network); err != nil {
		return nil, fmt.Errorf("read published network %s: %w", path, err)
	}
	name := strings.TrimSuffix(filepath.Base(path), ".json")
	return &Network{Name: name, Set: Published, Organizations: len(network.Organizations), Request: data}, nil
}
