package backend

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// IndexFile lists the requests of a recorded scan: one JSON object a line, with
// the fields path and body, a file name relative to the folder.
const IndexFile = "index.jsonl"

// Recorded reads a scan that was recorded from the backend's client. Its last
// request is sent last.
func Recorded(dir string) (Scan, error) {
	index, err := os.ReadFile(filepath.Join(dir, IndexFile))
	if err != nil {
		return Scan{}, fmt.Errorf("read recorded scan: %w", err)
	}
	root, err := os.OpenRoot(dir) // a body named ../x is not part of the recording
	if err != nil {
		return Scan{}, fmt.Errorf("read recorded scan: %w", err)
	}
	defer root.Close()

	var questions []Question
	lines := bufio.NewScanner(bytes.NewReader(index))
	lines.Buffer(nil, 1<<20)
	for number := 1; lines.Scan(); number++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		q, err := recordedQuestion(root, lines.Bytes())
		if err != nil {
			return Scan{}, fmt.Errorf("read line %d of %s: %w", number, IndexFile, err)
		}
		questions = append(questions, q)
	}
	if err := lines.Err(); err != nil {
		return Scan{}, fmt.Errorf("read %s: %w", IndexFile, err)
	}
	if len(questions) == 0 {
		return Scan{}, fmt.Errorf("read recorded scan: %s has no request", IndexFile)
	}
	last := len(questions) - 1
	return Scan{Health: true, Questions: questions[:last], Last: questions[last:]}, nil
}

func recordedQuestion(root *os.Root, line []byte) (Question, error) {
	var entry struct{ Path, Body string }
	if err := json.Unmarshal(line, &entry); err != nil {
		return Question{}, err
	}
	if entry.Path == "" || entry.Body == "" {
		return Question{}, errors.New("path or body is missing")
	}
	body, err := root.ReadFile(entry.Body)
	if err != nil {
		return Question{}, err
	}
	return Question{Path: entry.Path, Body: body}, nil
}
