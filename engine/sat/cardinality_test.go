package sat

import (
	"math/rand/v2"
	"testing"
)

// TestSum_LeavesExactlyTheSmallSums asks for all inputs and bounds.
func TestSum_LeavesExactlyTheSmallSums(t *testing.T) {
	for _, sizes := range [][]int{{}, {1}, {1, 1, 1}, {3}, {2, 1}, {3, 2, 1}, {1, 1, 1, 1, 1, 1}} {
		for limit := range 8 {
			f := New()
			numbers, inputs := unary(f, sizes)
			total := f.Sum(numbers, limit)
			if want := min(limit, len(inputs)); len(total) != want {
				t.Fatalf("sizes %v, limit %d: %d literals, want %d", sizes, limit, len(total), want)
			}
			for k, over := range total {
				for mask := range uint(1) << len(inputs) {
					g := f.Clone()
					g.Add(over.Not())
					small := fix(g, inputs, mask) <= k
					expect(t, g, small && ordered(mask, sizes), "sizes %v, limit %d, inputs %b, at most %d", sizes, limit, mask, k)
				}
			}
		}
	}
}

func TestImplyAtLeast_AllowsExactlyTheLargeSums(t *testing.T) {
	for _, sizes := range [][]int{{}, {1}, {1, 1, 1}, {3}, {2, 1}, {3, 2, 1}, {1, 1, 1, 1, 1, 1}} {
		f := New()
		numbers, inputs := unary(f, sizes)
		for k := range len(inputs) + 2 {
			cond := f.Var()
			f.ImplyAtLeast(cond, k, numbers)
			for mask := range uint(1) << len(inputs) {
				g := f.Clone()
				fits := ordered(mask, sizes)
				large := fix(g, inputs, mask) >= k
				expect(t, g, fits, "sizes %v, inputs %b, no condition", sizes, mask)
				g.Add(cond)
				expect(t, g, fits && large, "sizes %v, inputs %b, at least %d", sizes, mask, k)
			}
		}
	}
}

// unary adds unary numbers of these sizes.
func unary(f *Formula, sizes []int) (numbers [][]Lit, inputs []Lit) {
	for _, size := range sizes {
		number := f.Vars(size)
		for i := 1; i < size; i++ {
			f.Add(number[i].Not(), number[i-1])
		}
		numbers = append(numbers, number)
		inputs = append(inputs, number...)
	}
	return numbers, inputs
}

// ordered says whether each unary number has its ones first.
func ordered(mask uint, sizes []int) bool {
	for _, size := range sizes {
		for i := 1; i < size; i++ {
			if mask>>i&1 == 1 && mask>>(i-1)&1 == 0 {
				return false
			}
		}
		mask >>= size
	}
	return true
}

// fix demands that exactly the inputs of mask are true, and says how many.
func fix(f *Formula, inputs []Lit, mask uint) (sum int) {
	for i, l := range inputs {
		if mask>>i&1 == 1 {
			f.Add(l)
			sum++
		} else {
			f.Add(l.Not())
		}
	}
	return sum
}

// expect asks both solvers.
func expect(t *testing.T, f *Formula, want bool, about string, args ...any) {
	t.Helper()
	for _, solver := range solvers {
		answer, err := f.Solve(t.Context(), solver)
		if err != nil || answer.Status == Unknown || (answer.Status == Sat) != want {
			t.Fatalf(about+": %v (%v) by %v, want sat %v", append(args, answer.Status, err, solver, want)...)
		}
	}
}

// TestSolvers_AgreeOnRandomFormulasWithSums bounds sums of shared inputs from
// both sides among random clauses; small ones are tried out as well.
func TestSolvers_AgreeOnRandomFormulasWithSums(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	tried, answers := 0, map[bool]int{}
	for range 4000 {
		n := 3 + r.IntN(12)
		f := New()
		inputs := f.Vars(n)
		var sums []sum
		for range 1 + r.IntN(3) {
			sums = append(sums, randomSum(r, f, inputs))
		}
		for range r.IntN(3 * n) {
			f.Add(randomClause(r, inputs)...)
		}
		want := false
		for mask := range uint(1) << n {
			want = want || possible(f, sums, mask, n)
		}
		expect(t, f, want, "formula %d of %d inputs", tried, n)
		answers[want]++
		tried++
	}
	t.Logf("%d formulas, %d with a model", tried, answers[true])
	if answers[true] < 500 || answers[false] < 500 {
		t.Errorf("formulas are one-sided: %v", answers)
	}
}

// sum says that least <= the number of true literals <= most.
type sum struct {
	of          []Lit
	least, most int
}

func randomSum(r *rand.Rand, f *Formula, inputs []Lit) sum {
	s := sum{least: r.IntN(len(inputs)), most: r.IntN(len(inputs))}
	var numbers [][]Lit
	for _, l := range inputs {
		if r.IntN(3) == 0 {
			continue
		}
		if r.IntN(4) == 0 {
			l = l.Not()
		}
		s.of = append(s.of, l)
		numbers = append(numbers, []Lit{l})
	}
	yes := f.Var()
	f.Add(yes)
	f.ImplyAtLeast(yes, s.least, numbers)
	if total := f.Sum(numbers, len(inputs)); s.most < len(total) {
		f.Add(total[s.most].Not())
	}
	return s
}

func randomClause(r *rand.Rand, inputs []Lit) []Lit {
	clause := make([]Lit, 2+r.IntN(2))
	for i := range clause {
		clause[i] = inputs[r.IntN(len(inputs))]
		if r.IntN(2) == 0 {
			clause[i] = clause[i].Not()
		}
	}
	return clause
}

// possible says whether the inputs meet the sums and the clauses that speak of
// inputs only.
func possible(f *Formula, sums []sum, mask uint, n int) bool {
	truth := func(l int) bool { return l > 0 == (mask>>(max(l, -l)-1)&1 == 1) }
	for _, s := range sums {
		count := 0
		for _, l := range s.of {
			if truth(int(l)) {
				count++
			}
		}
		if count < s.least || count > s.most {
			return false
		}
	}
	for _, clause := range f.clauses {
		met := false
		for _, l := range clause {
			met = met || max(l, -l) > n || truth(l)
		}
		if !met {
			return false
		}
	}
	return true
}
