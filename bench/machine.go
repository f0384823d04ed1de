package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"

	"understudy/bench/report"
)

// head says when, where and how it is measured.
func (c *config) head() report.Head {
	return report.Head{Date: c.date, Revision: c.revision, Machine: machine(), Limit: c.limit, FamilyLimit: c.familyLimit, Repeat: c.repeat}
}

// machine describes where this runs, as far as the system tells.
func machine() []string {
	lines := []string{fmt.Sprintf("%s, %d cores, %s/%s, %s", processor(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())}
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		one, _, _ := strings.Cut(string(load), " ")
		lines = append(lines, "load average before it began: "+one+" (above 0, others were at work too)")
	}
	return lines
}

// processor is the model of the first processor, where Linux tells.
func processor() string {
	info, _ := os.ReadFile("/proc/cpuinfo") // elsewhere there is no such file
	for line := range strings.Lines(string(info)) {
		if name, model, found := strings.Cut(line, ":"); found && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(model)
		}
	}
	return "unknown processor"
}
