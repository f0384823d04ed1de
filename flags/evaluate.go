package flags

import (
	"context"
	"errors"

	"github.com/open-feature/go-sdk/openfeature"
	"github.com/open-feature/go-sdk/openfeature/multi"
)

// maxAttempts is how often an evaluation starts over because the file changed under it.
const maxAttempts = 3

// Current returns the values without a scan, as rules see an empty Context. For health, metrics
// and the console; a request wants Evaluate.
func (f *Flags) Current() Values { return *f.current.Load() }

// Evaluate returns the values for one question of a scan. It costs some 50 to 200 microseconds:
// once per scan and question, not once per decision. A flag whose rule fails keeps its value of
// Current, and the failure is counted.
func (f *Flags) Evaluate(ctx context.Context, c Context) Values {
	last := f.Current()
	if f.closed.Load() {
		return last
	}
	answer, ok := f.evaluate(ctx, c, last)
	if !ok {
		return last
	}
	return answer.values
}

// answer is the flags as one generation of the file has them.
type answer struct {
	values     Values
	sources    map[string]string // flag key to Source...
	generation int64
}

// evaluate reads all flags of one generation. Mixing two files could serve what neither allows: an
// enabled from the old one with a ceiling from the new. False when the file changes too fast.
func (f *Flags) evaluate(ctx context.Context, c Context, last Values) (answer, bool) {
	ctx = context.WithoutCancel(ctx) // nothing here waits, and half an answer helps nobody
	question := openfeature.NewEvaluationContext(c.ScanKey, c.attributes())
	for range maxAttempts {
		before := f.generation(ctx)
		a := f.evaluateOnce(ctx, question, last, before)
		if f.generation(ctx) == before {
			return a, true
		}
	}
	return answer{}, false
}

func (c Context) attributes() map[string]any {
	return map[string]any{
		"analysis": c.Analysis, "merge_by": c.MergeBy, "client": c.Client, "node_count": c.NodeCount,
	}
}

// generation counts the good files that flagd has taken; 0 without a file, and before the first.
func (f *Flags) generation(ctx context.Context) int64 {
	if f.source == nil {
		return 0
	}
	// Not found is an error too, and means 0 as well.
	n, _ := f.client.IntValue(ctx, keyGeneration, 0, openfeature.EvaluationContext{})
	return n
}

func (f *Flags) evaluateOnce(ctx context.Context, question openfeature.EvaluationContext, last Values, generation int64) answer {
	a := answer{values: Defaults(), sources: map[string]string{}, generation: generation}
	for _, d := range definitions {
		value, source, err := f.resolve(ctx, d, question)
		if err != nil {
			f.complain(d, generation, err)
			value = d.get(last)
		}
		a.sources[d.key] = source
		d.set(&a.values, value)
	}
	if f.source != nil && generation == 0 {
		// Nobody knows what the file would have said, so the environment cannot overrule it.
		a.values.ServeCeilingPercent = 0
		a.sources[KeyServeCeilingPercent] = SourceDefault
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

// complain counts an evaluation that failed, and logs the first of each flag and generation.
func (f *Flags) complain(d definition, generation int64, err error) {
	f.metrics.errors.WithLabelValues(d.name()).Inc()
	if was, there := f.complained.Swap(d.key, generation); there && was == generation {
		return
	}
	f.log.Error("flag cannot be evaluated: it keeps its last good value", "flag", d.key, "error", err)
}
