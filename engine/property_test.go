package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"understudy/engine/fbas"
)

// oracleNetworks is how many random networks a run tries by brute force.
const oracleNetworks = 10_000

// asked says how many of the random networks of a kind to try: ordinary as many,
// fewer in a short run, and so many times more as UNDERSTUDY_ORACLE_NETWORKS is
// larger than oracleNetworks, as for make oracle. The first ones are always the
// same.
func asked(t *testing.T, ordinary int) int {
	t.Helper()
	text := os.Getenv("UNDERSTUDY_ORACLE_NETWORKS")
	switch networks, err := strconv.Atoi(text); {
	case text == "" && testing.Short():
		return ordinary / 20
	case text == "":
		return ordinary
	case err != nil || networks < 1:
		t.Fatalf("UNDERSTUDY_ORACLE_NETWORKS must be a number of networks, at least 1, not %q", text)
		return 0
	default:
		return max(1, ordinary*networks/oracleNetworks)
	}
}

func TestAnalyses_AgreeWithBruteForceOnRandomNetworks(t *testing.T) {
	networks := asked(t, oracleNetworks)
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	var next, compared, refused atomic.Int64
	each := func() {
		for !t.Failed() {
			seed := next.Add(1) - 1
			if seed >= int64(networks) {
				return
			}
			r := seeded(uint64(seed))
			shape := shapes[seed%int64(len(shapes))]
			network := randomNetwork(r, shape)
			c := comparison{t: t, network: network, name: fmt.Sprint("seed ", seed), levels: []MergeBy{MergeNone, oracleLevels[r.IntN(len(oracleLevels))]}}
			c.faulty = [][]string{nil, {"n0"}, {"n1", "n2", "nobody"}}[r.IntN(3):][:1]
			c.methods = [2]Method{Methods[r.IntN(3)], Methods[r.IntN(3)]}
			c.compare(readAs(r, shape))
			compared.Add(int64(c.count))
			refused.Add(int64(c.refused))
		}
	}
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(each)
	}
	workers.Wait()
	tried := min(next.Load(), int64(networks))
	t.Logf("%d networks tried, %d comparisons; branch and bound refused %d questions without a flat form", tried, compared.Load(), refused.Load())
}

// oracleLevels are the merge levels beside none.
var oracleLevels = []MergeBy{MergeOrganization, MergeCountry, MergeISP, MergeField("homeDomain"), MergeField("tier")}

// compareWithOracle compares all answers about a small network.
func compareWithOracle(t *testing.T, network *fbas.Network, semantics Semantics) {
	t.Helper()
	c := comparison{t: t, network: network, levels: append(slices.Clone(MergeLevels), oracleLevels[3:]...)}
	c.faulty = [][]string{nil, {"n0"}, {"n1", "n2", "nobody"}}
	c.compare(semantics)
}

// comparison holds the engine's answers about one network against the oracle's.
type comparison struct {
	t       *testing.T
	network *fbas.Network
	name    string
	levels  []MergeBy
	faulty  [][]string
	// methods are those by which families and minima are asked.
	methods [2]Method

	count, refused int
	want           *oracle
	// s is asked for families, least for minima only: where a family is known,
	// no minimum is searched for.
	s, least *System
}

func (c *comparison) errorf(format string, args ...any) {
	c.t.Helper()
	c.t.Errorf("%s, %s, by %v: %s\n%s", c.name, c.s.semantics, c.methods, fmt.Sprintf(format, args...), networkJSON(c.network))
}

func (c *comparison) compare(semantics Semantics) {
	c.t.Helper()
	var err error
	if c.s, err = Prepare(c.network, semantics); err == nil {
		c.least, err = Prepare(c.network, semantics)
	}
	if err != nil {
		c.t.Errorf("%s, %s: %v\n%s", c.name, semantics, err, networkJSON(c.network))
		return
	}
	c.want = newOracle(c.network, semantics)
	if !slices.Equal(sorted(c.s.Core()), c.want.keys) {
		c.errorf("core %v, want %v", c.s.Core(), c.want.keys)
		return
	}
	c.intersection()
	c.symmetric()
	families := map[string][]mask{
		"quorums": c.want.tierQuorums, "splitting sets": c.want.splitting(), "history-critical sets": c.want.historyCritical(),
	}
	for _, by := range c.levels {
		c.topTier(by)
		for _, what := range []string{"quorums", "splitting sets", "history-critical sets"} {
			c.family(what, Options{MergeBy: by}, families[what])
		}
		for _, faulty := range c.faulty {
			c.family("blocking sets", Options{MergeBy: by, Faulty: faulty}, c.want.blocking(faulty))
		}
	}
}

func (c *comparison) intersection() {
	c.t.Helper()
	for _, method := range c.methods {
		r, err := c.s.Intersection(c.t.Context(), Options{Method: method})
		if c.refuses(err) {
			continue
		}
		if err != nil || !r.Complete || r.Intersects != c.want.intersects() || r.HasQuorum != (len(c.want.quorums) > 0) {
			c.errorf("intersection %+v (%v), want %t", r, err, c.want.intersects())
		}
		c.count++
	}
}

func (c *comparison) symmetric() {
	c.t.Helper()
	r, err := c.s.SymmetricTopTier(c.t.Context(), Options{})
	text := "null"
	if r.QuorumSet != nil {
		text = setText(*r.QuorumSet)
	}
	if want := c.want.symmetric(); err != nil || text != want {
		c.errorf("symmetric top tier %s (%v), want %s", text, err, want)
	}
	c.count++
}

func (c *comparison) topTier(by MergeBy) {
	c.t.Helper()
	want := c.want.merge([]mask{c.want.topTier()}, by)[0]
	for _, method := range c.methods {
		r, err := c.s.TopTier(c.t.Context(), Options{MergeBy: by, Method: method})
		if c.refuses(err) {
			continue
		}
		if err != nil || !r.Complete || !slices.Equal(sorted(r.Members), want) {
			c.errorf("%s: top tier %v (%v), want %v", by, r.Members, err, want)
		}
		c.count++
	}
}

// ask is one question about a family.
func (c *comparison) ask(s *System, what string, o Options) (Family, error) {
	return c.askIn(c.t.Context(), s, what, o)
}

func (c *comparison) askIn(ctx context.Context, s *System, what string, o Options) (Family, error) {
	switch what {
	case "quorums":
		r, err := s.MinimalQuorums(ctx, o)
		return r.Family, err
	case "splitting sets":
		r, err := s.MinimalSplittingSets(ctx, o)
		if err == nil && c.want != nil && r.Outcome == Found && r.Disjoint != c.want.disjoint() && (r.Complete || r.Disjoint) {
			c.errorf("quorums disjoint %t, want %t", r.Disjoint, c.want.disjoint())
		}
		return r.Family, err
	case "history-critical sets":
		r, err := s.HistoryCriticalSets(ctx, o)
		return r.Family, err
	default:
		return s.MinimalBlockingSets(ctx, o)
	}
}

// family compares a family and the minimum alone.
func (c *comparison) family(what string, o Options, masks []mask) {
	c.t.Helper()
	want := c.want.merge(masks, o.MergeBy)
	o.Method, o.Minimum = c.methods[0], true
	if least, err := c.ask(c.least, what, o); !c.refuses(err) {
		c.sameMinimum(what, o, least, want, err)
	}
	o.Method, o.Minimum, o.MaxSets = c.methods[1], false, 1<<20
	whole, err := c.ask(c.s, what, o)
	if c.refuses(err) {
		return
	}
	c.sameMinimum(what, o, whole, want, err)
	if err == nil && (familyHash(whole.Sets) != familyHash(want) || total(whole) != len(want)) {
		c.errorf("%s %+v: %v (total %v), want %v", what, o, whole.Sets, whole.Total, want)
	}
	c.count++
}

func (c *comparison) sameMinimum(what string, o Options, got Family, want [][]string, err error) {
	c.t.Helper()
	c.count++
	switch {
	case err != nil:
		c.errorf("%s %+v: %v", what, o, err)
	case !got.Complete || (got.Outcome == Found) != (len(want) > 0) || got.Outcome == GaveUp:
		c.errorf("%s %+v: %+v, want %v", what, o, got, want)
	case got.Outcome == NoSet:
		if got.MinSize != 0 || got.Total == nil || got.Total.Sign() != 0 {
			c.errorf("%s %+v: no set, yet %+v", what, o, got)
		}
	case got.MinSize != len(want[0]) || got.LowerBound != got.MinSize || len(got.Example) != got.MinSize:
		c.errorf("%s %+v: min %d, bound %d, example %v, want %v", what, o, got.MinSize, got.LowerBound, got.Example, want)
	case !slices.ContainsFunc(want, func(set []string) bool { return slices.Equal(set, sorted(got.Example)) }):
		c.errorf("%s %+v: example %v, want one of %v", what, o, got.Example, want)
	default:
		c.membersMerge(what, o, got)
	}
}

// membersMerge checks that the members behind an example have not failed and
// merge to it.
func (c *comparison) membersMerge(what string, o Options, got Family) {
	c.t.Helper()
	if got.ExampleMembers == nil {
		return
	}
	var set mask
	for _, key := range got.ExampleMembers {
		if slices.Contains(o.Faulty, key) {
			c.errorf("%s %+v: %s in %v has failed", what, o, key, got.ExampleMembers)
		}
		set |= 1 << slices.Index(c.want.keys, key)
	}
	if image := c.want.merge([]mask{set}, o.MergeBy)[0]; !slices.Equal(image, sorted(got.Example)) {
		c.errorf("%s %+v: %v merge to %v, not to the example %v", what, o, got.ExampleMembers, image, got.Example)
	}
}

// refuses says whether branch and bound was asked for where it does not apply.
func (c *comparison) refuses(err error) bool {
	if errors.Is(err, errFlat) {
		c.refused++
		return true
	}
	return false
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }
