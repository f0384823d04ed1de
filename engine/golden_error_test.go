package engine

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"understudy/engine/fbas"
	"understudy/internal/precondition"
)

// refused says which field makes a network that the real scanner fails on
// unreadable. The others send nulls, which have a meaning here.
var refused = map[string]string{
	"edge_geo_bad_type":           "nodes[0].geoData.countryName",
	"edge_isp_bad_type":           "nodes[0].isp",
	"edge_missing_validators_key": "nodes[0].quorumSet.validators",
	"edge_thr_string":             "nodes[0].quorumSet.threshold",
	"edge_org_no_validators":      "organizations[0].validators",
}

// sameAs names the network that sends no nulls and means the same.
var sameAs = map[string]string{"real_snapshot_unfiltered": "real_snapshot_unfiltered_absent"}

func TestAnalyses_OfWhatTheRealScannerFailsOnFollowTheDefinition(t *testing.T) {
	dir := precondition.SharedData(t)
	files, err := filepath.Glob(filepath.Join(dir, "expected", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if !failed(readJSON[struct{ Calls []goldenCall }](t, file).Calls) {
			continue
		}
		seen++
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(dir, "networks", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			network, err := fbas.Read(data, fbas.DefaultLimits())
			if field, bad := refused[name]; bad {
				if network != nil {
					err = network.OrganizationsError
				}
				var wrong *fbas.FieldError
				if !errors.As(err, &wrong) || wrong.Field != field {
					t.Fatalf("%v, want an error about %s", err, field)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			twin, large := sameAs[name]
			if !large {
				compareWithOracle(t, network, SemanticsRust)
				return
			}
			g := golden{t: t, name: name}
			for _, call := range readJSON[struct{ Calls []goldenCall }](t, filepath.Join(dir, "expected", twin+".json")).Calls {
				g.check(data, call)
			}
		})
	}
	if seen < len(refused)+len(sameAs) {
		t.Errorf("only %d networks with recorded errors", seen)
	}
}

func failed(calls []goldenCall) bool {
	for _, call := range calls {
		if call.Status == "error" {
			return true
		}
	}
	return false
}
