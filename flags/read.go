package flags

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

func modeFromText(s string) (any, error) {
	m, err := ParseMode(s)
	return string(m), err
}

func modeFromFile(x any) (any, error) {
	s, ok := x.(string)
	if !ok {
		return nil, fmt.Errorf("%s is not one of %s", shown(x), strings.Join(modes, ", "))
	}
	return modeFromText(s)
}

func boolFromText(s string) (any, error) {
	b, err := strconv.ParseBool(s)
	if err != nil {
		return nil, fmt.Errorf("%q is not true or false", s)
	}
	return b, nil
}

func boolFromFile(x any) (any, error) {
	b, ok := x.(bool)
	if !ok {
		return nil, fmt.Errorf("%s is not true or false", shown(x))
	}
	return b, nil
}

func percentFromText(s string) (any, error) {
	p, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil, fmt.Errorf("%q is not a number from 0 to 100", s)
	}
	return percent(p)
}

func percentFromFile(x any) (any, error) {
	n, ok := x.(json.Number)
	if !ok {
		return nil, fmt.Errorf("%s is not a number from 0 to 100", shown(x))
	}
	return percentFromText(n.String())
}

func percent(p float64) (any, error) {
	if math.IsNaN(p) || p < 0 || p > 100 {
		return nil, fmt.Errorf("%v is not a number from 0 to 100", p)
	}
	return p, nil
}

// shown renders a JSON value for an error message, shortened.
func shown(x any) string {
	data, err := json.Marshal(x)
	if err != nil {
		return fmt.Sprintf("%T", x)
	}
	return short(string(data), 60)
}

// short cuts s to at most n runes.
func short(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n]) + "..."
}
