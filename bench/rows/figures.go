package rows

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
)

// publishedCSV is the table of python-fbas's benchmark of 2025-12-22, 10 s per question, on a machine of its authors.
//
//go:embed data/published-2025-12-22.csv
var publishedCSV []byte

// answersCSV holds answers on which branch and bound, SAT and (small sizes) brute force agreed, every node counted.
//
//go:embed data/answers.csv
var answersCSV []byte

// prototypeCSV holds the prototype's worst times for splitting, one thread, on networks of the family that are gone. Where it was ended there is a
// bound only.
//
//go:embed data/prototype-growth.csv
var prototypeCSV []byte

// Key names a question about a published network.
type Key struct {
	Network  string
	Analysis Analysis
}

// Figure is a published time.
type Figure struct {
	Solved  bool
	Seconds float64 // 0 unless solved
}

// Figures are the published times of one question.
type Figures struct {
	PythonFBAS, FBASAnalyzer Figure
}

// PublishedFigures returns the published times of all 186 questions.
func PublishedFigures() (map[Key]Figures, error) {
	figures := make(map[Key]Figures)
	err := readCSV(publishedCSV, 6, func(fields []string) error {
		python, err := figure(fields[2], fields[3])
		if err != nil {
			return err
		}
		rust, err := figure(fields[4], fields[5])
		if err != nil {
			return err
		}
		figures[Key{fields[0], Analysis(fields[1])}] = Figures{PythonFBAS: python, FBASAnalyzer: rust}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read published figures: %w", err)
	}
	return figures, nil
}

func figure(seconds, status string) (Figure, error) {
	switch status {
	case "success":
		value, err := strconv.ParseFloat(seconds, 64)
		return Figure{Solved: true, Seconds: value}, err
	case "timeout":
		return Figure{}, nil
	}
	return Figure{}, fmt.Errorf("status %q: want success or timeout", status)
}

// KnownAnswers returns the answers to questions about published networks.
func KnownAnswers() (map[Key]Answer, error) {
	answers := make(map[Key]Answer)
	err := readCSV(answersCSV, 4, func(fields []string) error {
		if fields[2] == "" {
			return fmt.Errorf("%s/%s has no answer", fields[0], fields[1])
		}
		answers[Key{fields[0], Analysis(fields[1])}] = Answer(fields[2])
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read known answers: %w", err)
	}
	return answers, nil
}

// PrototypeTime is the prototype's worst time at one size.
type PrototypeTime struct {
	Seconds float64
	Over    bool // it was ended after this time
}

// PrototypeGrowth returns, by number of organizations, the worst time that the prototype needed for a minimum splitting set.
func PrototypeGrowth() (map[int]PrototypeTime, error) {
	worst := make(map[int]PrototypeTime)
	err := readCSV(prototypeCSV, 3, func(fields []string) error {
		organizations, err := strconv.Atoi(fields[0])
		if err != nil {
			return err
		}
		seconds, err := strconv.ParseFloat(fields[1], 64)
		if err != nil {
			return err
		}
		over, err := strconv.ParseBool(fields[2])
		worst[organizations] = PrototypeTime{Seconds: seconds, Over: over}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the prototype's times: %w", err)
	}
	return worst, nil
}

// readCSV calls use for every line after the first, which names the columns.
func readCSV(data []byte, columns int, use func(fields []string) error) error {
	reader := csv.NewReader(bytes.NewReader(data))
	reader.FieldsPerRecord = columns
	if _, err := reader.Read(); err != nil {
		return fmt.Errorf("header: %w", err)
	}
	for {
		fields, err := reader.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := use(fields); err != nil {
			line, _ := reader.FieldPos(0)
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}
