package flags

import (
	"fmt"
	"slices"
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

// Values are the six flags at one moment. Percentages lie within 0 and 100.
type Values struct {
	Mode                Mode
	Enabled             bool
	MirrorPercent       float64
	ServeCeilingPercent float64
	// RescueEnabled lets the candidate answer a request that the primary fails.
	RescueEnabled bool
	// HistoryCriticalEnabled lets the engine answer the analyses that the primary does not have.
	HistoryCriticalEnabled bool
}

// All lists the flags by key with their values, in the order of the documentation.
func (v Values) All() []Flag {
	all := make([]Flag, len(definitions))
	for i, d := range definitions {
		all[i] = Flag{Key: d.key, Variable: d.env, Value: d.get(v)}
	}
	return all
}

// Flag is one flag with a value: a string, a bool or a float64.
type Flag struct {
	Key      string
	Variable string // of the environment, that beats file and server
	Value    any
}

// Defaults are the values when nothing says otherwise.
func Defaults() Values {
	return Values{Mode: ModeAuto, Enabled: true, MirrorPercent: 100, ServeCeilingPercent: 100}
}

// Safest are the values of flags that cannot be evaluated and never could: nothing is served and
// nothing mirrored.
func Safest() Values {
	return Values{Mode: ModeDryRun, Enabled: false}
}

// Context says what is asked: a rule may look at any of it. ScanKey is the targeting key, so a
// fractional rule puts all questions of a scan into one bucket.
type Context struct {
	ScanKey  string
	Analysis string
	MergeBy  string
	Client   string
	// NodeCount is the number of nodes in the network, 0 while it is not known; a rule reads it as
	// node_count, or folded to a SizeClass as size_class, which is "" while it is not known.
	NodeCount int
}

// sizes are the size classes and their least numbers of nodes, from small to large.
var sizes = []struct {
	class string
	floor int
}{{"0-9", 0}, {"10-29", 10}, {"30-99", 30}, {"100-299", 100}, {"300-", 300}}

// SizeClass folds a number of nodes to the value of the attribute size_class.
func SizeClass(nodes int) string { return sizes[sizeIndex(nodes)].class }

func sizeIndex(nodes int) int {
	i := len(sizes) - 1
	for i > 0 && nodes < sizes[i].floor {
		i--
	}
	return i
}

// attributes are what a rule may look at, besides the targeting key.
func (c Context) attributes() map[string]any {
	size := ""
	if c.NodeCount > 0 {
		size = SizeClass(c.NodeCount)
	}
	return map[string]any{
		"analysis": c.Analysis, "merge_by": c.MergeBy, "client": c.Client, "node_count": c.NodeCount, "size_class": size,
	}
}

// The keys of the flags, as OpenFeature and the flag file know them.
const (
	KeyMode                   = "understudy.mode"
	KeyEnabled                = "understudy.enabled"
	KeyMirrorPercent          = "understudy.mirror_percent"
	KeyServeCeilingPercent    = "understudy.serve_ceiling_percent"
	KeyRescueEnabled          = "understudy.rescue_enabled"
	KeyHistoryCriticalEnabled = "understudy.history_critical_enabled"
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
	{
		key: KeyRescueEnabled, env: "UNDERSTUDY_FLAG_RESCUE_ENABLED",
		readFile: boolFromFile,
		readEnv:  boolFromText,
		get:      func(v Values) any { return v.RescueEnabled },
		set:      func(v *Values, x any) { v.RescueEnabled = x.(bool) },
	},
	{
		key: KeyHistoryCriticalEnabled, env: "UNDERSTUDY_FLAG_HISTORY_CRITICAL_ENABLED",
		readFile: boolFromFile,
		readEnv:  boolFromText,
		get:      func(v Values) any { return v.HistoryCriticalEnabled },
		set:      func(v *Values, x any) { v.HistoryCriticalEnabled = x.(bool) },
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
