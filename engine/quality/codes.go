package quality

// The codes of findings. They are part of the API: a code keeps its meaning.
const (
	AbsentArchive         = "absent-archive"
	AsymmetricCore        = "asymmetric-core"
	DuplicateNode         = "duplicate-node"
	DuplicateValidator    = "duplicate-validator"
	MissingQuorumSet      = "missing-quorum-set"
	NoHistoryData         = "no-history-data"
	OneNodeQuorum         = "one-node-quorum"
	OrganizationMixedSets = "organization-mixed-sets"
	OutsideCore           = "outside-core"
	OwnerMissing          = "owner-missing"
	StaleArchive          = "stale-archive"
	ThresholdAboveMembers = "threshold-above-members"
	ThresholdZero         = "threshold-zero"
	UnknownValidator      = "unknown-validator"
	UnsatisfiableNode     = "unsatisfiable-node"
)

// Code describes a code.
type Code struct {
	Name     string
	Severity Severity
	// Milder is the severity in the milder case that Meaning tells of; "" where
	// there is none.
	Milder Severity
	// Network is true where a finding is about the network or a group of nodes.
	Network bool
	// Meaning is one sentence.
	Meaning string
	// Related says what Finding.Related lists; "" where it is always empty.
	Related string
}

// Codes lists every code that Find gives, by name.
var Codes = []Code{
	{AbsentArchive, Info, "", false, "A validator publishes no history archive (no historyUrl) while others do.", ""},
	{
		AsymmetricCore, Warning, "", true,
		"The core nodes do not all ask the same (one quorum set, a set that omits its owner counting as one that adds it): the Rust scanner's splitting sets are unreliable there.",
		"the core nodes whose set is not the commonest",
	},
	{DuplicateNode, Error, "", false, "Several nodes have one public key; references mean the last of them, and a network in which two of them survive the reduction is refused.", ""},
	{
		DuplicateValidator, Warning, "", false,
		"A quorum set names a validator more than once, in one list or at several places; the Rust scanner counts it each time, python-fbas once per list, and the Rust scanner's blocking and splitting sets are unreliable there.",
		"the validators named more than once",
	},
	{
		MissingQuorumSet, Warning, Info, false,
		"A node published no quorum set, so no quorum contains it; info where no quorum set names it, as is usual for nodes that only watch.",
		"the nodes whose quorum sets name it",
	},
	{
		NoHistoryData, Warning, "", true,
		"Some or all validators do not say historyArchiveHasError; each counts as one with an error, so history-critical sets come out too small, or empty where nobody says it.",
		"the validators that do not say it, where others do",
	},
	{OneNodeQuorum, Error, "", false, "A node is satisfied by itself alone, so it may decide what nobody else does; the analyses leave it out and treat it as absent everywhere.", ""},
	{
		OrganizationMixedSets, Warning, Info, true,
		"Validators of one inner set, or of one organization of the request, have different quorum sets of their own: the Rust scanner takes those of an inner set as interchangeable and may lose quorums; info where the difference does not reach an inner set of the core.",
		"the validators of the inner set or organization",
	},
	{OutsideCore, Info, "", false, "A node can be satisfied but is in no component of the network that holds a quorum: it listens and decides nothing, and the analyses leave it out.", ""},
	{OwnerMissing, Info, "", false, "A quorum set does not name its owner; the answers are as if it did, with a threshold greater by one, but the Rust scanner may lose quorums where only some nodes of a list do so.", ""},
	{StaleArchive, Warning, "", false, "A validator's history archive has an error (historyArchiveHasError is true): it doesn't help to keep the network's history.", ""},
	{
		ThresholdAboveMembers, Error, Warning, false,
		"A quorum set, at any depth, asks for more than it lists and can never be met; a warning where it does so only because unknown validators do not count.",
		"the unknown validators that do not count",
	},
	{ThresholdZero, Error, "", false, "A quorum set, at any depth, has a threshold of zero and is met when nobody agrees.", ""},
	{
		UnknownValidator, Warning, "", false,
		"A quorum set names a validator that is not among the nodes; it never agrees, and thresholds stay as sent (python-fbas lets it agree with anything).",
		"the nodes whose quorum sets name it",
	},
	{
		UnsatisfiableNode, Warning, "", false,
		"A node's quorum set can't be met by the nodes that are left once those without a set and those that are a quorum alone are gone: it takes part in no quorum.",
		"the validators that its set names and that can't agree, itself too where it is named",
	},
}

// perNetwork says which codes are about the network or a group of nodes.
var perNetwork = func() map[string]bool {
	m := map[string]bool{}
	for _, code := range Codes {
		m[code.Name] = code.Network
	}
	return m
}()
