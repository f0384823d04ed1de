package examples

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Config describes a network of the live network's shape.
type Config struct {
	// Seed decides keys and all that is drawn; equal configurations make equal networks.
	Seed uint64
	// Organizations of the top tier; at least 1, at most len(topTierNames) or Network panics.
	Organizations int
	// ValidatorsEach is the number of validators of each of them, at least 1.
	ValidatorsEach int
	// Watchers is the number of nodes outside the top tier; zero leaves only the top tier.
	Watchers int
}

// DefaultConfig is the configuration of sample-network.json: 7 organizations of 3 validators and 80 watchers.
func DefaultConfig() Config {
	return Config{Seed: 7, Organizations: 7, ValidatorsEach: 3, Watchers: 80}
}

// topTierNames are the organizations that quorums need.
var topTierNames = []string{
	"Aster Foundation", "Boreal Labs", "Cobalt Pay", "Delta Ledger", "Ember Exchange", "Fjord Trust", "Granite Works",
	"Harbor Union", "Iris Remit", "Juniper Bank", "Kestrel Custody", "Lumen Commons",
}

// host is where a node stands. The same provider is spelled in more than one way, as in the live data: commas and a final dot are
// all that the scanner's cleaning of group names removes.
type host struct{ country, isp string }

var topTierHosts = []host{
	{"Germany", "Nordwind Hosting GmbH"},
	{"Finland", "Nordwind Hosting, GmbH."},
	{"United States", "Harbor Cloud, Inc."},
	{"United States", "Harbor Cloud Inc"},
	{"Singapore", "Straits Data Pte. Ltd."},
	{"Canada", "Maple Racks Ltd"},
	{"Germany", "Alpenblick Netz AG"},
	{"Korea, Republic of", "Hangang Online Co., Ltd."},
	{"Korea Republic of", "Hangang Online Co. Ltd"},
	{"Belgium", "Maasland Servers BV"},
	{"United States", "Prairie Compute LLC"},
}

// builder collects a network.
type builder struct {
	config Config
	random *rand.Rand
	sample Sample
	// organizations holds the validators of each top-tier organization, common the quorum set they all share.
	organizations [][]string
	common        QuorumSet
}

// Network makes a network whose validators all want more than two thirds of the organizations and more than half of the validators of
// each (by default 5 of 7 and 2 of 3), surrounded by watchers. One validator of the top tier does not validate at present.
func Network(config Config) *Sample {
	b := &builder{config: config, random: rand.New(rand.NewPCG(config.Seed, 0))}
	b.nameTopTier()
	b.addTopTier()
	b.addWatchers()
	b.shuffle()
	return &b.sample
}

// nameTopTier comes first, since every quorum set names all organizations.
func (b *builder) nameTopTier() {
	var inner []QuorumSet
	for _, name := range topTierNames[:b.config.Organizations] {
		var keys []string
		for i := range b.config.ValidatorsEach {
			keys = append(keys, publicKey(b.config.Seed, nodeName(name, i)))
		}
		b.organizations = append(b.organizations, keys)
		inner = append(inner, of(len(keys)/2+1, keys...))
	}
	b.common = ofSets(b.config.Organizations*2/3+1, inner...)
}

func (b *builder) addTopTier() {
	for i, keys := range b.organizations {
		name := topTierNames[i]
		b.addOrganization(name, keys...)
		for j := range keys {
			at := topTierHosts[(i*3+j*4)%len(topTierHosts)]
			b.sample.Nodes = append(b.sample.Nodes, Node{
				PublicKey:              keys[j],
				Name:                   nodeName(name, j),
				QuorumSet:              &b.common,
				GeoData:                &GeoData{CountryName: at.country},
				ISP:                    &at.isp,
				HomeDomain:             domain(name),
				IsValidating:           i != 2 || j != 1,
				HistoryURL:             fmt.Sprintf("https://history-%d.%s", j+1, domain(name)),
				HistoryArchiveHasError: new(i == 4 && j < 2),
			})
		}
	}
}

func (b *builder) addOrganization(name string, validators ...string) {
	id := organizationID(b.config.Seed, name)
	b.sample.Organizations = append(b.sample.Organizations, Organization{ID: id, Name: name, Validators: validators})
}

// shuffle removes any hint that the order of nodes might give away.
func (b *builder) shuffle() {
	nodes := b.sample.Nodes
	b.random.Shuffle(len(nodes), func(i, j int) { nodes[i], nodes[j] = nodes[j], nodes[i] })
}

func nodeName(organization string, i int) string {
	return fmt.Sprintf("%s %d", organization, i+1)
}

// domain is a home domain below .example, which nobody can register.
func domain(organization string) string {
	return strings.ToLower(strings.ReplaceAll(organization, " ", "-")) + ".example"
}
