package fbas

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The readers decode one level at a time into maps: field names are matched
// exactly (encoding/json folds case) and every error can name its path.

func object(field string, raw json.RawMessage) (map[string]json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if len(raw) == 0 || raw[0] != '{' || json.Unmarshal(raw, &fields) != nil {
		return nil, &FieldError{Field: field, Problem: "must be an object, got " + kind(raw)}
	}
	return fields, nil
}

func array(field string, raw json.RawMessage) ([]json.RawMessage, error) {
	var items []json.RawMessage
	if len(raw) == 0 || raw[0] != '[' || json.Unmarshal(raw, &items) != nil {
		return nil, &FieldError{Field: field, Problem: "must be an array, got " + kind(raw)}
	}
	return items, nil
}

func text(field string, raw json.RawMessage) (string, error) {
	var s string
	if len(raw) == 0 || raw[0] != '"' || json.Unmarshal(raw, &s) != nil {
		return "", &FieldError{Field: field, Problem: "must be a string, got " + kind(raw)}
	}
	return s, nil
}

func optionalText(field string, raw json.RawMessage) (*string, error) {
	if isNull(raw) {
		return nil, nil
	}
	s, err := text(field, raw)
	if err != nil {
		return nil, err
	}
	return &s, nil
}

func texts(field string, raw json.RawMessage) ([]string, error) {
	var all []*string // null leaves nil
	if len(raw) > 0 && raw[0] == '[' && json.Unmarshal(raw, &all) == nil && !slices.Contains(all, nil) {
		list := make([]string, len(all))
		for i, s := range all {
			list[i] = *s
		}
		return list, nil
	}
	items, err := array(field, raw)
	if err != nil {
		return nil, err
	}
	for i, item := range items { // find the one that is wrong
		if _, err := text(fmt.Sprintf("%s[%d]", field, i), item); err != nil {
			return nil, err
		}
	}
	return nil, &FieldError{Field: field, Problem: "must be an array of strings"}
}

// threshold reads a whole number of at most 64 bits, in any notation (JavaScript
// writes 3.0 as 3 and reads them alike), clamped to MaxThreshold.
func threshold(field string, raw json.RawMessage) (int, error) {
	if n, err := strconv.ParseUint(string(raw), 10, 64); err == nil {
		return int(min(n, MaxThreshold)), nil
	}
	n, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || n < 0 || n >= math.MaxUint64 || n != math.Trunc(n) || strings.Trim(string(raw), "0123456789+-.eE") != "" {
		return 0, &FieldError{Field: field, Problem: fmt.Sprintf("must be a whole number from 0 to %d, got %s", uint64(math.MaxUint64), kind(raw))}
	}
	return int(min(n, MaxThreshold)), nil
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// kind names what raw is, for an error message; scalars are shown, cut short.
func kind(raw json.RawMessage) string {
	if len(raw) == 0 {
		return "nothing"
	}
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "an array"
	}
	const most = 40
	if len(raw) > most {
		return strings.ToValidUTF8(string(raw[:most]), "") + "..."
	}
	return string(raw)
}
