package examples

import (
	"fmt"
	"math/rand/v2"
)

// validatorsOfEach and threshold2of3 are the organizations of an almost symmetric network: three validators, any two of which agree for it.
const (
	validatorsOfEach = 3
	threshold2of3    = 2
)

// AlmostSymmetricConfig describes a network of organizations that all want two thirds of each other, but for some whom each leaves out.
type AlmostSymmetricConfig struct {
	// Seed decides all that is drawn; equal configurations make equal networks.
	Seed uint64
	// Organizations of three validators each, at least 1.
	Organizations int
	// Drop is f: every organization leaves out every other one, and itself, with probability f/Organizations. Zero is the symmetric network;
	// from 0 to Organizations.
	Drop int
	// Careful is the number of organizations one of whose validators wants one organization more than its two siblings: "mixed" organizations.
	// Zero means none. Where fewer organizations can want more than they do, all of these have a careful validator.
	Careful int
}

// AlmostSymmetric makes a network of the family that python-fbas publishes its benchmark on. Of x organizations, 2 of 3 validators each,
// an organization wants floor(2x/3)+1 of those it keeps, or all of them where they are fewer. All its validators share one quorum set, but
// for the careful ones. The published networks with a large Drop show that nobody is left without a set; here an organization that would
// drop all keeps one, drawn at random. The identifiers are short, as in the published networks, so that reading takes no longer.
func AlmostSymmetric(config AlmostSymmetricConfig) *Sample {
	random := rand.New(rand.NewPCG(config.Seed, uint64(config.Organizations)<<32|uint64(config.Drop)))
	sample := &Sample{}
	var inner []QuorumSet
	for i := range config.Organizations {
		keys := almostKeys(i)
		inner = append(inner, of(threshold2of3, keys...))
		id := fmt.Sprintf("org%d", i)
		sample.Organizations = append(sample.Organizations, Organization{ID: id, Name: id, Validators: keys})
	}
	var sets []*QuorumSet
	for range inner {
		kept := keepSome(inner, config.Drop, random)
		sets = append(sets, new(ofSets(min(len(kept), 2*config.Organizations/3+1), kept...)))
	}
	for i, organization := range sample.Organizations {
		sample.Nodes = append(sample.Nodes, nodes(sets[i], organization.Validators...)...)
	}
	makeCareful(sample, sets, config.Careful, random)
	return sample
}

// almostKeys are the validators of organization i.
func almostKeys(i int) []string {
	var keys []string
	for j := range validatorsOfEach {
		keys = append(keys, fmt.Sprintf("org%dv%d", i, j))
	}
	return keys
}

// keepSome drops each of the organizations with probability drop/len(all), but never all of them.
func keepSome(all []QuorumSet, drop int, random *rand.Rand) []QuorumSet {
	var kept []QuorumSet
	for _, organization := range all {
		if random.IntN(len(all)) >= drop {
			kept = append(kept, organization)
		}
	}
	if len(kept) == 0 {
		kept = append(kept, all[random.IntN(len(all))])
	}
	return kept
}

// makeCareful raises the threshold of the first validator of some organizations. One that wants all it lists already can't want more.
func makeCareful(sample *Sample, sets []*QuorumSet, careful int, random *rand.Rand) {
	for _, i := range random.Perm(len(sets)) {
		if careful == 0 {
			return
		}
		if sets[i].Threshold == len(sets[i].InnerQuorumSets) {
			continue
		}
		careful--
		sample.Nodes[i*validatorsOfEach].QuorumSet = new(ofSets(sets[i].Threshold+1, sets[i].InnerQuorumSets...))
	}
}
