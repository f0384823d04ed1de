-- Who is wrong, with the proof; the disagreements, each once; and what retention has to look up.

ALTER TABLE exchanges ADD COLUMN source     TEXT NOT NULL DEFAULT 'live';  -- live, deep, variation
ALTER TABLE exchanges ADD COLUMN size_class TEXT NOT NULL DEFAULT '';
ALTER TABLE exchanges ADD COLUMN verdict    TEXT NOT NULL DEFAULT '';
ALTER TABLE exchanges ADD COLUMN skip       TEXT NOT NULL DEFAULT '';      -- why nothing was compared

UPDATE exchanges SET
    size_class = CASE WHEN nodes < 10 THEN '0-9' WHEN nodes < 30 THEN '10-29' WHEN nodes < 100 THEN '30-99'
                      WHEN nodes < 300 THEN '100-299' ELSE '300-' END,
    verdict = CASE outcome WHEN 'differ' THEN 'undecided' WHEN 'uncompared' THEN 'inconclusive' ELSE outcome END;

ALTER TABLE metrics ADD COLUMN verdict TEXT NOT NULL DEFAULT '';

UPDATE metrics SET verdict = CASE outcome WHEN 'differ' THEN 'undecided' ELSE outcome END;

CREATE TABLE rulings (
    exchange_id     TEXT    NOT NULL,
    metric_position INTEGER NOT NULL,
    position        INTEGER NOT NULL,  -- two where both sides are refuted
    verdict         TEXT    NOT NULL,
    class           TEXT    NOT NULL,
    finding         TEXT    NOT NULL,
    proof_kind      TEXT    NOT NULL,
    sentence        TEXT    NOT NULL,
    proof           TEXT,              -- JSON; null: none
    PRIMARY KEY (exchange_id, metric_position, position),
    FOREIGN KEY (exchange_id, metric_position) REFERENCES metrics (exchange_id, position)
);

CREATE TABLE disagreements (
    id             TEXT    PRIMARY KEY,  -- digest of the next three
    case_digest    TEXT    NOT NULL,
    metric         TEXT    NOT NULL,
    verdict        TEXT    NOT NULL,
    analysis       TEXT    NOT NULL,
    level          TEXT    NOT NULL,
    merge_by       TEXT    NOT NULL,
    nodes          INTEGER NOT NULL,
    source         TEXT    NOT NULL,
    class          TEXT    NOT NULL,
    finding        TEXT    NOT NULL,
    proof_kind     TEXT    NOT NULL,
    sentence       TEXT    NOT NULL,
    proof          TEXT,
    first_seen     BIGINT  NOT NULL,
    last_seen      BIGINT  NOT NULL,
    seen           INTEGER NOT NULL,     -- exchanges
    first_exchange TEXT    NOT NULL,     -- no references: a closed disagreement outlives its exchanges
    last_exchange  TEXT    NOT NULL,
    opens_at       BIGINT  NOT NULL,     -- open from then on: 0 now, the end of an approval, or the greatest number
    opened_at      BIGINT  NOT NULL,
    closed_at      BIGINT  NOT NULL,     -- 0: never, as for the times below
    closed_by      TEXT    NOT NULL,
    closed_reason  TEXT    NOT NULL,
    approved_at    BIGINT  NOT NULL,
    approved_by    TEXT    NOT NULL,
    expires_at     BIGINT  NOT NULL
);

CREATE INDEX disagreements_last_seen ON disagreements (last_seen, id);
CREATE INDEX disagreements_first_exchange ON disagreements (first_exchange);
CREATE INDEX disagreements_last_exchange ON disagreements (last_exchange);

CREATE TABLE sightings (
    exchange_id     TEXT NOT NULL REFERENCES exchanges (id),
    disagreement_id TEXT NOT NULL REFERENCES disagreements (id),
    PRIMARY KEY (exchange_id, disagreement_id)
);

CREATE INDEX sightings_disagreement ON sightings (disagreement_id);

-- Lists go by time and, at one moment, by ID.
DROP INDEX exchanges_at;
CREATE INDEX exchanges_at ON exchanges (at, id);
CREATE INDEX exchanges_verdict_at ON exchanges (verdict, at, id);

-- Which exchanges hold a body, and the oldest ones that hold any.
CREATE INDEX exchanges_request_body ON exchanges (request_body) WHERE request_body IS NOT NULL;
CREATE INDEX exchanges_primary_body ON exchanges (primary_body) WHERE primary_body IS NOT NULL;
CREATE INDEX exchanges_candidate_body ON exchanges (candidate_body) WHERE candidate_body IS NOT NULL;
CREATE INDEX exchanges_with_bodies ON exchanges (at, id)
    WHERE request_body IS NOT NULL OR primary_body IS NOT NULL OR candidate_body IS NOT NULL;

-- Bodies of a call that was repeated with others, which no exchange holds.
DELETE FROM bodies WHERE
    NOT EXISTS (SELECT 1 FROM exchanges WHERE request_body = digest)
    AND NOT EXISTS (SELECT 1 FROM exchanges WHERE primary_body = digest)
    AND NOT EXISTS (SELECT 1 FROM exchanges WHERE candidate_body = digest);
