-- How far the rollout has come, what brought it there, and what evidence is looked up by.

CREATE TABLE rollout (
    id      INTEGER PRIMARY KEY CHECK (id = 1),  -- one row
    version BIGINT  NOT NULL,                    -- of the state, for compare-and-swap
    state   TEXT    NOT NULL,                    -- JSON
    head    TEXT    NOT NULL,                    -- digest of the last record of the audit
    seq     BIGINT  NOT NULL                     -- and its number
);

-- Records are only ever added; Prune leaves them alone.
CREATE TABLE audit (
    seq    BIGINT PRIMARY KEY,  -- from 1, without a gap
    at     BIGINT NOT NULL,     -- nanoseconds since 1970, UTC
    kind   TEXT   NOT NULL,
    actor  TEXT   NOT NULL,
    prev   TEXT   NOT NULL,     -- digest of the record before
    digest TEXT   NOT NULL,
    body   TEXT   NOT NULL      -- JSON, byte for byte what was hashed
);

CREATE INDEX audit_kind ON audit (kind, seq);

-- Whether a scan began earlier.
DROP INDEX exchanges_scan;
CREATE INDEX exchanges_scan ON exchanges (scan, source, at);

-- Whether a case was compared in the last day.
CREATE INDEX exchanges_case ON exchanges (case_digest, at);

-- Whether the candidate is wrong about anything that is open.
CREATE INDEX disagreements_verdict ON disagreements (verdict, opens_at);
