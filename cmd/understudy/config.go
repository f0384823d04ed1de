package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"
)

// configFile is a flag that names a file of settings, YAML or JSON: one object
// whose keys are the names of the command's flags, with - or _ in them.
//
//	primary: http://scanner:8000
//	mirror_workers: 4
type configFile string

// BeforeResolve reads the file. It is called when the flag was given, on the
// command line or in the environment.
func (f configFile) BeforeResolve(ctx *kong.Context, trace *kong.Path) error {
	path, ok := ctx.FlagValue(trace.Flag).(configFile)
	if !ok || path == "" {
		return nil
	}
	settings, err := readSettings(string(path), ctx.Selected())
	if err != nil {
		return err
	}
	ctx.AddResolver(settings)
	return nil
}

// settings are the values of a file by flag name. All or nothing: a file with an
// unknown field is refused.
type settings struct {
	path   string
	values map[string]string
}

var _ kong.Resolver = settings{}

func readSettings(path string, command *kong.Node) (settings, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return settings{}, fmt.Errorf("read configuration: %w", err)
	}
	var raw map[string]any
	if err := yaml.Unmarshal(data, &raw); err != nil {
		return settings{}, fmt.Errorf("read configuration %s: %w", path, err)
	}
	known := make(map[string]bool)
	for _, flag := range command.Flags {
		if flag.Name != "help" && flag.Name != "config" {
			known[flag.Name] = true
		}
	}
	s := settings{path: path, values: make(map[string]string)}
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		name := strings.ReplaceAll(key, "_", "-")
		if !known[name] {
			return settings{}, fmt.Errorf("read configuration %s: unknown field %q, want one of %s", path, key, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		}
		value, err := scalar(raw[key])
		if err != nil {
			return settings{}, fmt.Errorf("read configuration %s: field %q: %w", path, key, err)
		}
		if _, twice := s.values[name]; twice {
			return settings{}, fmt.Errorf("read configuration %s: field %q stands there twice", path, key)
		}
		s.values[name] = value
	}
	return s, nil
}

// scalar writes a value as it would stand on the command line.
func scalar(value any) (string, error) {
	switch value.(type) {
	case string, bool, int, int64, uint64, float64:
		return fmt.Sprint(value), nil
	}
	return "", fmt.Errorf("want a string, a number or true or false, not %T", value)
}

// Validate implements kong.Resolver; the fields were checked when read.
func (s settings) Validate(*kong.Application) error { return nil }

// Resolve implements kong.Resolver. Kong asks for flags that are not on the
// command line; a variable of the environment beats the file.
func (s settings) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, variable := range flag.Envs {
		if _, set := os.LookupEnv(variable); set {
			return nil, nil
		}
	}
	if value, ok := s.values[flag.Name]; ok {
		return value, nil
	}
	return nil, nil
}
