-- The rows of a ledger: what they mean is told in src/ledger/store/rows.rs. Moments are microseconds since 1970.
-- Text is compared by its bytes, so that every server locks rows in the same order.
-- "Distributed by" says which column tells nodes apart where there are several; docs/scaling.md has more. No column is counted up, so that no node waits for the others to give a number out.

-- Distributed by id.
CREATE TABLE grants (
    id       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    actor    TEXT COLLATE "C" NOT NULL,
    at       BIGINT           NOT NULL,
    reversed BOOLEAN          NOT NULL,
    body     TEXT             NOT NULL,
    charges  TEXT             NOT NULL
);
CREATE INDEX grants_by_time ON grants (at, id);
CREATE INDEX grants_by_actor ON grants (actor, at, id);

-- Distributed by bucket, with buckets: a stretch of a bucket's charges is one range on one node.
CREATE TABLE charges (
    bucket   TEXT COLLATE "C" NOT NULL,
    at       BIGINT           NOT NULL,
    grant_id TEXT COLLATE "C" NOT NULL,
    amount   BIGINT           NOT NULL,
    PRIMARY KEY (bucket, at, grant_id)
);

-- Distributed by id. A row is changed by every grant that is charged to it: there is room left for that beside it.
CREATE TABLE buckets (
    id     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    since  BIGINT           NOT NULL,
    used   BIGINT           NOT NULL,
    oldest BIGINT           NOT NULL,
    latest BIGINT           NOT NULL
) WITH (fillfactor = 70);

-- Distributed by id.
CREATE TABLE cases (
    id    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    owner TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    due   BIGINT           NOT NULL,
    body  TEXT             NOT NULL
);
CREATE INDEX cases_by_due ON cases (due, id);
CREATE INDEX cases_by_state ON cases (state, due, id);
CREATE INDEX cases_by_owner ON cases (owner, due, id);

-- Distributed by caller and key.
CREATE TABLE replies (
    caller TEXT COLLATE "C" NOT NULL,
    key    TEXT COLLATE "C" NOT NULL,
    at     BIGINT           NOT NULL,
    digest TEXT             NOT NULL,
    body   TEXT             NOT NULL,
    PRIMARY KEY (caller, key)
);

-- Distributed by stream, with heads.
CREATE TABLE events (
    stream BIGINT           NOT NULL,
    seq    BIGINT           NOT NULL,
    at     BIGINT           NOT NULL,
    about  TEXT COLLATE "C" NOT NULL,
    line   TEXT             NOT NULL,
    PRIMARY KEY (stream, seq)
);
CREATE INDEX events_about ON events (about);

-- Distributed by stream.
CREATE TABLE heads (
    stream BIGINT NOT NULL PRIMARY KEY,
    seq    BIGINT NOT NULL,
    hash   TEXT   NOT NULL
) WITH (fillfactor = 50);
-- The stream of seals, and streams for the first writers, so that those do not meet in making them. A stream without events is not listed.
INSERT INTO heads (stream, seq, hash) VALUES
    (0, 0, ''), (1, 0, ''), (2, 0, ''), (3, 0, ''), (4, 0, ''), (5, 0, ''), (6, 0, ''), (7, 0, ''), (8, 0, '');

-- A few rows.
CREATE TABLE secrets (
    name  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value TEXT             NOT NULL
);
