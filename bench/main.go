package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"understudy/bench/report"
	"understudy/bench/rows"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // a wrong answer or an error of ours, another count, an unsolved row of the benchmark, or no report
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := bench(ctx, os.Args[1:], os.Getenv, os.Stderr)
	stop()
	os.Exit(code)
}

// bench measures, or renders what was measured, and says what must not be.
func bench(ctx context.Context, args []string, getenv func(string) string, log io.Writer) int {
	c, err := parse(args, getenv, log)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if err != nil {
		fmt.Fprintln(log, "bench:", err)
		return exitUsage
	}
	data, err := c.data(ctx, log)
	if err == nil {
		err = c.write(data)
	}
	if err != nil {
		fmt.Fprintln(log, "bench:", err)
		return exitFailed
	}
	for _, line := range data.Targets() {
		fmt.Fprintln(log, line)
	}
	if len(report.Broken(data.Results)) > 0 {
		return exitFailed
	}
	return exitOK
}

// data measures, or reads what was measured before, and adds what is published.
func (c *config) data(ctx context.Context, log io.Writer) (*report.Data, error) {
	var data *report.Data
	var err error
	if c.render == "" {
		data, err = c.measureAll(ctx, log)
	} else {
		data, err = readResults(c.render)
	}
	if err != nil {
		return nil, err
	}
	if data.Published, err = rows.PublishedFigures(); err != nil {
		return nil, err
	}
	data.Prototype, err = rows.PrototypeGrowth()
	return data, err
}

// measureAll measures the rows that were chosen. What is not there is left out and noted in the report.
func (c *config) measureAll(ctx context.Context, log io.Writer) (*report.Data, error) {
	all, err := rows.All(c.shared)
	data := &report.Data{Head: c.head()}
	if errors.Is(err, rows.ErrNoShared) {
		data.Head.Notes = append(data.Head.Notes, err.Error())
	} else if err != nil {
		return nil, err
	}
	picked, err := rows.Pick(all, c.rows)
	if err == nil {
		err = rows.Compare(picked, c.compare)
	}
	if err != nil {
		return nil, err
	}
	if c.compare != "" {
		data.Head.Notes = append(data.Head.Notes, "other programs were asked about these rows only: "+c.compare)
	}
	data.Head.Rows = len(picked)
	folder, err := os.MkdirTemp("", "understudy-bench-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for networks: %w", err)
	}
	defer os.RemoveAll(folder)
	field, notes, err := c.setUp(ctx, log)
	if err != nil {
		return nil, err
	}
	defer field.close()
	data.Head.Notes = append(data.Head.Notes, notes...)
	runner := &runner{field: field, limit: c.limit, familyLimit: c.familyLimit, repeat: c.repeat, folder: folder, log: log}
	data.Results, err = runner.measure(ctx, picked)
	if ctx.Err() != nil {
		data.Head.Notes = append(data.Head.Notes, "interrupted: the rows measured until then")
		return data, nil
	}
	return data, err
}
