-- Every exchange that was compared, and the bodies of those that are worth keeping.

CREATE TABLE bodies (
    digest TEXT   PRIMARY KEY,  -- SHA-256 of the body, in hex
    size   BIGINT NOT NULL,     -- bytes of the body
    data   BLOB   NOT NULL      -- the body, zstd
);

CREATE TABLE exchanges (
    id                TEXT    PRIMARY KEY,
    at                BIGINT  NOT NULL,  -- nanoseconds since 1970, UTC
    scan              TEXT    NOT NULL,
    client            TEXT    NOT NULL,  -- keyed hash of the client's address
    scan_repeat       BOOLEAN NOT NULL,  -- a retry inside its scan
    scan_mixed        BOOLEAN NOT NULL,  -- the scan changed sides
    scan_overlong     BOOLEAN NOT NULL,  -- the scan was open for too long
    analysis          TEXT    NOT NULL,
    level             TEXT    NOT NULL,
    merge_by          TEXT    NOT NULL,
    case_digest       TEXT    NOT NULL,
    served_by         TEXT    NOT NULL,
    reason            TEXT    NOT NULL,
    outcome           TEXT    NOT NULL,
    note              TEXT    NOT NULL,
    nodes             INTEGER NOT NULL,
    primary_status    INTEGER NOT NULL,  -- 0: no HTTP answer
    primary_failure   TEXT    NOT NULL,
    primary_latency   BIGINT  NOT NULL,  -- nanoseconds
    candidate_status  INTEGER NOT NULL,
    candidate_failure TEXT    NOT NULL,
    candidate_latency BIGINT  NOT NULL,
    path              TEXT    NOT NULL,
    content_type      TEXT    NOT NULL,
    request_body      TEXT    REFERENCES bodies (digest),  -- null: not kept
    primary_body      TEXT    REFERENCES bodies (digest),
    candidate_body    TEXT    REFERENCES bodies (digest)
);

CREATE INDEX exchanges_at ON exchanges (at);
CREATE INDEX exchanges_outcome_at ON exchanges (outcome, at);
CREATE INDEX exchanges_scan ON exchanges (scan);

CREATE TABLE metrics (
    exchange_id     TEXT    NOT NULL REFERENCES exchanges (id),
    position        INTEGER NOT NULL,  -- order in the comparison
    name            TEXT    NOT NULL,
    outcome         TEXT    NOT NULL,
    primary_value   TEXT    NOT NULL,
    candidate_value TEXT    NOT NULL,
    PRIMARY KEY (exchange_id, position)
);
