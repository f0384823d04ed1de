package peers

import (
	"context"
	"encoding/json"
	"math/big"
	"strconv"
	"time"

	"understudy/bench/rows"
)

// closingTime is what the program gets after its own --timeout before it is ended.
const closingTime = 3 * time.Second

// exitIncomplete is its exit code when the time ended before the whole answer.
const exitIncomplete = 3

// Understudy asks this project's binary, one process for each question.
type Understudy struct {
	Binary    string
	Engine    string // auto, bnb or gophersat
	Semantics string // raw counts every node, rust the core
}

// commands are its names for the questions.
var commands = map[rows.Analysis]string{
	rows.Blocking:     "blocking-sets",
	rows.Intersection: "intersection",
	rows.Splitting:    "splitting-sets",
	rows.Quorum:       "quorums",
	rows.AllBlocking:  "blocking-sets",
	rows.AllSplitting: "splitting-sets",
	rows.AllQuorums:   "quorums",
}

// Ask runs the binary once.
func (u Understudy) Ask(ctx context.Context, q Question, limit time.Duration) Outcome {
	args := []string{
		"analyze", q.File, "--analysis", commands[q.Analysis], "--semantics", u.Semantics, "--engine", u.Engine, "--json", "--timeout", limit.String(),
	}
	if !q.Analysis.Whole() {
		args = append(args, "--minimum")
	}
	done, err := run(ctx, limit+closingTime, u.Binary, args...)
	switch {
	case err != nil:
		return failed(done.wall, "run %s: %v", u.Binary, err)
	case done.late:
		return unsolved(done.wall, "ended after the limit")
	case done.code == exitIncomplete:
		return unsolved(done.wall, lastLine(done.stderr))
	case done.code != 0:
		return failed(done.wall, "exit code %d: %s", done.code, lastLine(done.stderr))
	}
	answer, err := readAnswer(q.Analysis, done.stdout)
	if err != nil {
		return failed(done.wall, "read answer: %v", err)
	}
	if answer.Complete != nil && !*answer.Complete {
		return unsolved(done.wall, "the answer says it is not complete")
	}
	return solved(answer.of(q.Analysis), done.wall, answer.solve(), limit, answer.Engine.Algorithm)
}

// answer has the fields of the scanner API's answers to all questions that are asked here.
type answer struct {
	QuorumIntersection *bool    `json:"quorum_intersection"`
	MinSize            *int     `json:"min_size"`
	TotalSets          *big.Int `json:"total_sets"`
	TotalQuorums       *big.Int `json:"total_quorums"`
	HasSplit           bool     `json:"has_split"`
	ExecutionTimeMS    *float64 `json:"execution_time_ms"`
	Complete           *bool    `json:"complete"`
	Engine             struct {
		Algorithm string `json:"algorithm"`
	} `json:"engine"`
}

func readAnswer(analysis rows.Analysis, data []byte) (*answer, error) {
	var a answer
	if err := json.Unmarshal(data, &a); err != nil {
		return nil, err
	}
	if analysis == rows.Intersection && a.QuorumIntersection == nil {
		return nil, missing("quorum_intersection")
	}
	if analysis != rows.Intersection && a.MinSize == nil {
		return nil, missing("min_size")
	}
	if incomplete := a.Complete != nil && !*a.Complete; analysis.Whole() && !incomplete && (a.total() == nil || a.total().Sign() < 0) {
		return nil, missing("number of sets")
	}
	return &a, nil
}

// missing is a field that the answer to a question should have.
type missing string

func (field missing) Error() string { return "it has no " + string(field) }

// of tells "no such set" from "the empty set", for both of which the API's min_size is 0. A network that is split already says so; the empty set
// can't be a quorum, and it blocks only where there is no quorum to block, which the API calls none.
func (a *answer) of(analysis rows.Analysis) rows.Answer {
	switch {
	case analysis == rows.Intersection:
		return rows.Answer(strconv.FormatBool(*a.QuorumIntersection))
	case analysis.Whole():
		return rows.Answer(a.total().String())
	case *a.MinSize == 0 && !a.HasSplit:
		return rows.None
	}
	return rows.Answer(strconv.Itoa(*a.MinSize))
}

// total is the number of sets in the family, negative if they were not counted; nil if it is not told.
func (a *answer) total() *big.Int {
	if a.TotalQuorums != nil {
		return a.TotalQuorums
	}
	return a.TotalSets
}

func (a *answer) solve() time.Duration {
	if a.ExecutionTimeMS == nil {
		return -1
	}
	return time.Duration(*a.ExecutionTimeMS * float64(time.Millisecond))
}
