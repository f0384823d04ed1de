package api_test

import (
	"errors"
	"testing"

	"understudy/engine"
	"understudy/engine/api"
	"understudy/engine/fbas"
)

// FuzzDecodeQuestion: whatever the bytes, there is a question within the
// bounds, or an error that the handler has a status for.
func FuzzDecodeQuestion(f *testing.F) {
	f.Add([]byte(threeOfFour))
	f.Add([]byte(`{"nodes":[],"merge_by":"isp","faulty_nodes":["a"],"include_sets":true,"max_sets":3,"semantics":"python","clean":true,"engine":"bnb","timeout_ms":1}`))
	f.Add([]byte(`{"nodes":[],"merge_by":"field:homeDomain","minimum":true}`))
	f.Add([]byte(`{"nodes":null,"timeout_ms":1e3}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		q, err := api.DecodeQuestion(engine.TopTier, body, api.Config{})
		var field *fbas.FieldError
		switch {
		case err == nil:
			if q.Network == nil || q.Timeout <= 0 || q.Timeout > api.DefaultConfig().Deadline || q.Options.MaxSets < 0 || q.Options.MaxSets > api.MaxSets {
				t.Errorf("out of bounds: %+v", q)
			}
		case errors.As(err, &field):
			if field.Field == "" || field.Problem == "" {
				t.Errorf("says nothing: %+v", field)
			}
		case !errors.Is(err, fbas.ErrNotJSON) && !errors.Is(err, fbas.ErrTooLarge):
			t.Errorf("no status for %v", err)
		}
	})
}
