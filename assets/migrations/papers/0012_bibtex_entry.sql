-- What the user's bibliography states besides: kind, citation key and fields, as JSON; null for papers of other files.
ALTER TABLE paper ADD COLUMN bibtex TEXT;
