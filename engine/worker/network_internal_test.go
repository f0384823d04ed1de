package worker

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestNetworkOf_IsTheMemberNodesAsItStands(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"alone", `{"nodes":[1,2]}`, `[1,2]`},
		{"behind others", ` { "a" : {"nodes": [3]}, "b":"}\"]", "c":-1.5e3, "nodes" : [ {"x":"]"} ] ,"z":0}`, `[ {"x":"]"} ]`},
		{"as encoding/json finds it", `{"Nodes":[1]}`, `[1]`},
		{"an object", `{"nodes":{"a":[]}}`, `{"a":[]}`},
		{"a number, then the end", `{"nodes":7}`, `7`},
		{"a string with quotes", `{"nodes":"a\"b","x":1}`, `"a\"b"`},
		{"empty", `{"nodes":[]}`, `[]`},
		{"none: the whole body", `{"nodez":[1]}`, `{"nodez":[1]}`},
		{"deeper only: the whole body", `{"a":{"nodes":[1]}}`, `{"a":{"nodes":[1]}}`},
		{"no object", `[{"nodes":[1]}]`, `[{"nodes":[1]}]`},
		{"no JSON", `nodes`, `nodes`},
		{"nothing", ``, ``},
		{"cut off", `{"nodes":[1,2`, `[1,2`},
		{"no colon", `{"nodes"}`, `{"nodes"}`},
		{"too many ends", `{"a":]]]}`, `{"a":]]]}`},
	} {
		if got := string(networkOf([]byte(c.body))); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestNetworkOf_NestingCostsNoStack(t *testing.T) {
	deep := strings.Repeat("[", 8<<20)
	if got := networkOf([]byte(`{"a":` + deep)); len(got) != len(deep)+5 {
		t.Errorf("got %d bytes", len(got))
	}
}

func TestDigest_IsOneOfTheNetworkAndOneOfTheQuestion(t *testing.T) {
	a, b, c := about("/quorums", `{"nodes":[1],"x":1}`), about("/quorums", `{"x":2,"nodes":[1]}`), about("/top-tier", `{"nodes":[1],"x":1}`)
	other := about("/quorums", `{"nodes":[2],"x":1}`)
	if a.digest().network != b.digest().network || a.digest().network == other.digest().network {
		t.Error("the network is not what the digest is of")
	}
	if a.digest().question == b.digest().question || a.digest().question == c.digest().question {
		t.Error("path and body are not what the digest is of")
	}
}

// FuzzNetworkOf holds the scanner to encoding/json: where the body is an object
// with one member nodes, the two read the same.
func FuzzNetworkOf(f *testing.F) {
	f.Add([]byte(`{"a":{"b":["]","\\"]},"nodes":[{"publicKey":"A"}],"c":null}`))
	f.Add([]byte(`{"nodes":"x`))
	f.Add([]byte(`{"":0,"Nodes" :1}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		got := networkOf(body)
		if len(got) > len(body) {
			t.Fatalf("%d bytes of %d", len(got), len(body))
		}
		var members map[string]json.RawMessage
		if json.Unmarshal(body, &members) != nil || bytes.ContainsRune(body, '\\') {
			return
		}
		named := 0
		for name := range members {
			if strings.EqualFold(name, "nodes") {
				named++
			}
		}
		want, found := members["nodes"]
		once := len(bytes.Split(bytes.ToLower(body), []byte(`nodes"`))) == 2
		if found && named == 1 && once && !bytes.Equal(bytes.TrimSpace(got), want) {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}
