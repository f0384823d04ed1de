package store

import "time"

// Exchange is one request with the answers to it and how they compare.
type Exchange struct {
	ID string // unique; recording an ID again changes nothing
	At time.Time
	// Scan is the key of the scan the question belongs to.
	Scan   string
	Client string // keyed hash of the client's address
	// Repeat, Mixed and Overlong say why the exchange is no evidence of its own: it is a retry,
	// its scan changed sides, or its scan was open for too long.
	Repeat, Mixed, Overlong bool

	Analysis string // last element of the path, "top-tier" say
	Level    string
	MergeBy  string
	Case     string // digest of what was asked: analysis, level, faulty nodes and network
	ServedBy string // "primary" or "candidate"
	Reason   string // why that side
	Outcome  string // "agree", "differ", "candidate_failed"...
	Note     string // a sentence for people: why a side counts as failed
	Nodes    int

	Primary   Side
	Candidate Side
	Metrics   []Metric

	Path        string
	ContentType string
	// Bodies are kept when Outcome is not "agree", or KeepBodies is set. Nil stays nil, and is
	// what an exchange without kept bodies reads back as.
	RequestBody   []byte
	PrimaryBody   []byte
	CandidateBody []byte
	// KeepBodies keeps the bodies of an exchange that agrees, for a sample. It is not stored.
	KeepBodies bool
}

const outcomeAgree = "agree"

func (e Exchange) keepsBodies() bool { return e.Outcome != outcomeAgree || e.KeepBodies }

// Side is how one side answered. Status 0 means that there was no HTTP answer, and Failure why.
type Side struct {
	Status  int
	Failure string
	Latency time.Duration
}

// Metric is one compared value of an exchange; Outcome is "agree" or "differ".
type Metric struct {
	Name      string
	Outcome   string
	Primary   string
	Candidate string
}

// Filter selects exchanges; a zero field selects all.
type Filter struct {
	Outcome  string
	Analysis string
	Scan     string
	Since    time.Time
	// Limit is the most exchanges returned. Zero means 100; more than 10,000 means 10,000.
	Limit int
}

const (
	defaultLimit = 100
	maxLimit     = 10_000
)

func (f Filter) limit() int {
	if f.Limit <= 0 {
		return defaultLimit
	}
	return min(f.Limit, maxLimit)
}

// Agreement counts how often a metric agreed and differed.
type Agreement struct {
	Metric string
	Agree  int
	Differ int
}
