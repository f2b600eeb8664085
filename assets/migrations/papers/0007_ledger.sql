-- What services answered about the lists of their days, so that no day is missing without being noticed: a row for each day that was asked for.
CREATE TABLE ledger (
    source    TEXT NOT NULL,               -- name of the service, as in digest.source
    day       TEXT NOT NULL,               -- YYYY-MM-DD
    listed    INTEGER,                     -- unix seconds when the list was asked for that is stored; NULL: there was none yet
    entries   INTEGER NOT NULL,            -- of that list
    unread    INTEGER NOT NULL,            -- how many of them could not be read
    validator TEXT,                        -- of that list, to ask whether it changed
    asked     INTEGER NOT NULL,            -- unix seconds of the last question, answered or not
    failure   TEXT,                        -- why the last question has no answer
    retry     INTEGER,                     -- unix seconds before which the service does not want to be asked again
    checksum  INTEGER NOT NULL,
    PRIMARY KEY (source, day)
) STRICT, WITHOUT ROWID;
