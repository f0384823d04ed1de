package sat

// Lit is a variable, or its negation. The zero Lit is no literal.
type Lit int

// Not negates a literal.
func (l Lit) Not() Lit { return -l }

// Formula is a conjunction of clauses over variables it hands out.
type Formula struct {
	vars    int
	clauses [][]int
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
	clause := make([]int, len(lits))
	for i, l := range lits {
		clause[i] = int(l)
	}
	f.clauses = append(f.clauses, clause)
}

// Clone returns an independent copy: a base formula is asked with different
// extra clauses that way.
func (f *Formula) Clone() *Formula {
	return &Formula{vars: f.vars, clauses: append([][]int(nil), f.clauses...)}
}

// Size is the number of variables and clauses.
func (f *Formula) Size() (vars, clauses int) { return f.vars, len(f.clauses) }
