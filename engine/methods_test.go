package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"understudy/engine/class"
	"understudy/engine/encode"
	"understudy/engine/fbas"
	"understudy/engine/sat"
)

// Networks of 10 to 40 nodes are too large to be tried out; here the methods
// answer for each other, and gini for the solver.
func TestMethods_AgreeOnNetworksThatAreTooLargeToTryOut(t *testing.T) {
	t.Parallel()
	networks := asked(t, 150)
	answers, decided, refused := 0, 0, 0
	for seed := range uint64(networks) {
		r := rand.New(rand.NewPCG(seed, 21))
		network := largeNetwork(r)
		semantics := AllSemantics[r.IntN(len(AllSemantics))]
		by := []MergeBy{MergeNone, MergeNone, MergeOrganization, MergeCountry}[r.IntN(4)]
		m := methods{t: t, network: network, semantics: semantics, o: Options{MergeBy: by, Minimum: true}, faulty: []string{"0.0", "1.1", "3.0"}[:r.IntN(4)]}
		m.name = fmt.Sprintf("seed %d, %s, by %s", seed, semantics, by)
		for _, what := range questions {
			m.compare(what)
		}
		answers, decided, refused = answers+m.answers, decided+m.decided, refused+m.refused
		if t.Failed() {
			t.Log(networkJSON(network))
			return
		}
	}
	t.Logf("%d networks, %d answers, %d of them decided in time; branch and bound refused %d questions", networks, answers, decided, refused)
	if decided < answers*95/100 {
		t.Errorf("only %d of %d answers in time", decided, answers)
	}
}

var questions = []string{"intersection", "top tier", "quorum", "blocking set", "splitting set", "history-critical set"}

// methods asks one question after another by each method.
type methods struct {
	t         *testing.T
	name      string
	network   *fbas.Network
	semantics Semantics
	o         Options
	faulty    []string

	s *System // a new one for each question: an answer must not come from what another method found

	answers, decided, refused int
}

// said is an answer: what is to be the same by all methods.
type said struct {
	complete bool
	size     int // -1: there is none
	members  []string
}

func (m *methods) compare(what string) {
	m.t.Helper()
	var first *said
	for _, method := range append(slices.Clone(Methods), "gini") {
		var err error
		if m.s, err = Prepare(m.network, m.semantics); err != nil {
			m.t.Fatalf("%s: %v", m.name, err)
		}
		ctx, cancel := context.WithTimeout(m.t.Context(), time.Second)
		got, err := m.ask(ctx, what, method)
		cancel()
		if errors.Is(err, errFlat) {
			m.refused++
			continue
		}
		if err != nil {
			m.t.Errorf("%s: %s by %s: %v", m.name, what, method, err)
			return
		}
		m.answers++
		if !got.complete {
			continue
		}
		m.decided++
		if first == nil {
			first = &got
		}
		if got.size != first.size || !slices.Equal(got.members, first.members) {
			m.t.Errorf("%s: %s by %s: %+v, by another method %+v", m.name, what, method, got, *first)
		}
	}
}

func (m *methods) ask(ctx context.Context, what string, method Method) (said, error) {
	if method == "gini" {
		return m.askGini(ctx, what)
	}
	o := m.o
	o.Method = method
	switch what {
	case "intersection":
		r, err := m.s.Intersection(ctx, o)
		return said{complete: r.Complete, size: truth(r.Intersects)}, err
	case "top tier":
		r, err := m.s.TopTier(ctx, o)
		return said{complete: r.Complete, members: r.Members}, err
	case "quorum":
		r, err := m.s.MinimalQuorums(ctx, o)
		return saidOf(r.Family), err
	case "splitting set":
		r, err := m.s.MinimalSplittingSets(ctx, o)
		return saidOf(r.Family), err
	case "history-critical set":
		r, err := m.s.HistoryCriticalSets(ctx, o)
		return saidOf(r.Family), err
	default:
		o.Faulty = m.faulty
		r, err := m.s.MinimalBlockingSets(ctx, o)
		return saidOf(r), err
	}
}

func truth(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func saidOf(f Family) said {
	if f.Outcome != Found {
		return said{complete: f.Complete, size: -1}
	}
	return said{complete: f.Complete, size: f.MinSize}
}

// askGini puts the question to the second solver, past the engine.
func (m *methods) askGini(ctx context.Context, what string) (said, error) {
	s := m.s
	switch what {
	case "intersection":
		if s.classes.Evaluator().GreatestIn(s.classes.Size, nil).Empty() {
			return said{complete: true, size: truth(s.semantics == SemanticsPython)}, nil
		}
		_, status, err := encode.Intersection(ctx, s.classes.Relevant(), sat.Gini)
		return said{complete: status != sat.Unknown, size: truth(status == sat.Unsat)}, err
	case "top tier":
		return m.tierByGini(ctx)
	case "quorum":
		return m.minimumByGini(s.quorumView, nil, func(q *class.Quotient, price class.Price) (class.Minimum, error) {
			return encode.MinimumQuorum(ctx, q, price, sat.Gini)
		})
	case "splitting set":
		return m.minimumByGini(s, nil, func(q *class.Quotient, price class.Price) (class.Minimum, error) {
			return encode.MinimumSplitting(ctx, q.Relevant(), price, sat.Gini)
		})
	case "history-critical set":
		return m.minimumByGini(s, s.historyLost(), func(q *class.Quotient, price class.Price) (class.Minimum, error) {
			return encode.MinimumQuorum(ctx, q, price, sat.Gini)
		})
	}
	v := s.blockingView
	if v.classes.Evaluator().GreatestIn(v.classes.Size, nil).Empty() {
		r, err := s.MinimalBlockingSets(ctx, Options{MergeBy: m.o.MergeBy, Faulty: m.faulty}) // no search
		return saidOf(r), err
	}
	return m.minimumByGini(v, v.faulty(m.faulty), func(q *class.Quotient, price class.Price) (class.Minimum, error) {
		return encode.MinimumBlocking(ctx, q, price, sat.Gini)
	})
}

func (m *methods) minimumByGini(s *System, free fbas.Set, ask func(*class.Quotient, class.Price) (class.Minimum, error)) (said, error) {
	groups, err := s.groups(m.o.MergeBy)
	if err != nil {
		return said{}, err
	}
	w := s.question(groups, free)
	r, err := ask(w.q, w.price)
	if !r.Found {
		return said{complete: r.Complete, size: -1}, err
	}
	return said{complete: r.Complete, size: r.Size}, err
}

func (m *methods) tierByGini(ctx context.Context) (said, error) {
	if intersection, err := m.askGini(ctx, "intersection"); err != nil || m.s.semantics == SemanticsPython && (!intersection.complete || intersection.size == 0) {
		return said{complete: intersection.complete}, err
	}
	s := m.s.quorumView
	groups, err := s.groups(m.o.MergeBy)
	if err != nil {
		return said{}, err
	}
	tier, err := encode.TopTier(ctx, s.classes, sat.Gini)
	var nodes []int
	for c, in := range tier.In {
		if in {
			nodes = append(nodes, s.classes.Members[c]...)
		}
	}
	return said{complete: tier.Complete, members: groups.mergeNodes(nodes)}, err
}
