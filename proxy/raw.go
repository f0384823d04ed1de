package proxy

import (
	"bytes"
	"encoding/json"
	"iter"
)

// What follows takes JSON apart without reading it: values keep their letters,
// numbers their digits, and members their order, also where a name stands twice.
// The text must be valid JSON without space around it.

// rewritten is an object with each value replaced by what with makes of it; a
// member for which that is nil is left out.
func rewritten(object []byte, with func(key string, value []byte) []byte) []byte {
	out := bytes.NewBuffer(make([]byte, 0, len(object)))
	out.WriteByte('{')
	for key, value := range members(object) {
		value = with(keyOf(key), value)
		if value == nil {
			continue
		}
		if out.Len() > 1 {
			out.WriteByte(',')
		}
		out.Write(key)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes()
}

// withMember is an object with one more member, its last: where a name stands
// twice, readers take the last.
func withMember(object []byte, key string, value []byte) (more []byte, ok bool) {
	object = bytes.TrimSpace(bytes.TrimPrefix(object, byteOrderMark))
	if len(object) == 0 || object[0] != '{' || !json.Valid(object) {
		return nil, false
	}
	body := bytes.TrimSpace(object[1 : len(object)-1])
	out := bytes.NewBuffer(make([]byte, 0, len(object)+len(key)+len(value)+8))
	out.WriteByte('{')
	if len(body) > 0 {
		out.Write(body)
		out.WriteByte(',')
	}
	out.WriteString(`"` + key + `":`)
	out.Write(value)
	out.WriteByte('}')
	return out.Bytes(), true
}

// members are the names, with their quotes, and values of an object.
func members(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		for rest := after(object[1:]); rest[0] != '}'; {
			key := rest[:end(rest)]
			value := after(after(rest[len(key):])[1:]) // behind the colon
			rest = after(value[end(value):])
			if !yield(key, value[:end(value)]) {
				return
			}
			if rest[0] == ',' {
				rest = after(rest[1:])
			}
		}
	}
}

// elements are the values of an array.
func elements(array []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for rest := after(array[1:]); rest[0] != ']'; {
			value := rest[:end(rest)]
			rest = after(rest[len(value):])
			if !yield(value) {
				return
			}
			if rest[0] == ',' {
				rest = after(rest[1:])
			}
		}
	}
}

// keyOf is a name without its quotes and escapes.
func keyOf(raw []byte) (key string) {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	_ = json.Unmarshal(raw, &key) // valid, as all is
	return key
}

// after is what follows leading space.
func after(text []byte) []byte { return bytes.TrimLeft(text, " \t\r\n") }

// end is the length of the value that text begins with.
func end(text []byte) int {
	switch text[0] {
	case '"':
		return endOfString(text)
	case '{', '[':
		return endOfContainer(text)
	}
	if n := bytes.IndexAny(text, ",]} \t\r\n"); n >= 0 {
		return n
	}
	return len(text)
}

func endOfString(text []byte) int {
	for i := 1; ; i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

func endOfContainer(text []byte) int {
	depth := 0
	for i := 0; ; i++ {
		switch text[i] {
		case '"':
			i += endOfString(text[i:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
}
