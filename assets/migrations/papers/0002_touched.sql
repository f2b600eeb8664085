-- Which papers changed or went away in which commit, so that what is derived from this file can follow it without reading all of it.
-- Papers that came in are not told here: they are the rows above the highest one that whoever asks knows.

CREATE TABLE touched (
    revision INTEGER NOT NULL,             -- what the commit raised `tally.revision` to
    paper    INTEGER NOT NULL,             -- refers to nothing: the row may be gone, or another paper's by now
    PRIMARY KEY (revision, paper)
) STRICT, WITHOUT ROWID;

-- Every change after this revision is told.
ALTER TABLE tally ADD COLUMN told_since INTEGER NOT NULL DEFAULT 0;
UPDATE tally SET told_since = revision;
