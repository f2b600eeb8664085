-- Finds damage: of a batch over all its values and those of its entries, of a citation key over its row. Rows from before this step get
-- theirs with it.
ALTER TABLE batch ADD COLUMN checksum INTEGER;
ALTER TABLE citation ADD COLUMN checksum INTEGER;
