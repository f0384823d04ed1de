package edit

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// Bytes writes the request: one line for each node, organization and other field,
// so that a change of the network is a change of lines. Equal networks have equal
// bytes.
func (n *Network) Bytes() []byte {
	var out bytes.Buffer
	out.WriteString("{\n\"nodes\": ")
	lines(&out, n.Nodes, (*Node).write)
	if n.Organizations != nil {
		out.WriteString(",\n\"organizations\": ")
		lines(&out, n.Organizations, (*Organization).write)
	}
	if n.Faulty != nil {
		out.WriteString(",\n\"faulty_nodes\": ")
		value(&out, n.Faulty)
	}
	for _, name := range slices.Sorted(maps.Keys(n.Fields)) {
		out.WriteString(",\n")
		field(&out, name, n.Fields[name])
	}
	out.WriteString("\n}\n")
	return out.Bytes()
}

func lines[T any](out *bytes.Buffer, items []T, write func(*T, *bytes.Buffer)) {
	out.WriteByte('[')
	for i := range items {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
		write(&items[i], out)
	}
	out.WriteByte(']')
}

func (n *Node) write(out *bytes.Buffer) {
	out.WriteByte('{')
	field(out, "publicKey", encode(n.Key))
	if n.Set != nil {
		out.WriteString(`, "quorumSet": `)
		n.Set.write(out)
	}
	rest(out, n.Fields)
}

func (s *Set) write(out *bytes.Buffer) {
	out.WriteByte('{')
	field(out, "threshold", encode(s.Threshold))
	out.WriteString(`, "validators": `)
	value(out, s.Validators)
	if _, null := s.Fields["innerQuorumSets"]; !null || len(s.Inner) > 0 {
		out.WriteString(`, "innerQuorumSets": [`)
		for i := range s.Inner {
			if i > 0 {
				out.WriteString(", ")
			}
			s.Inner[i].write(out)
		}
		out.WriteByte(']')
	}
	rest(out, s.Fields)
}

func (o *Organization) write(out *bytes.Buffer) {
	out.WriteByte('{')
	for _, name := range []string{"id", "name"} {
		if raw, there := o.Fields[name]; there {
			field(out, name, raw)
			out.WriteString(", ")
		}
	}
	out.WriteString(`"validators": `)
	value(out, o.Validators)
	rest(out, o.Fields, "id", "name")
}

// rest writes the fields but those written already, and closes the object.
func rest(out *bytes.Buffer, fields map[string]json.RawMessage, written ...string) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(written, name) {
			out.WriteString(", ")
			field(out, name, fields[name])
		}
	}
	out.WriteByte('}')
}

func field(out *bytes.Buffer, name string, raw json.RawMessage) {
	out.Write(encode(name))
	out.WriteString(": ")
	_ = json.Compact(out, raw) // it was read as JSON
}

func value(out *bytes.Buffer, list []string) {
	out.WriteByte('[')
	for i, text := range list {
		if i > 0 {
			out.WriteString(", ")
		}
		out.Write(encode(text))
	}
	out.WriteByte(']')
}

// encode writes a string or a number; <, > and & stand as themselves.
func encode(v any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(v) // strings and numbers can always be encoded
	return bytes.TrimSpace(out.Bytes())
}

// String is the list as JSON; equal lists have equal strings.
func (s *Set) String() string {
	var out bytes.Buffer
	s.write(&out)
	return out.String()
}
