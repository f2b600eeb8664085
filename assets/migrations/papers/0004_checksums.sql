-- Finds damage: a checksum of every row that is read, over all its values. Rows from before this step get theirs by the first import or
-- check, see `tally.checked`.

-- Of tables whose rows have numbers: eight bytes a row, little endian, for the rows block * 128 to block * 128 + 127; 0 where there is no row.
-- Apart from the rows, because rows that grow by a few bytes would make every page of a large table split in two.
CREATE TABLE checksum (
    part  INTEGER NOT NULL,                -- which table
    block INTEGER NOT NULL,
    sums  BLOB NOT NULL,
    PRIMARY KEY (part, block)
) STRICT, WITHOUT ROWID;

ALTER TABLE alias ADD COLUMN checksum INTEGER;
ALTER TABLE sighting ADD COLUMN checksum INTEGER;

-- Rows of `alias`, so that a lost one is noticed; NULL until all rows have checksums.
ALTER TABLE tally ADD COLUMN aliases INTEGER;
