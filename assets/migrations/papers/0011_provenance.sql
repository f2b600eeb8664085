-- Who states what of a paper. The row of `paper` is made of all copies of it.

-- The date of publication in a venue as yyyymmdd, where `published` is that of the preprint.
ALTER TABLE paper ADD COLUMN issued INTEGER;
-- Who states the row, where it is one copy: a number of RecordSource. NULL where there are several, and for papers from before this step.
ALTER TABLE paper ADD COLUMN source INTEGER;
-- The earliest arXiv version that was imported, where there are several: `version` came later, and there is an older abstract.
ALTER TABLE paper ADD COLUMN earliest INTEGER;

-- The copies of papers that have several.
CREATE TABLE provenance (
    paper      INTEGER PRIMARY KEY REFERENCES paper(id),
    dictionary INTEGER REFERENCES dictionary(id),
    copies     BLOB NOT NULL               -- zstd; a JSON list of what differs from the row of the paper
) STRICT;
