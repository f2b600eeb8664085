-- What a reader did. The journal is append-only; `state` is what it adds up to, written in the same transaction.

CREATE TABLE batch (
    id     INTEGER PRIMARY KEY,          -- the order of things: clocks may jump, ids do not
    at     INTEGER NOT NULL,             -- unix milliseconds
    device TEXT NOT NULL,
    label  TEXT NOT NULL,
    undoes INTEGER REFERENCES batch(id)  -- NULL: a change; a change: its undo; an undo: its redo
) STRICT;

CREATE INDEX batch_undoes ON batch(undoes);

CREATE TABLE journal (
    id      INTEGER PRIMARY KEY,
    batch   INTEGER NOT NULL REFERENCES batch(id),
    subject TEXT NOT NULL,               -- a paper's key, view:<name> or digest:<id>
    field   TEXT NOT NULL,               -- status, star, seen, note, tag:<tag>; query; day, hidden
    before  TEXT,                        -- NULL: as if never touched
    after   TEXT
) STRICT;

CREATE INDEX journal_batch ON journal(batch);

CREATE TABLE state (
    subject TEXT NOT NULL,
    field   TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (subject, field)
) STRICT, WITHOUT ROWID;

-- Citation keys given by an export: kept, so that a manuscript that cites them stays right.
CREATE TABLE citation (
    subject      TEXT PRIMARY KEY,       -- a paper's key
    citation_key TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Changes somebody made. That a paper was seen is noted by a clock: undo passes over it, and it ends no redo.
CREATE VIEW by_hand AS
    SELECT * FROM batch
    WHERE undoes IS NULL
      AND EXISTS (SELECT 1 FROM journal WHERE journal.batch = batch.id AND journal.field <> 'seen');

-- Changes whose latest undo was not itself taken back.
CREATE VIEW undone AS
    SELECT undo.undoes AS batch, undo.id AS undo
    FROM batch AS undo JOIN batch AS change ON change.id = undo.undoes
    WHERE change.undoes IS NULL AND NOT EXISTS (SELECT 1 FROM batch AS redo WHERE redo.undoes = undo.id);
