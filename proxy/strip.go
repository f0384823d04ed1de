package proxy

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// requestFields are what scanners read of a request, organizationFields of one of
// its organizations.
var (
	requestFields = []string{
		"nodes", "organizations", "merge_by", "faulty_nodes", "include_sets", "max_sets", "semantics", "clean", "minimum", "engine", "timeout_ms",
	}
	organizationFields = []string{"id", "name", "validators"}
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

// stripRequest gives a request as it may be kept: without the fields that bear on
// no answer, such as addresses of nodes, and otherwise as it was written. One
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
		case !slices.Contains(requestFields, key):
			return nil
		case key == "nodes":
			return stripList(value, func(key string, value []byte) []byte { return nodeField(key, value, fields) })
		case key == "organizations":
			return stripList(value, organizationField)
		}
		return value
	}), true
}

func organizationField(key string, value []byte) []byte {
	if !slices.Contains(organizationFields, key) {
		return nil
	}
	return value
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

// stripList keeps of each object of a list the fields that keep gives, and a
// wrong shape as one.
func stripList(list []byte, keep func(key string, value []byte) []byte) []byte {
	if list[0] != '[' {
		return emptied(list)
	}
	kept := make([][]byte, 0, len(list)/256)
	for element := range elements(list) {
		if element[0] == '{' {
			element = rewritten(element, keep)
		} else {
			element = emptied(element)
		}
		kept = append(kept, element)
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
