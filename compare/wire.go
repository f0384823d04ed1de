package compare

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"unicode/utf8"

	"understudy/engine/fbas"
)

// fields is a JSON object whose members are read one by one, strictly: a missing
// or mistyped field is an error that names it, members nobody asks for are
// ignored.
type fields struct {
	at      string // path of the object, "" for the answer itself
	members map[string]json.RawMessage
}

var (
	errMissing = errors.New("is missing")
	null       = []byte("null")
)

// maxDigits bounds numbers: a longer count of sets is no count.
const maxDigits = 1000

// maxDepth bounds the nesting of a quorum set in an answer.
const maxDepth = 64

func readObject(at string, raw json.RawMessage) (fields, error) {
	f := fields{at: at}
	if err := json.Unmarshal(raw, &f.members); err != nil || f.members == nil {
		return f, f.wrong("", "want an object")
	}
	return f, nil
}

func readBody(body []byte) (fields, error) {
	if !utf8.Valid(body) {
		return fields{}, errors.New("the answer is not UTF-8")
	}
	if !json.Valid(body) {
		return fields{}, errors.New("the answer is not JSON")
	}
	return readObject("", body)
}

// wrong names a field and what is the matter with it.
func (f fields) wrong(name, problem string) error {
	return fmt.Errorf("%s: %s", f.path(name), problem)
}

func (f fields) path(name string) string {
	switch {
	case f.at == "" && name == "":
		return "the answer"
	case f.at == "":
		return name
	case name == "":
		return f.at
	}
	return f.at + "." + name
}

// has says whether the field is there and not null.
func (f fields) has(name string) bool {
	raw, there := f.members[name]
	return there && !bytes.Equal(raw, null)
}

func (f fields) object(name string) (fields, error) {
	raw, there := f.members[name]
	if !there {
		return fields{}, f.wrong(name, errMissing.Error())
	}
	return readObject(f.path(name), raw)
}

func (f fields) boolean(name string) (bool, error) {
	switch raw, there := f.members[name]; {
	case !there:
		return false, f.wrong(name, errMissing.Error())
	case string(raw) == "true":
		return true, nil
	case string(raw) == "false":
		return false, nil
	}
	return false, f.wrong(name, "want true or false")
}

// count reads a whole number that is at least least.
func (f fields) count(name string, least int64) (*big.Int, error) {
	raw, there := f.members[name]
	if !there {
		return nil, f.wrong(name, errMissing.Error())
	}
	if len(raw) > maxDigits {
		return nil, f.wrong(name, "the number is too long")
	}
	n, whole := new(big.Int).SetString(string(raw), 10)
	if !whole || n.Cmp(big.NewInt(least)) < 0 {
		return nil, f.wrong(name, fmt.Sprintf("want a whole number of at least %d", least))
	}
	return n, nil
}

// size reads the number of members of a set.
func (f fields) size(name string) (int, error) {
	n, err := f.count(name, 0)
	if err != nil {
		return 0, err
	}
	if !n.IsInt64() || n.Int64() > fbas.MaxThreshold {
		return 0, f.wrong(name, "the number is too large")
	}
	return int(n.Int64()), nil
}

func (f fields) names(name string) ([]string, error) {
	raw, there := f.members[name]
	if !there {
		return nil, f.wrong(name, errMissing.Error())
	}
	return readNames(f.path(name), raw)
}

func (f fields) families(name string) ([][]string, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(f.members[name], &raw); err != nil || raw == nil {
		return nil, f.wrong(name, "want a list of lists")
	}
	out := make([][]string, len(raw))
	for i := range raw {
		var err error
		if out[i], err = readNames(f.path(name)+"["+strconv.Itoa(i)+"]", raw[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// readNames reads a list of strings; null is neither a list nor a string.
func readNames(at string, raw json.RawMessage) ([]string, error) {
	var names []*string
	if err := json.Unmarshal(raw, &names); err != nil || names == nil {
		return nil, fmt.Errorf("%s: want a list of strings", at)
	}
	out := make([]string, len(names))
	for i, name := range names {
		if name == nil {
			return nil, fmt.Errorf("%s[%d]: want a string", at, i)
		}
		out[i] = *name
	}
	return out, nil
}

// quorumSet reads a quorum set or null.
func (f fields) quorumSet(name string) (*fbas.QuorumSet, error) {
	raw, there := f.members[name]
	if !there {
		return nil, f.wrong(name, errMissing.Error())
	}
	if bytes.Equal(raw, null) {
		return nil, nil
	}
	q, err := readQuorumSet(f.path(name), raw, maxDepth)
	return &q, err
}

func readQuorumSet(at string, raw json.RawMessage, depth int) (q fbas.QuorumSet, err error) {
	if depth == 0 {
		return q, fmt.Errorf("%s: nested deeper than %d", at, maxDepth)
	}
	f, err := readObject(at, raw)
	if err != nil {
		return q, err
	}
	threshold, err := f.count("threshold", 0)
	if err != nil {
		return q, err
	}
	q.Threshold = fbas.MaxThreshold
	if threshold.IsInt64() {
		q.Threshold = int(min(threshold.Int64(), fbas.MaxThreshold))
	}
	if q.Validators, err = f.names("validators"); err != nil || !f.has("innerQuorumSets") {
		return q, err
	}
	var inner []json.RawMessage
	if err := json.Unmarshal(f.members["innerQuorumSets"], &inner); err != nil {
		return q, f.wrong("innerQuorumSets", "want a list of quorum sets")
	}
	for i := range inner {
		in, err := readQuorumSet(fmt.Sprintf("%s.innerQuorumSets[%d]", at, i), inner[i], depth-1)
		if err != nil {
			return q, err
		}
		q.InnerQuorumSets = append(q.InnerQuorumSets, in)
	}
	return q, nil
}
