package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"understudy/bench/report"
)

// saved is what a run leaves behind for rendering again.
type saved struct {
	Head    report.Head
	Results []report.Result
}

// resultsFile is where a run saves its results, below the folder of the report.
var resultsFile = filepath.Join(".cache", "results.json")

// write saves the results, then writes the report: an hour's results outlive a mistake in the report.
func (c *config) write(data *report.Data) error {
	if c.render == "" {
		if err := saveResults(filepath.Join(c.out, resultsFile), data); err != nil {
			return err
		}
	}
	for name, render := range map[string]func() ([]byte, error){
		"report.md":  data.Markdown,
		"cactus.svg": data.Cactus,
		"growth.svg": data.GrowthPlot,
	} {
		content, err := render()
		if err != nil {
			return fmt.Errorf("make %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(c.out, name), content, 0o644); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	}
	return nil
}

func saveResults(path string, data *report.Data) error {
	content, err := json.MarshalIndent(saved{data.Head, data.Results}, "", " ")
	if err != nil {
		return fmt.Errorf("save results: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("save results: %w", err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		return fmt.Errorf("save results: %w", err)
	}
	return nil
}

func readResults(path string) (*report.Data, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	var s saved
	if err := json.Unmarshal(content, &s); err != nil {
		return nil, fmt.Errorf("read results %s: %w", path, err)
	}
	return &report.Data{Head: s.Head, Results: s.Results}, nil
}
