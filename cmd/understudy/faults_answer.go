package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// nobody is no validator of any network, and has the shape of one.
var nobody = "G" + strings.Repeat("A", 55)

// altered changes the answer of a response. What is no JSON object with status
// 200 stays as it is.
func altered(response *http.Response, change func(map[string]any)) error {
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Encoding") != "" {
		return nil
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil {
		return fmt.Errorf("read answer to alter it: %w", err)
	}
	setBody(response, alteredJSON(body, change))
	return nil
}

func alteredJSON(body []byte, change func(map[string]any)) []byte {
	var answer map[string]any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if decoder.Decode(&answer) != nil || answer == nil {
		return body
	}
	change(answer)
	changed, err := json.Marshal(answer)
	if err != nil {
		return body // can't happen: it came from JSON
	}
	return changed
}

// sizedLists are the lists of answers whose length another field gives.
var sizedLists = map[string]string{"top_tier": "top_tier_size", "example_set": "min_size", "example_quorum": "min_size"}

// evidenceFields are what would show at once that a falsified example is none.
var evidenceFields = []string{"example_members", "sets", "quorums", "disjoint_quorums"}

// falsify takes a member away from each example, so that least sets are none any
// more, or adds one that does not exist; sizes without an example grow by one.
// The answer agrees with itself.
func falsify(answer map[string]any) {
	for list, size := range sizedLists {
		members, there := answer[list].([]any)
		if !there {
			continue
		}
		if len(members) > 0 {
			members = slices.Clone(members[:len(members)-1])
		} else {
			members = []any{nobody}
		}
		answer[list], answer[size] = members, len(members)
		for _, field := range evidenceFields {
			if _, isList := answer[field].([]any); isList {
				delete(answer, field)
			}
		}
	}
	if _, there := answer["critical_sets"]; there {
		grow(answer, "min_size")
	}
	for name, value := range answer {
		switch value := value.(type) {
		case map[string]any:
			if name == "symmetric_top_tier" || name == "engine" {
				grow(value, "threshold")
				continue
			}
			falsify(value)
		case json.Number:
			if strings.HasSuffix(name, "Size") { // of the analysis network
				grow(answer, name)
			}
		case nil:
			if name == "symmetric_top_tier" {
				answer[name] = map[string]any{"threshold": 1, "validators": []any{nobody}}
			}
		}
	}
}

// contradict makes an answer that may not be served: one whose size is not that
// of its example, or that says of itself that it is not complete.
func contradict(answer map[string]any) {
	for list, size := range sizedLists {
		if _, there := answer[list].([]any); there && grow(answer, size) {
			return
		}
	}
	answer["complete"] = false
}

// grow adds one to a number, where there is one.
func grow(object map[string]any, name string) bool {
	number, isNumber := object[name].(json.Number)
	if !isNumber {
		return false
	}
	n, err := strconv.Atoi(number.String())
	if err != nil {
		return false
	}
	object[name] = n + 1
	return true
}
