package console

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"understudy/compare"
	"understudy/rollout"
	"understudy/store"
)

// The bounds of a list.
const (
	defaultLimit = 100
	maxLimit     = 1000
)

// maxText bounds a parameter that may be any text, in bytes.
const maxText = 200

// The words that parameters may be.
var (
	sources  = []string{store.SourceLive, store.SourceDeep, store.SourceVariation}
	states   = []string{store.StateOpen, store.StateClosed}
	verdicts = []compare.Verdict{
		compare.VerdictAgree, compare.VerdictPrimaryWrong, compare.VerdictInputSkew, compare.VerdictUndecided, compare.VerdictCandidateWrong,
		compare.VerdictPrimaryFailed, compare.VerdictCandidateFailed, compare.VerdictBothFailed, compare.VerdictInconclusive,
	}
)

// parameters reads a query and keeps the first error. A parameter that nobody
// asked for is one: what is mistyped must not select everything.
type parameters struct {
	values url.Values
	now    time.Time
	err    error
}

func (p *parameters) fail(name, format string, args ...any) {
	if p.err == nil {
		p.err = &ParameterError{name, fmt.Sprintf(format, args...)}
	}
}

// text takes a parameter out of the query.
func (p *parameters) text(name string) string {
	values := p.values[name]
	delete(p.values, name)
	switch {
	case len(values) == 0:
		return ""
	case len(values) > 1:
		p.fail(name, "is there %d times: want it once", len(values))
	case len(values[0]) > maxText:
		p.fail(name, "is longer than %d bytes", maxText)
	}
	return values[0]
}

// word is one of a short list.
func (p *parameters) word(name string, allowed []string) string {
	text := p.text(name)
	if text != "" && !slices.Contains(allowed, text) {
		p.fail(name, "%q: want one of %s", text, strings.Join(allowed, ", "))
	}
	return text
}

func (p *parameters) verdict() string {
	words := make([]string, len(verdicts))
	for i, v := range verdicts {
		words[i] = string(v)
	}
	return p.word("verdict", words)
}

func (p *parameters) flag(name string) bool {
	switch text := p.text(name); text {
	case "", "false":
	case "true":
		return true
	default:
		p.fail(name, "%q: want true or false", text)
	}
	return false
}

func (p *parameters) moment(name string) time.Time {
	at, err := ParseMoment(p.text(name), p.now)
	if err != nil {
		p.fail(name, "%s", err)
	}
	return at
}

func (p *parameters) limit() int {
	text := p.text("limit")
	if text == "" {
		return defaultLimit
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxLimit {
		p.fail("limit", "%q: want a whole number from 1 to %d", text, maxLimit)
	}
	return n
}

// number is that of a record, 0 where there is none.
func (p *parameters) number(name string) int64 {
	text := p.text(name)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		p.fail(name, "%q: want the number of a record, 0 or more", text)
	}
	return n
}

// kind is that of a change.
func (p *parameters) kind() string {
	var words []string
	for _, k := range rollout.ChangeKinds() {
		words = append(words, string(k))
	}
	return p.word("kind", words)
}

// threshold is a share; 0 where there is none.
func (p *parameters) threshold() float64 {
	text := p.text("threshold")
	if text == "" {
		return 0
	}
	share, err := strconv.ParseFloat(text, 64)
	if err != nil || !(share > 0 && share <= 1) {
		p.fail("threshold", "%q: want a share above 0, at most 1", text)
	}
	return share
}

// end is the first error, or that of what was never asked for.
func (p *parameters) end() error {
	for name := range p.values {
		p.fail(name, "is not a parameter here")
	}
	return p.err
}

func (p *parameters) exchanges() store.Filter {
	return store.Filter{
		Verdict: p.verdict(), Metric: p.word("metric", compare.Metrics), Analysis: p.text("analysis"), Level: p.text("level"),
		Scan: p.text("scan"), Source: p.word("source", sources), Since: p.moment("since"), Until: p.moment("until"),
		Open: p.flag("open"), Limit: p.limit(),
	}
}

func (p *parameters) disagreements() store.DisagreementFilter {
	return store.DisagreementFilter{
		State: p.word("state", states), Metric: p.word("metric", compare.Metrics), Analysis: p.text("analysis"),
		Exchange: p.text("exchange"), Limit: p.limit(),
	}
}

func (p *parameters) agreement() AgreementQuery {
	q := AgreementQuery{Since: p.moment("since"), Source: p.word("source", append([]string{"all"}, sources...)), Threshold: p.threshold()}
	switch q.Source {
	case "":
		q.Source = store.SourceLive
	case "all":
		q.Source = ""
	}
	if by := p.text("by"); by != "" {
		q.By = strings.Split(by, ",")
	}
	return q
}
