package quality

import (
	"fmt"
	"strconv"
	"strings"
)

// namesShown is how many keys a sentence names before it counts the others.
const namesShown = 5

// names lists keys for a sentence: "a, b and c", "a, b, c, d, e and 7 more".
func names(keys []string) string { return some(keys, namesShown) }

func some(keys []string, most int) string {
	shown := make([]string, 0, most)
	for _, key := range keys[:min(most, len(keys))] {
		shown = append(shown, show(key))
	}
	return enumerate(shown, len(keys)-len(shown))
}

func enumerate(shown []string, more int) string {
	switch {
	case more > 0:
		return fmt.Sprintf("%s and %d more", strings.Join(shown, ", "), more)
	case len(shown) < 2:
		return strings.Join(shown, "")
	}
	last := len(shown) - 1
	return strings.Join(shown[:last], ", ") + " and " + shown[last]
}

// show writes a key so that it stays one word of bounded length whatever a
// client sent; a Stellar key, of 56 letters, stays as it is.
func show(key string) string {
	const most = 64
	cut := ""
	if len(key) > most {
		key, cut = strings.ToValidUTF8(key[:most], ""), "..."
	}
	if quoted := strconv.Quote(key); key == "" || len(quoted) != len(key)+2 || strings.ContainsAny(key, " ,;") {
		key = quoted
	}
	return key + cut
}

// bounded cuts a sentence to MaxDetail.
func bounded(detail string) string {
	if len(detail) <= MaxDetail {
		return detail
	}
	const cut = "..."
	return strings.ToValidUTF8(detail[:MaxDetail-len(cut)], "") + cut
}
