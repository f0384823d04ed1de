package flags

import (
	"context"
	"errors"

	"github.com/open-feature/go-sdk/openfeature"
	"github.com/open-feature/go-sdk/openfeature/multi"
)

// maxAttempts is how often an evaluation starts over because the flags changed under it.
const maxAttempts = 3

// Current returns the values without a scan, as rules see an empty Context. For health, metrics
// and the console; a request wants Evaluate.
func (f *Flags) Current() Values { return *f.current.Load() }

// Evaluate returns the values for one question of a scan. The answer is remembered for each
// question that a rule could tell apart, until the flags change: the first one costs some 100
// microseconds, the next ones a few. A flag whose rule fails keeps its value of Current, and the
// failure is counted.
func (f *Flags) Evaluate(ctx context.Context, c Context) Values {
	last := f.Current()
	if f.closed.Load() {
		return last
	}
	ctx = context.WithoutCancel(ctx) // nothing here waits, and half an answer helps nobody
	now := f.edition(ctx)
	if values, ok := f.remembered(now, c); ok {
		return values
	}
	a, ok := f.evaluate(ctx, c, last)
	if !ok {
		return last
	}
	f.remember(now, c, a)
	return a.values
}

// answer is the flags as one edition has them.
type answer struct {
	values  Values
	sources map[string]string // flag key to Source...
	edition edition
	failed  bool // a flag kept its last value
}

// evaluate reads all flags of one edition. Mixing two could serve what neither allows: an enabled
// from the old one with a ceiling from the new. False when the flags change too fast.
func (f *Flags) evaluate(ctx context.Context, c Context, last Values) (answer, bool) {
	question := openfeature.NewEvaluationContext(c.ScanKey, c.attributes())
	for range maxAttempts {
		before := f.edition(ctx)
		a := f.evaluateOnce(ctx, question, last, before)
		if f.edition(ctx) == before {
			return a, true
		}
	}
	return answer{}, false
}

// edition is what flagd has taken last; its generation is 0 without a source, and before the first
// good flags.
func (f *Flags) edition(ctx context.Context) edition {
	if f.source == nil {
		return edition{}
	}
	// Not found is an error too, and means 0 as well.
	r, _ := f.client.IntValueDetails(ctx, keyEdition, 0, openfeature.EvaluationContext{})
	seen, _ := r.FlagMetadata.GetFloat(metadataLooks)
	return edition{generation: r.Value, origin: r.Variant, looks: looks(seen)}
}

func (f *Flags) evaluateOnce(ctx context.Context, question openfeature.EvaluationContext, last Values, now edition) answer {
	a := answer{values: Defaults(), sources: map[string]string{}, edition: now}
	for _, d := range definitions {
		value, source, err := f.resolve(ctx, d, question)
		if err != nil {
			f.complain(d, now.generation, err)
			value, a.failed = d.get(last), true
		}
		if source == layerSource {
			source = now.origin
		}
		a.sources[d.key] = source
		d.set(&a.values, value)
	}
	if f.source != nil && now.generation == 0 {
		// Nobody knows what the source would have said, so the environment cannot overrule it.
		a.values.ServeCeilingPercent, a.values.RescueEnabled, a.values.HistoryCriticalEnabled = 0, false, false
		for _, key := range []string{KeyServeCeilingPercent, KeyRescueEnabled, KeyHistoryCriticalEnabled} {
			a.sources[key] = SourceDefault
		}
	}
	return a
}

// resolve asks OpenFeature for one flag. A flag that is nowhere has its default.
func (f *Flags) resolve(ctx context.Context, d definition, question openfeature.EvaluationContext) (any, string, error) {
	var value any
	var detail openfeature.EvaluationDetails
	var err error
	switch fallback := d.get(Defaults()).(type) {
	case string:
		r, e := f.client.StringValueDetails(ctx, d.key, fallback, question)
		value, detail, err = r.Value, r.EvaluationDetails, e
	case bool:
		r, e := f.client.BooleanValueDetails(ctx, d.key, fallback, question)
		value, detail, err = r.Value, r.EvaluationDetails, e
	case float64:
		r, e := f.client.FloatValueDetails(ctx, d.key, fallback, question)
		value, detail, err = r.Value, r.EvaluationDetails, e
	}
	switch {
	case detail.ErrorCode == openfeature.FlagNotFoundCode:
		return d.get(Defaults()), SourceDefault, nil
	case err != nil:
		return nil, SourceDefault, err
	case detail.Variant == "": // disabled, or left to the code by its rule
		return value, SourceDefault, nil
	}
	source, err := detail.FlagMetadata.GetString(multi.MetadataSuccessfulProviderName)
	if err != nil {
		return nil, SourceDefault, errors.New("no provider answers for the value")
	}
	return value, source, nil
}

// complain counts an evaluation that failed, and logs the first of each flag and edition.
func (f *Flags) complain(d definition, generation int64, err error) {
	f.metrics.errors.WithLabelValues(d.name()).Inc()
	if was, there := f.complained.Swap(d.key, generation); there && was == generation {
		return
	}
	f.log.Error("flag cannot be evaluated: it keeps its last good value", "flag", d.key, "error", err)
}
