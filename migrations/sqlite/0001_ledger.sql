-- The rows of a ledger: what they mean is told in src/ledger/store/rows.rs. Moments are microseconds since 1970.

CREATE TABLE grants (
    id       TEXT    NOT NULL PRIMARY KEY,
    actor    TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    reversed INTEGER NOT NULL,
    body     TEXT    NOT NULL,
    charges  TEXT    NOT NULL
) STRICT;
CREATE INDEX grants_by_time ON grants (at, id);
CREATE INDEX grants_by_actor ON grants (actor, at, id);

-- The charges of a bucket lie side by side in the order of time, so that a stretch of them is one range.
CREATE TABLE charges (
    bucket   TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    grant_id TEXT    NOT NULL,
    amount   INTEGER NOT NULL,
    PRIMARY KEY (bucket, at, grant_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE buckets (
    id     TEXT    NOT NULL PRIMARY KEY,
    since  INTEGER NOT NULL,
    used   INTEGER NOT NULL,
    oldest INTEGER NOT NULL,
    latest INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cases (
    id    TEXT    NOT NULL PRIMARY KEY,
    owner TEXT    NOT NULL,
    state TEXT    NOT NULL,
    due   INTEGER NOT NULL,
    body  TEXT    NOT NULL
) STRICT;
CREATE INDEX cases_by_due ON cases (due, id);
CREATE INDEX cases_by_state ON cases (state, due, id);
CREATE INDEX cases_by_owner ON cases (owner, due, id);

CREATE TABLE replies (
    caller TEXT    NOT NULL,
    key    TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    digest TEXT    NOT NULL,
    body   TEXT    NOT NULL,
    PRIMARY KEY (caller, key)
) STRICT;

CREATE TABLE events (
    stream INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    about  TEXT    NOT NULL,
    line   TEXT    NOT NULL,
    PRIMARY KEY (stream, seq)
) STRICT;
CREATE INDEX events_about ON events (about);

CREATE TABLE heads (
    stream INTEGER NOT NULL PRIMARY KEY,
    seq    INTEGER NOT NULL,
    hash   TEXT    NOT NULL
) STRICT;

CREATE TABLE secrets (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
