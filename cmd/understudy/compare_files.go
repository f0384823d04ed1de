package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"understudy/cmd/understudy/internal/backend"
	"understudy/engine/fbas"
)

// subjects are what the command line asks about.
func (c *compareCommand) subjects(ctx context.Context, parts *lifecycle, s streams) ([]subject, error) {
	if c.Store != "" {
		return c.storedSubjects(ctx, parts)
	}
	files, err := networkFiles(c.Files)
	if err != nil {
		return nil, badInput(err)
	}
	subjects := make([]subject, len(files))
	for i, file := range files {
		subjects[i] = subject{name: file, load: func(context.Context) ([]question, error) {
			data, err := readNetworkFile(file, s.in)
			if err != nil {
				return nil, err
			}
			return c.questionsAbout(data)
		}}
	}
	return subjects, nil
}

// networkFiles are the named files and the *.json files below the named folders,
// each once.
func networkFiles(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case path == "-":
			files = append(files, path)
			continue
		case err != nil:
			return nil, fmt.Errorf("read network: %w", err)
		case !info.IsDir():
			files = append(files, path)
			continue
		}
		before := len(files)
		err = filepath.WalkDir(path, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && filepath.Ext(path) == ".json" {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read networks: %w", err)
		}
		if len(files) == before {
			return nil, fmt.Errorf("read networks: no *.json in %s", path)
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

// questionsAbout are those of the facade's scan, or the one that was named.
func (c *compareCommand) questionsAbout(data []byte) ([]question, error) {
	var questions []question
	if c.Analysis != "" {
		level, err := mergeLevel(c.MergeBy)
		if err != nil {
			return nil, err
		}
		body, err := requestBody(data, level, c.Faulty)
		if err != nil {
			return nil, err
		}
		questions = []question{{path: "/analyze/" + string(c.analysis()), body: body}}
	} else {
		network, err := fbas.Read(data, fbas.DefaultLimits())
		if err != nil {
			return nil, err
		}
		scan, err := backend.Facade(network)
		if err != nil {
			return nil, err
		}
		for _, q := range slices.Concat(scan.Questions, scan.Last) {
			questions = append(questions, question{path: q.Path, body: q.Body})
		}
	}
	return questions, c.askForSets(questions)
}

// askForSets asks for whole families too, with --include-sets.
func (c *compareCommand) askForSets(questions []question) error {
	if !c.IncludeSets {
		return nil
	}
	var errs []error
	for i := range questions {
		body, err := withSets(questions[i].body, c.MaxSets)
		questions[i].body = body
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
