package engine

import (
	"context"
	"encoding/binary"
	"slices"

	"understudy/engine/class"
)

// images are the minimal ones of what the sets of a vector map to. A choice of
// members that maps to no less than another one leads to no less, whatever is
// chosen in the classes that follow, so only minimal partial choices are kept.
func (f *family) images(ctx context.Context, v class.Vector) []merged {
	partial := []merged{{count: make(class.Vector, len(f.atoms))}}
	for c, k := range v {
		if k == 0 {
			continue
		}
		partial = antichain(ctx, f.choose(ctx, partial, f.parts[c], k))
	}
	return partial
}

// choose adds, to each of the partial choices, each way to take need members
// from the parts of one class.
func (f *family) choose(ctx context.Context, partial []merged, parts []part, need int) []merged {
	room := 0
	for i := range partial {
		partial[i].need = need
	}
	for _, p := range parts {
		room += len(p.members)
	}
	for _, p := range parts {
		room -= len(p.members)
		next := distinct{seen: map[string]bool{}}
		for i, m := range partial {
			if i%256 == 255 && ctx.Err() != nil {
				break
			}
			for k := max(0, m.need-room); k <= min(m.need, len(p.members)); k++ {
				next.add(f.take(m, p, k))
			}
		}
		partial = next.list
	}
	return partial
}

// take is m with k more members, all of one part.
func (f *family) take(m merged, p part, k int) merged {
	if k == 0 {
		return m
	}
	if p.atom == vanished {
		m.need -= k
		return m
	}
	next := merged{
		count:  slices.Clone(m.count),
		source: append(slices.Clone(m.source), p.members[:k]...),
		need:   m.need - k,
	}
	if f.atoms[p.atom].group {
		next.count[p.atom] = 1
	} else {
		next.count[p.atom] += k
	}
	return next
}

// distinct collects merged vectors, each once.
type distinct struct {
	list []merged
	seen map[string]bool
	key  []byte
}

func (d *distinct) add(m merged) {
	d.key = binary.AppendUvarint(d.key[:0], uint64(m.need))
	for _, k := range m.count {
		d.key = binary.AppendUvarint(d.key, uint64(k))
	}
	if !d.seen[string(d.key)] {
		d.seen[string(d.key)] = true
		d.list = append(d.list, m)
	}
}

// antichain keeps the minimal ones, by size; when the time ends, those that it
// has seen.
func antichain(ctx context.Context, all []merged) []merged {
	slices.SortStableFunc(all, func(a, b merged) int { return a.count.Sum() - b.count.Sum() })
	var kept []merged
	for i, m := range all {
		if i%256 == 255 && ctx.Err() != nil {
			break
		}
		if !slices.ContainsFunc(kept, func(less merged) bool { return less.count.Within(m.count) }) {
			kept = append(kept, m)
		}
	}
	return kept
}
