package fbas

import (
	"encoding/json"
	"strconv"
)

// historyField is the attribute that says whether a node's history archive was
// found faulty.
const historyField = "historyArchiveHasError"

// HistoryKnown says whether the node came with a statement about its history
// archive, be it null.
func (n *Node) HistoryKnown() bool {
	_, known := n.Attributes[historyField]
	return known
}

// HistoryError says whether the node's history archive counts as faulty: a
// boolean as sent; true where nothing was sent; false for null. Of other
// values it takes what python-fbas makes of them: 0, "", [] and {} are false,
// all others true.
func (n *Node) HistoryError() bool {
	raw, known := n.Attributes[historyField]
	return !known || truthy(raw)
}

// truthy is Python's notion of what is true.
func truthy(raw json.RawMessage) bool {
	if isNull(raw) {
		return false
	}
	switch raw[0] {
	case 'f':
		return false
	case 't':
		return true
	case '"':
		return len(raw) > len(`""`)
	case '{':
		var fields map[string]json.RawMessage
		return json.Unmarshal(raw, &fields) == nil && len(fields) > 0
	case '[':
		var items []json.RawMessage
		return json.Unmarshal(raw, &items) == nil && len(items) > 0
	}
	number, _ := strconv.ParseFloat(string(raw), 64) // out of range is infinite
	return number != 0
}

// Attribute gives the value of a field of the node as sent, by its exact name,
// so that nodes can be grouped by it: a string as it is, a number or boolean
// as it was written. A field that is absent, null, an empty string, an object
// or an array gives no group: ok is false. In the python-fbas form the fields
// are those of "attrs". publicKey is the key in every form.
func (n *Node) Attribute(name string) (value string, ok bool) {
	if name == "publicKey" {
		return n.PublicKey, n.PublicKey != ""
	}
	raw := n.Attributes[name]
	if isNull(raw) {
		return "", false
	}
	switch raw[0] {
	case '{', '[':
		return "", false
	case '"':
		err := json.Unmarshal(raw, &value)
		return value, err == nil && value != ""
	}
	return string(raw), true
}
