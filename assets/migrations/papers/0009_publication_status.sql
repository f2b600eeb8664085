-- `withdrawn` or `retracted`; null for all others. Papers that were imported before get it when they are imported again.
ALTER TABLE paper ADD COLUMN publication_status TEXT;
