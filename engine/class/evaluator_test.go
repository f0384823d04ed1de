package class_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"understudy/engine/class"
	"understudy/engine/fbas"
)

func TestGreatest_IsTheGreatestQuorumOfTheSet(t *testing.T) {
	for seed := range uint64(systems) {
		s := randomSystem(seed)
		q := class.New(s)
		e := q.Evaluator()
		for mask := range 1 << s.Len() {
			within := subset(s, mask)
			want := vector(q, s.GreatestQuorum(within))
			if got := e.GreatestIn(vector(q, within), nil); !slices.Equal(got, want) {
				t.Fatalf("seed %d: in %b %v, want %v\n%s", seed, mask, got, want, describe(s))
			}
		}
	}
}

func TestGreatest_IsTheUnionOfTheQuorumsBesideTheHelp(t *testing.T) {
	for seed := range uint64(systems) {
		s := randomSystem(seed)
		q := class.New(s)
		e := q.Evaluator()
		r := rand.New(rand.NewPCG(seed, 22))
		for range 8 {
			within := r.IntN(1 << s.Len())
			deleted := r.IntN(1<<s.Len()) &^ within
			union := 0
			for mask := range 1 << s.Len() {
				if mask&^within == 0 && s.IsQuorumBeside(subset(s, mask), subset(s, deleted)) {
					union |= mask
				}
			}
			u, help := vector(q, subset(s, within)), vector(q, subset(s, deleted))
			if got, want := e.GreatestIn(u, help), vector(q, subset(s, union)); !slices.Equal(got, want) {
				t.Fatalf("seed %d: in %b beside %b %v, want %v\n%s", seed, within, deleted, got, want, describe(s))
			}
			if got, want := e.IsQuorum(u, help), s.IsQuorumBeside(subset(s, within), subset(s, deleted)); got != want {
				t.Fatalf("seed %d: %b beside %b is a quorum: %t, want %t\n%s", seed, within, deleted, got, want, describe(s))
			}
		}
	}
}

func TestIsMinimalQuorum_AgreesWithBruteForce(t *testing.T) {
	for seed := range uint64(systems) {
		s := randomSystem(seed)
		q := class.New(s)
		e := q.Evaluator()
		least := minimal(quorums(s))
		for mask := range 1 << s.Len() {
			if got, want := e.IsMinimalQuorum(vector(q, subset(s, mask))), slices.Contains(least, mask); got != want {
				t.Fatalf("seed %d: %b is a minimal quorum: %t, want %t\n%s", seed, mask, got, want, describe(s))
			}
		}
	}
}

func TestEvaluate_SaysWhichSetsAreMet(t *testing.T) {
	for seed := range uint64(systems) {
		s := randomSystem(seed)
		q := class.New(s)
		e := q.Evaluator()
		r := rand.New(rand.NewPCG(seed, 23))
		for range 8 {
			mask := r.IntN(1 << s.Len())
			help := r.IntN(1<<s.Len()) &^ mask
			e.Evaluate(vector(q, subset(s, mask)), vector(q, subset(s, help)))
			for id := range s.Vertices {
				if got, want := e.Met(id), meets(s, id, mask|help); got != want {
					t.Fatalf("seed %d: set %d is met by %b: %t, want %t\n%s", seed, id, mask|help, got, want, describe(s))
				}
			}
			for c, own := range q.Own {
				if got, want := e.Satisfied(c), own == fbas.Free || own >= 0 && meets(s, own, mask|help); got != want {
					t.Fatalf("seed %d: class %d is satisfied by %b: %t, want %t\n%s", seed, c, mask|help, got, want, describe(s))
				}
			}
		}
	}
}

// meets says whether the nodes of mask satisfy a vertex.
func meets(s *fbas.System, vertex, mask int) bool {
	v := s.Vertices[vertex]
	met := 0
	for _, node := range v.Nodes {
		met += mask >> node & 1
	}
	for _, inner := range v.Inner {
		if meets(s, inner, mask) {
			met++
		}
	}
	return met >= v.Threshold
}

func TestGreatest_OfFreeNodesAloneIsEmpty(t *testing.T) {
	s := fbas.CompilePython(&fbas.Network{Nodes: []fbas.Node{
		{PublicKey: "a", QuorumSet: &fbas.QuorumSet{Threshold: 2, Validators: []string{"a", "x", "y"}}},
	}})
	q := class.New(s)
	e := q.Evaluator()
	asks, free := q.Of[0], q.Of[1]
	if q.Size[free] != 2 || q.Own[free] != fbas.Free {
		t.Fatalf("classes %v with own sets %v", q.Members, q.Own)
	}
	u := make(class.Vector, 2)
	u[free] = 2
	if got := e.GreatestIn(u, nil); !got.Empty() {
		t.Errorf("free nodes alone give %v", got)
	}
	u[asks], u[free] = 1, 1
	if got := e.GreatestIn(u, nil); !slices.Equal(got, u) || !e.IsMinimalQuorum(u) {
		t.Errorf("a and one free node give %v", got)
	}
}

func TestGreatest_LeavesTheEvaluatorAsEvaluateWould(t *testing.T) {
	for seed := range uint64(systems) {
		s := randomSystem(seed)
		q := class.New(s)
		after, fresh := q.Evaluator(), q.Evaluator()
		u := after.GreatestIn(vector(q, subset(s, int(seed*40503)&(1<<s.Len()-1))), nil)
		if u.Empty() { // it may have been emptied for want of a member with a set
			continue
		}
		fresh.Evaluate(u, nil)
		for id := range q.Vertices {
			if after.Met(id) != fresh.Met(id) {
				t.Fatalf("seed %d: set %d is met: %t after Greatest, %t after Evaluate\n%s", seed, id, after.Met(id), fresh.Met(id), describe(s))
			}
		}
	}
}
