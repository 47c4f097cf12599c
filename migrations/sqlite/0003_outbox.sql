-- Webhooks that are told of what happens, and what they are still to be told. A message that is never told twice stays, without its body, when it is delivered.

CREATE TABLE hooks (
    name  TEXT    NOT NULL PRIMARY KEY,
    setup TEXT    NOT NULL,
    off   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    hook  TEXT    NOT NULL,
    id    TEXT    NOT NULL,
    kind  TEXT    NOT NULL,
    about TEXT    NOT NULL,
    at    INTEGER NOT NULL,
    due   INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    state TEXT    NOT NULL,
    last  TEXT    NOT NULL,
    body  TEXT    NOT NULL,
    PRIMARY KEY (hook, id)
) STRICT;
CREATE INDEX outbox_by_due ON outbox (hook, state, due);
