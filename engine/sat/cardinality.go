package sat

// A unary number is a list of literals u with the meaning: u[i] true implies
// that the number is at least i+1.

// ImplyAtLeast demands: if cond is true, the sum of the numbers is at least k.
// The numbers are unary and their literals must be ordered: u[i+1] implies
// u[i], or the literals count independent things (a single literal is a number
// 0 or 1).
//
// It builds a totalizer cut off at k, in the one direction needed: with r the
// sum of a and b, r >= i+j+1 implies a >= i+1 or b >= j+1.
func (f *Formula) ImplyAtLeast(cond Lit, k int, numbers [][]Lit) {
	if k <= 0 || f.tooLarge() {
		return
	}
	total := f.total(numbers, k)
	if len(total) < k {
		f.Add(cond.Not())
		return
	}
	f.Add(cond.Not(), total[k-1])
}

// total is a unary number that is at most the sum of the numbers, cut off at k.
func (f *Formula) total(numbers [][]Lit, k int) []Lit {
	switch len(numbers) {
	case 0:
		return nil
	case 1:
		return numbers[0][:min(k, len(numbers[0]))]
	}
	half := len(numbers) / 2
	a, b := f.total(numbers[:half], k), f.total(numbers[half:], k)
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	r := f.Vars(min(k, len(a)+len(b)))
	for i := 0; i <= len(a) && !f.tooLarge(); i++ {
		for j := 0; j <= len(b); j++ {
			if i+j >= len(r) {
				continue
			}
			clause := []Lit{r[i+j].Not()}
			if i < len(a) {
				clause = append(clause, a[i])
			}
			if j < len(b) {
				clause = append(clause, b[j])
			}
			f.Add(clause...)
		}
	}
	return r
}

// Sum returns literals t with: if the sum of the numbers is at least i+1, then
// t[i] is true, for i < limit. So a clause of the single literal t[k].Not()
// demands that the sum is at most k. The numbers are ordered, and their
// literals are what is summed: u[i] true adds i+1 to the sum.
//
// It builds a totalizer cut off at limit, in the one direction needed: with r
// the sum of a and b, a >= i and b >= j imply r >= i+j. Pairs with i+j above
// the limit add nothing, since a and b are also at least what is smaller.
func (f *Formula) Sum(numbers [][]Lit, limit int) []Lit {
	switch len(numbers) {
	case 0:
		return nil
	case 1:
		return numbers[0][:min(limit, len(numbers[0]))]
	}
	half := len(numbers) / 2
	a, b := f.Sum(numbers[:half], limit), f.Sum(numbers[half:], limit)
	r := f.Vars(min(limit, len(a)+len(b)))
	for i := 0; i <= len(a) && !f.tooLarge(); i++ {
		for j := 0; j <= len(b) && i+j <= len(r); j++ {
			if i+j == 0 {
				continue
			}
			clause := []Lit{r[i+j-1]}
			if i > 0 {
				clause = append(clause, a[i-1].Not())
			}
			if j > 0 {
				clause = append(clause, b[j-1].Not())
			}
			f.Add(clause...)
		}
	}
	return r
}
