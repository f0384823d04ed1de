package examples

import "fmt"

// watcherNames are organizations without a validator in the top tier; the first runs nodes that listen to each other too.
var watcherNames = []string{
	"Meadow Collective", "Nimbus Wallet", "Orchard Finance", "Pebble Labs", "Quarry Analytics", "Reed Payments", "Sable Anchors", "Tundra Nodes",
}

var watcherHosts = []host{
	{"Germany", "Nordwind Hosting GmbH"},
	{"United States", "Harbor Cloud, Inc."},
	{"France", "Loire Baremetal SAS"},
	{"Brazil", "Ipanema Servidores Ltda."},
	{"India", "Deccan Hosting Pvt. Ltd."},
	{"Netherlands", "Maasland Servers BV"},
	{"Kenya", "Savanna Cloud Ltd"},
	{"Singapore", "Straits Data Pte Ltd"},
}

// profile is one way in which a watcher chooses whom it listens to; it returns nil for one that publishes no quorum set.
type profile struct {
	share  int // of profileShares watchers
	choose func(b *builder, self string) *QuorumSet
}

const profileShares = 20

var profiles = []profile{
	{9, likeTopTier},
	{3, selfAndTopTier},
	{2, oneOrganization},
	{2, oneOfEachOrganization},
	{1, someOrganizations},
	{1, withAbsentValidator},
	{1, unsatisfiable},
	{1, unpublished},
}

// addWatchers gives every profile its share, in turn, so that few watchers already show all of them.
func (b *builder) addWatchers() {
	var turns []profile
	for _, p := range profiles {
		for range p.share {
			turns = append(turns, p)
		}
	}
	step := 7 // has no factor in common with profileShares: visits every turn once per round
	for i := range b.config.Watchers {
		name := fmt.Sprintf("watcher %d", i+1)
		key := publicKey(b.config.Seed, name)
		b.addWatcher(i, key, turns[i*step%profileShares].choose(b, key))
	}
	b.groupWatchers()
}

func (b *builder) addWatcher(i int, key string, set *QuorumSet) {
	node := Node{PublicKey: key, QuorumSet: set, IsValidating: set != nil && b.random.IntN(6) > 0}
	if at := watcherHosts[b.random.IntN(len(watcherHosts))]; i%9 != 0 {
		node.GeoData, node.ISP = &GeoData{CountryName: at.country}, &at.isp
	}
	if b.random.IntN(2) == 0 {
		node.HistoryArchiveHasError = new(b.random.IntN(2) == 0)
	}
	b.sample.Nodes = append(b.sample.Nodes, node)
}

// groupWatchers names every third watcher after an organization. The three of the first organization listen to each other and to the top
// tier: a cycle of references outside the top tier, which contains no quorum.
func (b *builder) groupWatchers() {
	watchers := b.sample.Nodes[len(b.sample.Nodes)-b.config.Watchers:]
	var members []*Node
	for i := 0; i < len(watchers); i += 3 {
		members = append(members, &watchers[i])
	}
	for i := 0; len(members) > 0 && i < len(watcherNames); i++ {
		n := min(3, len(members))
		b.groupAs(watcherNames[i], members[:n], i == 0)
		members = members[n:]
	}
}

func (b *builder) groupAs(name string, members []*Node, listenToEachOther bool) {
	var keys []string
	for i, node := range members {
		keys = append(keys, node.PublicKey)
		node.Name, node.HomeDomain = nodeName(name, i), domain(name)
	}
	b.addOrganization(name, keys...)
	if !listenToEachOther {
		return
	}
	set := ofSets(2, of(len(keys)/2+1, keys...), b.common)
	for _, node := range members {
		node.QuorumSet = &set
	}
}

func likeTopTier(b *builder, _ string) *QuorumSet { return &b.common }

// selfAndTopTier wants its own consent besides that of the top tier.
func selfAndTopTier(b *builder, self string) *QuorumSet {
	return &QuorumSet{Threshold: 2, Validators: []string{self}, InnerQuorumSets: []QuorumSet{b.common}}
}

func oneOrganization(b *builder, _ string) *QuorumSet {
	keys := b.organizations[b.random.IntN(len(b.organizations))]
	return new(of(len(keys)/2+1, keys...))
}

// oneOfEachOrganization is a flat list, as a hand-written configuration would have it.
func oneOfEachOrganization(b *builder, _ string) *QuorumSet {
	var keys []string
	for _, validators := range b.organizations {
		keys = append(keys, validators[b.random.IntN(len(validators))])
	}
	return new(of(len(keys)*2/3+1, keys...))
}

func someOrganizations(b *builder, _ string) *QuorumSet {
	n := (len(b.organizations) + 1) / 2
	var inner []QuorumSet
	for _, i := range b.random.Perm(len(b.organizations))[:n] {
		inner = append(inner, b.common.InnerQuorumSets[i])
	}
	return new(ofSets(n/2+1, inner...))
}

// withAbsentValidator still lists a validator that has left the network.
func withAbsentValidator(b *builder, self string) *QuorumSet {
	keys := append([]string{publicKey(b.config.Seed, "gone since "+self)}, b.organizations[0]...)
	return new(of(len(keys)/2+1, keys...))
}

// unsatisfiable wants more than it lists.
func unsatisfiable(b *builder, _ string) *QuorumSet {
	keys := b.organizations[len(b.organizations)-1]
	return new(of(len(keys)+1, keys...))
}

func unpublished(*builder, string) *QuorumSet { return nil }
