package sat

// Lit is a variable, or its negation. The zero Lit is no literal.
type Lit int

// Not negates a literal.
func (l Lit) Not() Lit { return -l }

// maxLiterals bounds a formula, in literals of all its clauses: some 200 MB
// with what the solver makes of it. Networks that matter take thousands.
const maxLiterals = 4_000_000

// Formula is a conjunction of clauses over variables it hands out. One that
// outgrows its bound forgets its clauses and is Unknown from then on.
type Formula struct {
	vars     int
	clauses  [][]int
	literals int
}

// New returns an empty formula.
func New() *Formula { return &Formula{} }

// Var returns a new variable.
func (f *Formula) Var() Lit {
	f.vars++
	return Lit(f.vars)
}

// Vars returns n new variables.
func (f *Formula) Vars(n int) []Lit {
	lits := make([]Lit, n)
	for i := range lits {
		lits[i] = f.Var()
	}
	return lits
}

// Add demands that at least one of the literals is true. No literal at all
// makes the formula unsatisfiable.
func (f *Formula) Add(lits ...Lit) {
	if f.literals += len(lits); f.tooLarge() {
		f.clauses = nil
		return
	}
	clause := make([]int, len(lits))
	for i, l := range lits {
		clause[i] = int(l)
	}
	f.clauses = append(f.clauses, clause)
}

// Clone returns an independent copy: a base formula is asked with different
// extra clauses that way.
func (f *Formula) Clone() *Formula {
	return &Formula{vars: f.vars, clauses: append([][]int(nil), f.clauses...), literals: f.literals}
}

func (f *Formula) tooLarge() bool { return f.literals > maxLiterals }

// Size is the number of variables and clauses.
func (f *Formula) Size() (vars, clauses int) { return f.vars, len(f.clauses) }
