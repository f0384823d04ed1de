package quality_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"understudy/engine/quality"
	"understudy/internal/precondition"
)

const snapshot = "radar-snapshot-2025-11-13.json"

// scanned is the snapshot as JSON, read without the engine's model.
func scanned(t *testing.T) []map[string]any {
	t.Helper()
	data, err := os.ReadFile(precondition.SharedData(t, snapshot))
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]any
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// mentions says whether a key stands anywhere in a JSON value.
func mentions(value any, key string) bool {
	switch value := value.(type) {
	case string:
		return value == key
	case []any:
		return slices.ContainsFunc(value, func(v any) bool { return mentions(v, key) })
	case map[string]any:
		for _, v := range value {
			if mentions(v, key) {
				return true
			}
		}
	}
	return false
}

func TestFind_NamesTheUnknownValidatorOfTheLiveNetworkAndWhoRefersToIt(t *testing.T) {
	const unknown = "GDXQB3OMMQ6MGG43PWFBZWBFKBBDUZIVSUDAZZTRAWQZKES2CDSE5HKJ"
	var by []string
	for _, node := range scanned(t) {
		if node["publicKey"] == unknown {
			t.Fatalf("%s is a node", unknown)
		}
		if mentions(node["quorumSet"], unknown) {
			by = append(by, node["publicKey"].(string))
		}
	}
	slices.Sort(by)
	got := of(quality.Find(read(t, snapshot)), quality.UnknownValidator)
	if len(got) != 1 || got[0].Node != unknown {
		t.Fatalf("unknown validators %v, want %s alone", got, unknown)
	}
	if len(by) == 0 || !slices.Equal(got[0].Related, by) {
		t.Errorf("named by %v, want %v", got[0].Related, by)
	}
}

func TestFind_CountsWhatTheSnapshotSays(t *testing.T) {
	want := map[string]int{}
	for _, node := range scanned(t) {
		if node["quorumSet"] == nil {
			want[quality.MissingQuorumSet]++
			continue
		}
		if node["historyArchiveHasError"] == true {
			want[quality.StaleArchive]++
		}
		if node["historyUrl"] == nil {
			want[quality.AbsentArchive]++
		}
	}
	findings := quality.Find(read(t, snapshot))
	got := quality.Summarize(findings)
	for _, code := range []string{quality.MissingQuorumSet, quality.StaleArchive, quality.AbsentArchive, quality.NoHistoryData, quality.AsymmetricCore, quality.OneNodeQuorum, quality.UnsatisfiableNode, quality.DuplicateNode} {
		if got.ByCode[code] != want[code] {
			t.Errorf("%s: %d, want %d", code, got.ByCode[code], want[code])
		}
	}
	if got.BySeverity[quality.Error] != 0 || got.Total != len(findings) {
		t.Errorf("summary %v of %d findings, and no error is known in this network", got, len(findings))
	}
	// The common core, of 21 nodes, lets the Rust scanner's answers stand.
	if core := 301 - got.ByCode[quality.MissingQuorumSet] - got.ByCode[quality.OutsideCore]; core != 21 {
		t.Errorf("%d nodes in the core, want 21", core)
	}
	for _, f := range of(findings, quality.OrganizationMixedSets) {
		if f.Severity != quality.Info {
			t.Errorf("the core of the live network is symmetric, and yet: %v", f)
		}
	}
}

func TestClean_OfTheSnapshotKeepsItsValidatorsAndLosesOneReference(t *testing.T) {
	cleaned, changes := quality.Clean(read(t, snapshot))
	counts := map[string]int{}
	for _, c := range changes {
		counts[c.Action]++
	}
	if len(cleaned.Nodes) != 101 || counts[quality.DropNode] != 200 || counts[quality.DropReference] != 1 || counts[quality.DropInnerSet] != 0 {
		t.Errorf("%d nodes left, changes %v", len(cleaned.Nodes), counts)
	}
}

func TestFind_ShowsWhatTheHandMadeNetworksWereMadeFor(t *testing.T) {
	cases := []struct{ file, code, nodes string }{
		{"edge_absent_qset_bystander", quality.MissingQuorumSet, "d"},
		{"edge_null_qset_member", quality.MissingQuorumSet, "d"},
		{"edge_ghost_spare", quality.UnknownValidator, "ghost"},
		{"edge_ghost_inner", quality.UnknownValidator, "ga gb gc"},
		{"edge_ghost_needed", quality.UnsatisfiableNode, "a b"},
		{"edge_ghost_needed", quality.ThresholdAboveMembers, "a b"},
		{"edge_thr0_all", quality.ThresholdZero, "a b c"},
		{"edge_thr0_all", quality.OneNodeQuorum, "a b c"},
		{"edge_inner_thr0", quality.ThresholdZero, "a b c d"},
		{"edge_thr_gt_members_one", quality.ThresholdAboveMembers, "d"},
		{"edge_thr_gt_members_one", quality.UnsatisfiableNode, "d"},
		{"edge_qset_empty_thr1", quality.ThresholdAboveMembers, "d"},
		{"edge_thr_2p32_cycle", quality.ThresholdAboveMembers, "a b c"},
		{"edge_one_node_quorum_inner", quality.OneNodeQuorum, "d"},
		{"edge_one_node_quorum_starves", quality.UnsatisfiableNode, "a b"},
		{"edge_dup_validators_5aabbc", quality.DuplicateValidator, "a b c d"},
		{"edge_dup_across_inner", quality.DuplicateValidator, "a b c d"},
		{"rustbug_dup_blocking", quality.DuplicateValidator, "k0 k1"},
		{"edge_dup_nodes_both_selfquorum", quality.DuplicateNode, "z"},
		{"edge_no_self_cycle", quality.OwnerMissing, "a b c"},
		{"edge_mixed_self", quality.OwnerMissing, "b"},
		{"edge_mixed_self", quality.AsymmetricCore, ""},
		{"edge_empty_key", quality.OutsideCore, ""},
		{"rustbug_org_threshold", quality.OrganizationMixedSets, ""},
		{"rustbug_org_threshold", quality.AsymmetricCore, ""},
		{"rustbug_org_threshold_ok", quality.OrganizationMixedSets, ""},
		{"rustbug_split_missed_1", quality.AsymmetricCore, ""},
	}
	// Codes that have no node, and those of edge_empty_key: how many there are.
	counts := map[string]int{"edge_empty_key": 1, "rustbug_org_threshold": 1, "rustbug_split_missed_1": 1}
	for _, c := range cases {
		t.Run(c.file+" "+c.code, func(t *testing.T) {
			got := of(quality.Find(read(t, "networks", c.file+".json")), c.code)
			if nodes(got) != c.nodes || c.nodes == "" && len(got) != counts[c.file] {
				t.Errorf("found %v, want it of %q", got, c.nodes)
			}
		})
	}
}
