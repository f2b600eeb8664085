-- Services with several lists: `source` is the name of a list (`hf`, `arxiv cs.LG`), as reports show it. Lists that say how many entries they
-- have, of which papers are still missing, and that come in parts.
ALTER TABLE ledger ADD COLUMN expected INTEGER; -- entries of the list as the service says; NULL: it does not
ALTER TABLE ledger ADD COLUMN held INTEGER;     -- papers announced long after they were submitted; NULL: none
ALTER TABLE ledger ADD COLUMN missing TEXT;     -- arXiv ids of entries without a paper, separated by blanks; NULL: none
ALTER TABLE ledger ADD COLUMN cursor TEXT;      -- where the list goes on; NULL: it is whole
