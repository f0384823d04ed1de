package shrink

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode"

	"understudy/compare/edit"
)

// special are the characters that mean something inside a line of Markdown or a
// cell of a table.
const special = "\\`*_[]<>|~&#"

// escape makes text stand in Markdown as it is, in one line.
func escape(s string) string {
	var out strings.Builder
	for _, c := range s {
		switch {
		case strings.ContainsRune(special, c):
			out.WriteByte('\\')
			out.WriteRune(c)
		case unicode.IsSpace(c):
			out.WriteByte(' ')
		case unicode.IsControl(c):
			out.WriteRune(unicode.ReplacementChar)
		default:
			out.WriteRune(c)
		}
	}
	return out.String()
}

// fence is a block of code whose fence is longer than any inside it.
func fence(language, body string) string {
	longest, run := 2, 0
	for _, c := range body {
		if c != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	bar := strings.Repeat("`", longest+1)
	return bar + language + "\n" + strings.TrimRight(body, "\n") + "\n" + bar
}

// pretty lays JSON out for people, lists of names in one line; what is no JSON
// stays as it is.
func pretty(body []byte) []byte {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return body
	}
	var out bytes.Buffer
	if json.Indent(&out, body, "", "  ") != nil || out.Len() > 2000 {
		return bytes.TrimSpace(body)
	}
	return out.Bytes()
}

// braces is a set of names.
func braces(members []string) string {
	if len(members) == 0 {
		return "the empty set"
	}
	return "{" + escape(strings.Join(members, ", ")) + "}"
}

// rows describe the nodes.
func rows(n *edit.Network) []row {
	organizations := make(map[string][]string)
	for _, o := range n.Organizations {
		name := edit.Text(o.Fields, "name")
		if name == "" {
			name = edit.Text(o.Fields, "id")
		}
		for _, key := range o.Validators {
			organizations[key] = append(organizations[key], name)
		}
	}
	var out []row
	for i := range n.Nodes {
		node := &n.Nodes[i]
		key := node.Key
		if name := edit.Text(node.Fields, "name"); name != "" {
			key += " (" + name + ")"
		}
		var geo map[string]json.RawMessage
		_ = json.Unmarshal(node.Fields["geoData"], &geo) // none: no country
		out = append(out, row{
			Key: escape(key), Set: escape(short(node.Set)), Organization: escape(strings.Join(organizations[node.Key], ", ")),
			Country: escape(edit.Text(geo, "countryName")), ISP: escape(edit.Text(node.Fields, "isp")),
		})
	}
	return out
}

// short writes a quorum set as 3{2{a1, a2, a3}, b, c}.
func short(s *edit.Set) string {
	if s == nil {
		return "none"
	}
	var members []string
	for i := range s.Inner {
		members = append(members, short(&s.Inner[i]))
	}
	members = append(members, s.Validators...)
	return strconv.Itoa(s.Threshold) + "{" + strings.Join(members, ", ") + "}"
}
