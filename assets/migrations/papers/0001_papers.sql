-- What was imported. Can be made again by importing again; nothing in here was written by a reader.

CREATE TABLE paper (
    id           INTEGER PRIMARY KEY,
    key          TEXT NOT NULL UNIQUE,     -- arxiv:<id>, doi:<doi> or title:<folded title>
    title_hash   INTEGER NOT NULL,         -- of the folded title; 0 when nothing of it folds to a letter or digit
    published    INTEGER NOT NULL,         -- yyyymmdd, unknown parts 00, 0 unknown
    updated      INTEGER NOT NULL,
    added        INTEGER NOT NULL,         -- unix seconds
    version      INTEGER,
    doi          TEXT,                     -- in its original spelling
    title        TEXT NOT NULL,
    title_markup TEXT NOT NULL,
    authors      TEXT NOT NULL,            -- this and the next lists: one item a line
    categories   TEXT NOT NULL,
    keywords     TEXT NOT NULL,
    links        TEXT NOT NULL,            -- <kind> <url>
    venue        TEXT,
    journal_ref  TEXT,
    comment      TEXT,
    license      TEXT
) STRICT;

CREATE INDEX paper_title ON paper(title_hash);
CREATE INDEX paper_published ON paper(published);

-- Trained on this library's own abstracts; a row is never changed, for abstracts depend on it.
CREATE TABLE dictionary (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    bytes BLOB NOT NULL
) STRICT;

-- Apart from `paper`, so that a scan of titles does not read the abstracts.
CREATE TABLE abstract (
    paper      INTEGER PRIMARY KEY REFERENCES paper(id),
    markup     TEXT NOT NULL,
    dictionary INTEGER REFERENCES dictionary(id),
    text       BLOB NOT NULL               -- zstd
) STRICT;

-- Every other key by which a paper is or was known.
CREATE TABLE alias (
    key   TEXT PRIMARY KEY,
    paper INTEGER NOT NULL REFERENCES paper(id)
) STRICT, WITHOUT ROWID;

CREATE TABLE digest (
    id     INTEGER PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE,           -- <source>:<day or file stem>
    source TEXT NOT NULL,
    label  TEXT NOT NULL,
    day    INTEGER NOT NULL,               -- yyyymmdd, 0 unknown
    papers INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE sighting (
    paper  INTEGER NOT NULL REFERENCES paper(id),
    digest INTEGER NOT NULL REFERENCES digest(id),
    rank   INTEGER,
    votes  INTEGER,
    PRIMARY KEY (paper, digest)
) STRICT, WITHOUT ROWID;

-- How a vote count grew: one row each time an import found another count.
CREATE TABLE vote (
    id     INTEGER PRIMARY KEY,
    paper  INTEGER NOT NULL REFERENCES paper(id),
    digest INTEGER NOT NULL REFERENCES digest(id),
    at     INTEGER NOT NULL,               -- unix seconds
    votes  INTEGER NOT NULL
) STRICT;

CREATE INDEX vote_paper ON vote(paper);

-- One row. `revision` changes with every commit that changed something; it starts at random, so that a library made anew is not
-- taken for the one an index was built from.
CREATE TABLE tally (
    revision INTEGER NOT NULL,
    papers   INTEGER NOT NULL
) STRICT;

INSERT INTO tally (revision, papers) VALUES (random() & 0xFFFFFFFFFFFF, 0);
