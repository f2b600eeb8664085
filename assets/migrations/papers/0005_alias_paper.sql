-- The former keys of a paper, which an import of a few papers looks up.
CREATE INDEX alias_paper ON alias (paper);
