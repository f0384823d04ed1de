package peers

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"understudy/bench/rows"
)

// Name is a peer's name on the command line and in results.
type Name string

// The peers. Ours is always asked.
const (
	Ours         Name = "ours"    // bin/understudy with the engine it chooses
	Second       Name = "second"  // bin/understudy with the other engine
	RustScanner  Name = "scanner" // the Rust scanner's service
	FBASAnalyzer Name = "native"  // fbas_analyzer itself
)

// Status says how a question ended.
type Status string

// The ends of a question.
const (
	NotAsked Status = "not asked" // this peer was left out of this row
	Solved   Status = "solved"    // the whole answer within the limit
	Unsolved Status = "unsolved"  // the limit came first
	Failed   Status = "failed"    // an error, named in Detail
)

// Outcome is what came of one question.
type Outcome struct {
	Status Status
	Answer rows.Answer `json:",omitempty"`
	// Wall is what passed outside: the life of a process, or a call over HTTP. The median of Runs, the fastest in Best.
	Wall, Best time.Duration
	// Solve is what the program says it needed, in the precision it says it in; the rest is start, reading and printing. -1 if it says nothing.
	Solve time.Duration
	Runs  int
	// Algorithm is what the program says it used, if it says so.
	Algorithm string `json:",omitempty"`
	Detail    string `json:",omitempty"`
}

func failed(wall time.Duration, format string, args ...any) Outcome {
	return Outcome{Status: Failed, Wall: wall, Best: wall, Solve: -1, Runs: 1, Detail: fmt.Sprintf(format, args...)}
}

func unsolved(wall time.Duration, why string) Outcome {
	return Outcome{Status: Unsolved, Wall: wall, Best: wall, Solve: -1, Runs: 1, Detail: why}
}

// solved is an answer, unless it came too late.
func solved(answer rows.Answer, wall, solve, limit time.Duration, algorithm string) Outcome {
	if wall > limit {
		return unsolved(wall, "answered after the limit")
	}
	return Outcome{Status: Solved, Answer: answer, Wall: wall, Best: wall, Solve: solve, Runs: 1, Algorithm: algorithm}
}

// Question is one question about a network in each of the forms that peers read.
type Question struct {
	Analysis rows.Analysis
	Request  []byte // body of a request to the scanner API
	File     string // the same in a file
	Nodes    string // file with the array of nodes alone
}

// NewQuestion writes the files of a row's network into folder, once for each network.
func NewQuestion(folder string, row rows.Row) (Question, error) {
	q := Question{
		Analysis: row.Analysis,
		Request:  row.Network.Request,
		File:     filepath.Join(folder, row.Network.Name+".json"),
		Nodes:    filepath.Join(folder, row.Network.Name+".nodes.json"),
	}
	if _, err := os.Stat(q.Nodes); err == nil {
		return q, nil
	}
	var request struct{ Nodes json.RawMessage }
	if err := json.Unmarshal(q.Request, &request); err != nil {
		return q, fmt.Errorf("read nodes of %s: %w", row.Network.Name, err)
	}
	for path, data := range map[string][]byte{q.File: q.Request, q.Nodes: request.Nodes} {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			return q, fmt.Errorf("write network %s: %w", row.Network.Name, err)
		}
	}
	return q, nil
}
