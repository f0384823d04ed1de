package console

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// spanAllowed says what ParseSpan takes.
const spanAllowed = "days such as 90d or a duration such as 36h"

// longest is the longest span: what is older than that was never compared.
const longest = 100 * 365 * 24 * time.Hour

// ParseSpan reads a span of time, in days (90d) or as Go writes durations (36h,
// 15m). It is not negative and at most 100 years.
func ParseSpan(text string) (time.Duration, error) {
	wrong := fmt.Errorf("%q: want %s", text, spanAllowed)
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n < 0 || n > int(longest/(24*time.Hour)) {
			return 0, wrong
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	span, err := time.ParseDuration(text)
	if err != nil || span < 0 || span > longest {
		return 0, wrong
	}
	return span, nil
}

// ParseMoment reads a moment: a time of RFC 3339, or how long ago it is, as
// ParseSpan reads it. The empty text is the zero time.
func ParseMoment(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	span, err := ParseSpan(text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q: want a time of RFC 3339, %s", text, spanAllowed)
	}
	return now.Add(-span), nil
}
