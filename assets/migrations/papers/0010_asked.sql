-- When a service was last asked about a single paper, and what came of it, so that it is asked again only when that makes sense. Lost, it costs requests.
CREATE TABLE asked (
    question TEXT NOT NULL,                -- as reports show it: `library arxiv`
    paper    TEXT NOT NULL,                -- its key at that time
    at       INTEGER NOT NULL,             -- unix seconds
    outcome  TEXT NOT NULL,                -- `found`, `absent`, `failed`
    checksum INTEGER NOT NULL,
    PRIMARY KEY (question, paper)
) STRICT, WITHOUT ROWID;
