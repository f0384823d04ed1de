package compare

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"understudy/engine/fbas"
	"understudy/engine/quality"
	"understudy/engine/witness"
)

// Question is one request to the scanner API.
type Question struct {
	// Analysis is the last element of the path, such as "top-tier".
	Analysis string
	// Body is the request as the client sent it, content-decoded.
	Body []byte
}

// What the nodes of a question are. A question that names how to merge has that
// as its level (none, organization, country, isp; LevelOther for a way this
// package does not know); one that does not is told by its nodes.
const (
	LevelWhole      = "whole"      // Stellar keys
	LevelValidating = "validating" // Stellar keys, and a larger such network in the same scan
	LevelDerived    = "derived"    // some id is no Stellar key: the client built the network itself
	LevelOther      = "other"
)

// Prepared is a question that is read and reduced. It is safe for concurrent
// use; one Prepared may serve both Compare and Servable.
type Prepared struct {
	analysis string
	mergeBy  string // as witness.Core.Groups takes it
	level    string
	nodes    int
	digest   string
	faulty   []string
	// What of the request only one side may know.
	semantics    string
	clean, field bool
	network      *fbas.Network
	// core and groups are what evidence is checked against; without them err
	// says why nothing can be.
	core   *witness.Core
	groups *witness.Groups
	err    error
}

// Prepare reads and reduces q. A request that cannot be read is no error here:
// scanners may still have answered it, only their evidence cannot be checked.
func Prepare(q Question) *Prepared {
	p := &Prepared{analysis: q.Analysis, mergeBy: witness.MergeNone, level: LevelWhole}
	body := sha256.Sum256(q.Body)
	p.digest = hex.EncodeToString(body[:])
	network, options, err := fbas.ReadRequest(q.Body, fbas.DefaultLimits())
	if err != nil {
		p.err = fmt.Errorf("read request: %w", err)
		return p
	}
	p.nodes = len(network.Nodes)
	if p.err = p.read(network, options); p.err == nil {
		p.digest = p.caseDigest()
	}
	return p
}

// The readings of a network that a request may ask for.
const (
	semanticsRust   = "rust"
	semanticsRaw    = "raw"
	semanticsPython = "python"
)

// read takes in the options that change what is asked.
func (p *Prepared) read(network *fbas.Network, options map[string]json.RawMessage) error {
	var mergeBy *string
	problem := errors.Join(
		option(options, "merge_by", &mergeBy),
		option(options, "faulty_nodes", &p.faulty),
		option(options, "semantics", &p.semantics),
		option(options, "clean", &p.clean))
	p.level = levelOf(mergeBy, network)
	if mergeBy != nil && *mergeBy != "" {
		p.mergeBy, p.field = *mergeBy, strings.HasPrefix(*mergeBy, witness.MergeField)
	}
	if p.analysis != analysisBlocking && p.analysis != analysisNetwork {
		p.faulty = nil
	}
	if problem == nil && network.OrganizationsError != nil && (p.mergeBy == witness.MergeOrganization || p.analysis == analysisNetwork) {
		problem = network.OrganizationsError
	}
	if problem == nil && p.clean {
		network, _ = quality.Clean(network)
	}
	if p.network = network; problem != nil {
		return problem
	}
	if err := p.reduce(network); err != nil {
		return err
	}
	p.faulty = p.core.Known(p.faulty) // the others do not matter, and may be many
	return nil
}

func (p *Prepared) reduce(network *fbas.Network) (err error) {
	switch p.semantics {
	case "", semanticsRust:
		p.core, err = witness.Reduce(network)
	case semanticsRaw:
		p.core, err = witness.Raw(network)
	case semanticsPython:
		p.core, err = witness.Python(network)
	default:
		err = fmt.Errorf("semantics %q: want rust, raw or python", p.semantics)
	}
	if err != nil {
		return err
	}
	mergeBy := p.mergeBy
	if p.analysis == analysisNetwork {
		mergeBy = witness.MergeNone
	}
	p.groups, err = p.core.Groups(mergeBy)
	return err
}

func option(options map[string]json.RawMessage, name string, into any) error {
	raw, sent := options[name]
	if !sent {
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// fold keeps what clients may invent out of labels.
func fold(mergeBy string) string {
	switch mergeBy {
	case witness.MergeNone, witness.MergeOrganization, witness.MergeCountry, witness.MergeISP:
		return mergeBy
	}
	return LevelOther
}

func levelOf(mergeBy *string, network *fbas.Network) string {
	if mergeBy != nil {
		return fold(*mergeBy)
	}
	for i := range network.Nodes {
		if !stellarKey(network.Nodes[i].PublicKey) {
			return LevelDerived
		}
	}
	return LevelWhole
}

// stellarKey says whether key has the form of an account: G and 55 characters
// of base 32. The checksum is not looked at.
func stellarKey(key string) bool {
	if len(key) != 56 || key[0] != 'G' {
		return false
	}
	for _, c := range []byte(key) {
		if (c < 'A' || c > 'Z') && (c < '2' || c > '7') {
			return false
		}
	}
	return true
}

// LevelInScan corrects the level of one question by what else its scan asked:
// a network of Stellar keys that is smaller than the largest such network of the
// scan is its validating part. Largest is the most nodes of any question of the
// scan whose own level is whole. The Case of a Result keeps the level that the
// question has on its own.
func LevelInScan(level string, nodes, largest int) string {
	if level == LevelWhole && nodes < largest {
		return LevelValidating
	}
	return level
}

// caseDigest tells two questions apart exactly if their answers may differ:
// analysis, level, the faulty nodes that matter, the reduced network and its
// groups.
func (p *Prepared) caseDigest() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q\n", p.analysis, p.level, p.core.Known(p.faulty))
	if p.semantics != "" && p.semantics != semanticsRust || p.clean {
		fmt.Fprintf(h, "%q %t\n", p.semantics, p.clean)
	}
	merges := []string{p.mergeBy}
	if p.analysis == analysisNetwork {
		merges = []string{witness.MergeNone, witness.MergeOrganization, witness.MergeCountry, witness.MergeISP}
	}
	for _, mergeBy := range merges {
		groups, err := p.core.Groups(mergeBy)
		if err != nil {
			continue // never: the modes are known
		}
		digest := groups.Digest()
		h.Write(digest[:])
	}
	return hex.EncodeToString(h.Sum(nil))
}
