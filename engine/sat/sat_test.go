package sat

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

var solvers = []Solver{Gophersat, Gini}

// bruteForce says whether any assignment meets all clauses.
func bruteForce(f *Formula) bool {
	model := make([]bool, f.vars)
	for mask := range 1 << f.vars {
		for i := range model {
			model[i] = mask>>i&1 == 1
		}
		if f.holds(model) {
			return true
		}
	}
	return false
}

func TestSolve_AgreesWithTryingAllAssignments(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	answers := map[Status]int{}
	for range 2000 {
		f := New()
		vars := f.Vars(1 + r.IntN(7))
		for range r.IntN(22) {
			var clause []Lit
			for range r.IntN(4) {
				l := vars[r.IntN(len(vars))]
				if r.IntN(2) == 0 {
					l = l.Not()
				}
				clause = append(clause, l)
			}
			f.Add(clause...)
		}
		want := Unsat
		if bruteForce(f) {
			want = Sat
		}
		for _, solver := range solvers {
			answer, err := f.Solve(t.Context(), solver)
			if err != nil || answer.Status != want {
				t.Fatalf("%v: %v (%v) by %v, want %v", f.clauses, answer.Status, err, solver, want)
			}
		}
		answers[want]++
	}
	if answers[Sat] < 100 || answers[Unsat] < 100 {
		t.Fatalf("formulas are one-sided: %v", answers)
	}
}

func TestSolve_IsUnknownWhenTheTimeIsOver(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f := New()
	f.Add(f.Var())
	for _, solver := range solvers {
		answer, err := f.Solve(ctx, solver)
		if err != nil || answer.Status != Unknown {
			t.Fatalf("%v (%v) by %v, want unknown", answer.Status, err, solver)
		}
	}
}

func TestSolve_ByGiniEndsWithItsTimeAndLeavesNothingBehind(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer cancel()
	answer, err := pigeons(11).Solve(ctx, Gini)
	if err != nil || answer.Status != Unknown || Unattended() {
		t.Fatalf("%v (%v), unattended %v", answer.Status, err, Unattended())
	}
}

func TestSolve_ByGiniAnswersManyQuestionsAtOnce(t *testing.T) {
	var all sync.WaitGroup
	for n := range 16 {
		all.Go(func() {
			holes, f := 3+n%3, New()
			in := f.Vars(holes)
			f.Add(in...)
			if n%2 == 0 {
				f = pigeons(holes)
			}
			answer, err := f.Solve(t.Context(), Gini)
			if want := [...]Status{Unsat, Sat}[n%2]; err != nil || answer.Status != want {
				t.Errorf("%v (%v), want %v", answer.Status, err, want)
			}
		})
	}
	all.Wait()
}

func TestSolve_ThatNobodyWaitsForIsUnattendedUntilItEnds(t *testing.T) {
	f := pigeons(8)
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	answer, err := f.Solve(ctx, Gophersat)
	if err != nil || answer.Status != Unknown || !Unattended() {
		t.Fatalf("%v (%v), unattended %v", answer.Status, err, Unattended())
	}
	easy := New()
	easy.Add(easy.Var())
	if answer, err = easy.Solve(t.Context(), Gophersat); err != nil || answer.Status != Sat {
		t.Fatalf("the next question: %v (%v)", answer.Status, err)
	}
	for deadline := time.Now().Add(time.Minute); Unattended(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("still unattended when the search had ended")
		}
	}
}

// pigeons says that n+1 pigeons sit in n holes, one a hole: resolution takes
// exponential time to see that they can't.
func pigeons(n int) *Formula {
	f := New()
	in := make([][]Lit, n+1)
	for p := range in {
		in[p] = f.Vars(n)
		f.Add(in[p]...)
		for q := range p {
			for h := range n {
				f.Add(in[p][h].Not(), in[q][h].Not())
			}
		}
	}
	return f
}

func TestFormula_ThatOutgrowsItsBoundIsUnknownAndHoldsNoMemory(t *testing.T) {
	f := New()
	var numbers [][]Lit
	for _, l := range f.Vars(4000) {
		numbers = append(numbers, []Lit{l})
	}
	f.ImplyAtLeast(f.Var(), 2000, numbers)
	if _, clauses := f.Size(); clauses != 0 {
		t.Errorf("%d clauses are held", clauses)
	}
	if answer, err := f.Clone().Solve(t.Context(), Gophersat); err != nil || answer.Status != Unknown {
		t.Errorf("%v (%v), want unknown", answer.Status, err)
	}
}

func TestSolve_LeavesVariablesWithoutClausesFalse(t *testing.T) {
	f := New()
	used, unused := f.Var(), f.Var()
	f.Add(used)
	for _, solver := range solvers {
		answer, err := f.Solve(t.Context(), solver)
		if err != nil || !answer.True(used) || answer.True(unused) || !answer.True(unused.Not()) {
			t.Fatalf("%+v (%v) by %v", answer, err, solver)
		}
	}
}

func TestSolve_OfNothingIsSatAndOfAnEmptyClauseUnsat(t *testing.T) {
	f := New()
	if answer, _ := f.Solve(t.Context(), Gophersat); answer.Status != Sat {
		t.Fatalf("empty formula: %v", answer.Status)
	}
	f.Add()
	if answer, _ := f.Solve(t.Context(), Gophersat); answer.Status != Unsat {
		t.Fatalf("empty clause: %v", answer.Status)
	}
}

func Example() {
	f := New()
	a, b := f.Var(), f.Var()
	f.Add(a, b)
	f.Add(a.Not())
	answer, _ := f.Solve(context.Background(), Gophersat)
	fmt.Println(answer.Status, answer.True(a), answer.True(b))
	// Output: sat false true
}
