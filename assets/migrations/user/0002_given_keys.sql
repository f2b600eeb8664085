-- Every citation key that was given, as the hash of its lower-case spelling, so that no other paper gets it.
CREATE TABLE given_key (
    hash INTEGER PRIMARY KEY
) STRICT;

-- The latest of them, in the order they were given. Keys that are given one after another lie far apart in `given_key`: they are moved
-- there many at once.
CREATE TABLE recent_key (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    hash INTEGER NOT NULL
) STRICT;
