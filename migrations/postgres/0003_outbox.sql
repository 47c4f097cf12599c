-- Webhooks that are told of what happens, and what they are still to be told. A message that is never told twice stays, without its body, when it is delivered.

-- A few rows.
CREATE TABLE hooks (
    name  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    setup TEXT             NOT NULL,
    off   BIGINT           NOT NULL
);

-- Distributed by hook and id. Rows come and go: there is room left for changes beside them.
CREATE TABLE outbox (
    hook  TEXT COLLATE "C" NOT NULL,
    id    TEXT COLLATE "C" NOT NULL,
    kind  TEXT             NOT NULL,
    about TEXT             NOT NULL,
    at    BIGINT           NOT NULL,
    due   BIGINT           NOT NULL,
    tries BIGINT           NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    last  TEXT             NOT NULL,
    body  TEXT             NOT NULL,
    PRIMARY KEY (hook, id)
) WITH (fillfactor = 70);
CREATE INDEX outbox_by_due ON outbox (hook, state, due);
