package worker

import (
	"bytes"
	"crypto/sha256"
)

// digests name what a request asks about.
type digests struct {
	network  [sha256.Size]byte // what it is asked about, the same for all questions
	question [sha256.Size]byte // path and body
}

// digest names the question of j and its network. It is worked out when it is
// first needed, which without a dead worker is never.
func (j *job) digest() *digests {
	if j.digests == nil {
		question := sha256.New()
		question.Write([]byte(j.request.URL.RequestURI() + "\n"))
		question.Write(j.body)
		j.digests = &digests{network: sha256.Sum256(networkOf(j.body))}
		question.Sum(j.digests.question[:0])
	}
	return j.digests
}

// networkOf is the value of the member nodes of a JSON object, as it stands
// there, or all of body where there is none. It only looks for where the value
// begins and ends: without nesting of its own, without memory, once from front to
// back. What is not JSON is cut anywhere; equal bodies are cut alike, which is all
// that it takes.
func networkOf(body []byte) []byte {
	rest := skipSpace(body)
	if len(rest) == 0 || rest[0] != '{' {
		return body
	}
	for rest = rest[1:]; ; rest = rest[1:] {
		rest = skipSpace(rest)
		if len(rest) == 0 || rest[0] != '"' {
			return body
		}
		key, after := cutValue(rest)
		if rest = skipSpace(after); len(rest) == 0 || rest[0] != ':' {
			return body
		}
		value, after := cutValue(skipSpace(rest[1:]))
		if bytes.EqualFold(key, []byte(`"nodes"`)) { // as encoding/json finds it
			return value
		}
		if rest = skipSpace(after); len(rest) == 0 || rest[0] != ',' {
			return body
		}
	}
}

func skipSpace(text []byte) []byte { return bytes.TrimLeft(text, " \t\r\n") }

// cutValue cuts text behind the JSON value that it begins with: at the end of a
// string, where all brackets are closed, or before what ends a member.
func cutValue(text []byte) (value, rest []byte) {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
			if !quoted && depth == 0 {
				return text[:i+1], text[i+1:]
			}
		case quoted:
		case c == '{', c == '[':
			depth++
		case c == '}', c == ']':
			if depth--; depth <= 0 {
				return text[:i+depth+1], text[i+depth+1:]
			}
		case depth == 0 && (c == ',' || c == ':'):
			return text[:i], text[i:]
		}
	}
	return text, nil
}
