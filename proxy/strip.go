package proxy

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// nodeFields are what engine, judge and data-quality findings read of a node.
// Of geoData they read countryName.
var nodeFields = []string{
	"publicKey", "name", "quorumSet", "geoData", "isp", "historyArchiveHasError", "isValidating", "homeDomain", "historyUrl", "isFullValidator",
}

// mergeByField begins a merge_by that groups nodes by one of their own fields.
const mergeByField = "field:"

// byteOrderMark may precede a request; its readers skip it.
var byteOrderMark = []byte("\xef\xbb\xbf")

// stripRequest gives a request as it may be kept: without the fields of nodes
// that bear on no answer, such as addresses, and otherwise as it was written. One
// that is no JSON object is not kept at all, since nobody can say what it holds.
func stripRequest(body []byte) (kept []byte, ok bool) {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, byteOrderMark))
	if len(body) == 0 || body[0] != '{' || !utf8.Valid(body) || !json.Valid(body) {
		return nil, false
	}
	fields := slices.Clone(nodeFields)
	for key, value := range members(body) {
		var mergeBy string
		if keyOf(key) != "merge_by" || json.Unmarshal(value, &mergeBy) != nil {
			continue
		}
		if name, by := strings.CutPrefix(mergeBy, mergeByField); by {
			fields = append(fields, name)
		}
	}
	return rewritten(body, func(key string, value []byte) []byte {
		switch {
		case key != "nodes":
			return value
		case value[0] == '[':
			return stripNodes(value, fields)
		}
		return emptied(value)
	}), true
}

// emptied is a value of a wrong shape without what it holds, which may be
// addresses: its shape is all that bears on an answer.
func emptied(value []byte) []byte {
	switch value[0] {
	case '{':
		return []byte("{}")
	case '[':
		return []byte("[]")
	}
	return value
}

// stripNodes keeps what is no object: a wrong shape stays one.
func stripNodes(nodes []byte, fields []string) []byte {
	kept := make([][]byte, 0, len(nodes)/256)
	for node := range elements(nodes) {
		if node[0] == '{' {
			node = rewritten(node, func(key string, value []byte) []byte { return nodeField(key, value, fields) })
		} else {
			node = emptied(node)
		}
		kept = append(kept, node)
	}
	return slices.Concat([]byte("["), bytes.Join(kept, []byte(",")), []byte("]"))
}

// nodeField is what is kept of a field of a node, nil if nothing.
func nodeField(key string, value []byte, fields []string) []byte {
	switch {
	case !slices.Contains(fields, key):
		return nil
	case key == "geoData" && value[0] == '[':
		return emptied(value)
	case key == "geoData" && value[0] == '{':
		return rewritten(value, func(key string, country []byte) []byte {
			if key != "countryName" {
				return nil
			}
			return country
		})
	}
	return value
}
