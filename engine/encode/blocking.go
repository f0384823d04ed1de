package encode

import (
	"context"

	"understudy/engine/class"
	"understudy/engine/sat"
)

// MinimumBlocking finds a cheapest vector whose removal leaves no quorum. Where
// there is no quorum nothing has to be removed and none is found.
//
// The formula is a part of what a blocking vector r has to meet, and grows by
// loop formulas. Let r leave a quorum, u be a cluster of the greatest quorum it
// leaves, and S the classes with members in u, whole. Any blocking vector leaves no quorum in S, so
// either no member of S that has a quorum set is left, or some member's own set
// is not met by what is left of S:
//
//	r_c = m_c for all c in S with a set   or   some own set of S is blocked,
//
// where with everything outside S counted as blocked a set is blocked if too
// few entries are left: those lost are more than entries - threshold. The r
// that left u violates this, as all its sets are met, and S is one of finitely
// many. A model that leaves no quorum is a blocking vector, by definition; if
// there is no model, there is none.
//
// Removing more never unblocks, so classes that cost nothing are removed whole,
// and so are the others of a group that is paid for; what is found gives back
// what it can.
func MinimumBlocking(ctx context.Context, q *class.Quotient, price class.Price, solver sat.Solver) (class.Minimum, error) {
	b := &blocking{search: search{e: encoding{q: q, f: sat.New()}, price: price, solver: solver}, eval: q.Evaluator()}
	alive := b.eval.GreatestIn(q.Size, nil)
	if alive.Empty() {
		return class.Minimum{Complete: true}, nil
	}
	if !b.eval.Greatest(q.Size.Minus(unpaid(q, price)), nil).Empty() {
		b.best.LowerBound = 1
	}
	b.offer(b.giveBack(ctx, alive))
	if ctx.Err() != nil {
		return b.best, nil // not worth a formula
	}
	b.count = b.e.counts()
	b.removeWhole()
	for _, cluster := range clusters(b.eval, q, alive) {
		b.loopFormula(cluster)
	}
	b.read = b.judge
	return b.run(ctx)
}

type blocking struct {
	search
	eval *class.Evaluator
}

// judge says whether the vector a model decodes to blocks.
func (b *blocking) judge(ctx context.Context, answer sat.Answer) (class.Minimum, bool, error) {
	removed := decode(answer, b.count)
	u := b.eval.Greatest(b.e.q.Size.Minus(removed), nil)
	if u.Empty() {
		return b.giveBack(ctx, removed), true, nil
	}
	for _, cluster := range clusters(b.eval, b.e.q, u) {
		b.loopFormula(cluster)
	}
	return class.Minimum{}, false, nil
}

// giveBack makes a blocking vector smaller, member by member, as long as it
// blocks and there is time.
func (b *blocking) giveBack(ctx context.Context, removed class.Vector) class.Minimum {
	left := b.e.q.Size.Minus(removed)
	for c, m := range b.e.q.Size {
		for left[c] < m && ctx.Err() == nil {
			left[c]++
			if !b.eval.GreatestIn(left, nil).Empty() {
				left[c]--
				break
			}
		}
	}
	return class.Minimum{Vector: b.e.q.Size.Minus(left)}
}

// removeWhole removes classes that cost nothing, and with one member of a group
// all its members.
func (b *blocking) removeWhole() {
	paid := map[int]sat.Lit{}
	for c, r := range b.count {
		last := r[len(r)-1]
		g := b.price.GroupOf(c)
		switch {
		case b.price.IsFree(c):
			b.e.f.Add(last)
		case g >= 0:
			if paid[g] == 0 {
				paid[g] = b.e.f.Var()
			}
			b.e.f.Add(r[0].Not(), paid[g])
			b.e.f.Add(paid[g].Not(), last)
		}
	}
}

// loopFormula adds the loop formula of the classes that u has members of.
func (b *blocking) loopFormula(u class.Vector) {
	q, f := b.e.q, b.e.f
	l := &loop{b: b, in: u, blocked: make([]sat.Lit, len(q.Vertices))}
	all := f.Var()
	clause := []sat.Lit{all}
	asked := make([]bool, len(q.Vertices))
	for c, k := range u {
		own := q.Own[c]
		if k == 0 || own < 0 {
			continue
		}
		f.Add(all.Not(), b.count[c][q.Size[c]-1])
		if !asked[own] {
			asked[own] = true
			clause = append(clause, l.literal(own))
		}
	}
	f.Add(clause...)
}

// loop writes what it takes to block a vertex when only the classes in u are
// there.
type loop struct {
	b       *blocking
	in      class.Vector
	blocked []sat.Lit // by vertex, 0 where it was not asked for
}

// literal implies that the vertex is not met by what is left of the classes:
//
//	sum of weight * r_c over its classes in u + weight * m_c over the others
//	+ sum of blocked inner sets >= entries - threshold + 1
func (l *loop) literal(vertex int) sat.Lit {
	if l.blocked[vertex] != 0 {
		return l.blocked[vertex]
	}
	v := &l.b.e.q.Vertices[vertex]
	need := len(v.Inner) - v.Threshold + 1
	var lost [][]sat.Lit
	for i, c := range v.Class {
		if l.in[c] == 0 {
			continue
		}
		need += v.Weight[i] * l.b.e.q.Size[c]
		for range v.Weight[i] {
			lost = append(lost, l.b.count[c])
		}
	}
	for _, inner := range v.Inner {
		lost = append(lost, []sat.Lit{l.literal(inner)})
	}
	l.blocked[vertex] = l.b.e.f.Var()
	l.b.e.f.ImplyAtLeast(l.blocked[vertex], need, lost)
	return l.blocked[vertex]
}
