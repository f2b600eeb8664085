-- Finds damage in what is remembered of changes, of which whoever derived something from this file would not learn otherwise: a checksum of
-- each row of `touched`, and one of the revisions and the version in `tally`. Rows without one are forgotten: who asks for them reads
-- all papers once.
DELETE FROM touched;
UPDATE tally SET told_since = revision;
ALTER TABLE touched ADD COLUMN checksum INTEGER;
ALTER TABLE tally ADD COLUMN checksum INTEGER;

-- The version of title keys by which `paper.title_hash` was computed; NULL when it is not known. Another version computes them anew.
ALTER TABLE tally ADD COLUMN title_keys INTEGER;
