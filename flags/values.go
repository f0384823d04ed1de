package flags

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Mode is the value of the flag understudy.mode.
type Mode string

// The modes, from the most to the least that the candidate may do.
const (
	ModeAuto   Mode = "auto"    // the controller promotes and demotes
	ModeHold   Mode = "hold"    // the share is kept, nothing is promoted
	ModeDryRun Mode = "dry_run" // everything is decided and logged, nothing is served
	ModeOff    Mode = "off"     // the primary, untouched: no mirror either
)

var modes = []string{string(ModeAuto), string(ModeHold), string(ModeDryRun), string(ModeOff)}

// ParseMode reads a Mode; the error names the allowed ones.
func ParseMode(s string) (Mode, error) {
	if !slices.Contains(modes, s) {
		return "", fmt.Errorf("%q is not one of %s", s, strings.Join(modes, ", "))
	}
	return Mode(s), nil
}

// Values are the four flags at one moment. Percentages lie within 0 and 100.
type Values struct {
	Mode                Mode
	Enabled             bool
	MirrorPercent       float64
	ServeCeilingPercent float64
}

// Defaults are the values when neither file nor environment says otherwise.
func Defaults() Values {
	return Values{Mode: ModeAuto, Enabled: true, MirrorPercent: 100, ServeCeilingPercent: 100}
}

// Safest are the values of a flag that cannot be evaluated and never could: nothing is served and
// nothing mirrored.
func Safest() Values {
	return Values{Mode: ModeDryRun, Enabled: false}
}

// Context says what is asked: a rule in the flag file may look at any of it. ScanKey is the
// targeting key, so a fractional rule puts all questions of a scan into one bucket.
type Context struct {
	ScanKey  string
	Analysis string
	MergeBy  string
	Client   string
	// NodeCount is the number of nodes in the network; a rule reads it as node_count.
	NodeCount int
}

// The keys of the flags, as OpenFeature and the flag file know them.
const (
	KeyMode                = "understudy.mode"
	KeyEnabled             = "understudy.enabled"
	KeyMirrorPercent       = "understudy.mirror_percent"
	KeyServeCeilingPercent = "understudy.serve_ceiling_percent"
)

const keyPrefix = "understudy."

// definition is what the package knows of one flag.
type definition struct {
	key string
	env string
	// readFile and readEnv turn what a file (string, bool, json.Number) or the environment holds
	// into the flag's Go value, a string, bool or float64; get and set move such a value.
	readFile func(any) (any, error)
	readEnv  func(string) (any, error)
	get      func(Values) any
	set      func(*Values, any)
}

// name is the short form, for metrics labels.
func (d definition) name() string { return strings.TrimPrefix(d.key, keyPrefix) }

var definitions = []definition{
	{
		key: KeyMode, env: "UNDERSTUDY_FLAG_MODE",
		readFile: modeFromFile,
		readEnv:  modeFromText,
		get:      func(v Values) any { return string(v.Mode) },
		set:      func(v *Values, x any) { v.Mode = Mode(x.(string)) },
	},
	{
		key: KeyEnabled, env: "UNDERSTUDY_FLAG_ENABLED",
		readFile: boolFromFile,
		readEnv:  boolFromText,
		get:      func(v Values) any { return v.Enabled },
		set:      func(v *Values, x any) { v.Enabled = x.(bool) },
	},
	{
		key: KeyMirrorPercent, env: "UNDERSTUDY_FLAG_MIRROR_PERCENT",
		readFile: percentFromFile,
		readEnv:  percentFromText,
		get:      func(v Values) any { return v.MirrorPercent },
		set:      func(v *Values, x any) { v.MirrorPercent = x.(float64) },
	},
	{
		key: KeyServeCeilingPercent, env: "UNDERSTUDY_FLAG_SERVE_CEILING_PERCENT",
		readFile: percentFromFile,
		readEnv:  percentFromText,
		get:      func(v Values) any { return v.ServeCeilingPercent },
		set:      func(v *Values, x any) { v.ServeCeilingPercent = x.(float64) },
	},
}

// definitionOf finds a flag by key.
func definitionOf(key string) (definition, bool) {
	i := slices.IndexFunc(definitions, func(d definition) bool { return d.key == key })
	if i < 0 {
		return definition{}, false
	}
	return definitions[i], true
}

// allowedKeys lists the flags for an error message.
func allowedKeys() string {
	keys := make([]string, len(definitions))
	for i, d := range definitions {
		keys[i] = d.key
	}
	return strings.Join(keys, ", ")
}

func modeFromText(s string) (any, error) {
	m, err := ParseMode(s)
	return string(m), err
}

func modeFromFile(x any) (any, error) {
	s, ok := x.(string)
	if !ok {
		return nil, fmt.Errorf("%s is not one of %s", shown(x), strings.Join(modes, ", "))
	}
	return modeFromText(s)
}

func boolFromText(s string) (any, error) {
	b, err := strconv.ParseBool(s)
	if err != nil {
		return nil, fmt.Errorf("%q is not true or false", s)
	}
	return b, nil
}

func boolFromFile(x any) (any, error) {
	b, ok := x.(bool)
	if !ok {
		return nil, fmt.Errorf("%s is not true or false", shown(x))
	}
	return b, nil
}

func percentFromText(s string) (any, error) {
	p, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil, fmt.Errorf("%q is not a number from 0 to 100", s)
	}
	return percent(p)
}

func percentFromFile(x any) (any, error) {
	n, ok := x.(json.Number)
	if !ok {
		return nil, fmt.Errorf("%s is not a number from 0 to 100", shown(x))
	}
	return percentFromText(n.String())
}

func percent(p float64) (any, error) {
	if math.IsNaN(p) || p < 0 || p > 100 {
		return nil, fmt.Errorf("%v is not a number from 0 to 100", p)
	}
	return p, nil
}

// shown renders a JSON value for an error message, shortened.
func shown(x any) string {
	data, err := json.Marshal(x)
	if err != nil {
		return fmt.Sprintf("%T", x)
	}
	return short(string(data), 60)
}

// short cuts s to at most n runes.
func short(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n]) + "..."
}
