package compare_test

import (
	"strings"
	"testing"

	"understudy/compare"
)

func TestCompare_TellsTheLevelOfAQuestion(t *testing.T) {
	key := "G" + strings.Repeat("A2Z7B", 11)
	stellar := request{Nodes: []node{{key, nil}}}
	mixed := request{Nodes: []node{{key, nil}, {"SDF", nil}}}
	by := func(r request, mergeBy string) request { r.MergeBy = mergeBy; return r }
	for _, tc := range []struct {
		name           string
		request        request
		level, mergeBy string
	}{
		{"Stellar keys", stellar, compare.LevelWhole, "none"},
		{"a name among them", mixed, compare.LevelDerived, "none"},
		{"lower case", request{Nodes: []node{{strings.ToLower(key), nil}}}, compare.LevelDerived, "none"},
		{"no nodes", request{Nodes: []node{}}, compare.LevelWhole, "none"},
		{"merge by says it", by(mixed, "country"), "country", "country"},
		{"none says it too", by(mixed, "none"), "none", "none"},
		{"a client's invention", by(stellar, "field:homeDomain"), compare.LevelOther, compare.LevelOther},
	} {
		got := compare.Compare(tc.request.question("top-tier"), compare.Reply{}, compare.Reply{}, compare.KindRust)
		if got.Level != tc.level || got.MergeBy != tc.mergeBy || got.Nodes != len(tc.request.Nodes) {
			t.Errorf("%s: level %s, merge by %s, %d nodes", tc.name, got.Level, got.MergeBy, got.Nodes)
		}
	}
}

func TestLevelInScan_TheSmallerNetworkOfStellarKeysIsTheValidatingPart(t *testing.T) {
	for _, tc := range []struct {
		level          string
		nodes, largest int
		want           string
	}{
		{compare.LevelWhole, 101, 101, compare.LevelWhole},
		{compare.LevelWhole, 84, 101, compare.LevelValidating},
		{compare.LevelDerived, 24, 101, compare.LevelDerived},
		{"country", 24, 101, "country"},
	} {
		if got := compare.LevelInScan(tc.level, tc.nodes, tc.largest); got != tc.want {
			t.Errorf("%+v: %s", tc, got)
		}
	}
}
