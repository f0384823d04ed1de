package shrink_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"understudy/compare"
	"understudy/compare/edit"
	"understudy/compare/shrink"
	"understudy/engine/api"
)

// answered asks the engine.
func answered(analysis string, body []byte) compare.Reply {
	w := httptest.NewRecorder()
	api.Handler(api.Config{}).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/analyze/"+analysis, strings.NewReader(string(body))))
	return compare.Reply{Status: w.Code, Body: w.Body.Bytes()}
}

// changed is an answer with other fields.
func changed(reply compare.Reply, change func(map[string]any)) compare.Reply {
	var fields map[string]any
	if err := json.Unmarshal(reply.Body, &fields); err != nil {
		panic(err)
	}
	change(fields)
	var err error
	if reply.Body, err = json.Marshal(fields); err != nil {
		panic(err)
	}
	return reply
}

// mixed says whether two validators of one inner set have different sets.
func mixed(n *edit.Network) (found bool) {
	sets := make(map[string]string)
	for i := range n.Nodes {
		if n.Nodes[i].Set != nil {
			sets[n.Nodes[i].Key] = n.Nodes[i].Set.String()
		}
	}
	n.Lists(func(outer *edit.Set) {
		for _, inner := range outer.Inner {
			for _, key := range inner.Validators {
				found = found || sets[key] != sets[inner.Validators[0]]
			}
		}
	})
	return found
}

// careful is a symmetric network whose first validator asks for one more.
func careful(organizations, k int) []byte {
	n, err := edit.Read([]byte(symmetric(organizations, k)))
	if err != nil {
		panic(err)
	}
	n.Nodes[0].Set.Threshold++
	return n.Bytes()
}

// bySides judges a primary that is wrong by a rule against the engine.
func bySides(analysis string, primary func(n *edit.Network, right compare.Reply) compare.Reply) shrink.Ask {
	return func(_ context.Context, body []byte) (compare.Result, error) {
		n, err := edit.Read(body)
		if err != nil {
			return compare.Result{}, err
		}
		right := answered(analysis, body)
		wrong := right
		if right.Status == http.StatusOK {
			wrong = primary(n, right)
		}
		return compare.Compare(compare.Question{Analysis: analysis, Body: body}, wrong, right, compare.KindRust), nil
	}
}

func TestShrink_ByTheRealJudgeAPrimaryThatMissesSmallBlockingSetsOfMixedOrganizations(t *testing.T) {
	ask := bySides("blocking-sets", func(n *edit.Network, right compare.Reply) compare.Reply {
		if !mixed(n) {
			return right
		}
		return changed(right, func(f map[string]any) {
			f["min_size"], f["total_sets"] = f["min_size"].(float64)+1, 1
			f["example_set"] = append(f["example_set"].([]any), "o4v1")
			delete(f, "sets")
		})
	})
	start, err := ask(t.Context(), careful(5, 3))
	if err != nil {
		t.Fatal(err)
	}
	want, differs := shrink.Gravest(start)
	if !differs || want.Metric != compare.MetricMinBlocking || want.Verdict != compare.VerdictPrimaryWrong {
		t.Fatalf("target %+v of %+v", want, start)
	}
	got, err := shrink.Shrink(t.Context(), careful(5, 3), want, ask, shrink.Options{KeepNames: true})
	if err != nil {
		t.Fatal(err)
	}
	small, err := edit.Read(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got.Nodes > 4 || !got.Minimal || !mixed(small) {
		t.Errorf("%d nodes after %d asks: %s", got.Nodes, got.Asked, got.Body)
	}
}

func TestShrink_ByTheRealJudgeAFailureIsATargetToo(t *testing.T) {
	ask := bySides("top-tier", func(n *edit.Network, right compare.Reply) compare.Reply {
		if mixed(n) {
			return compare.Reply{Status: http.StatusInternalServerError}
		}
		return right
	})
	start, err := ask(t.Context(), careful(4, 3))
	if err != nil {
		t.Fatal(err)
	}
	want, differs := shrink.Gravest(start)
	if !differs || want != (shrink.Target{Verdict: compare.VerdictPrimaryFailed}) {
		t.Fatalf("target %+v", want)
	}
	got, err := shrink.Shrink(t.Context(), careful(4, 3), want, ask, shrink.Options{})
	if err != nil || got.Nodes != 2 {
		t.Errorf("%v: %d nodes: %s; want two in one inner set", err, got.Nodes, got.Body)
	}
}
