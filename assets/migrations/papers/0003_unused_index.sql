-- Papers are put in order by their index, not by this database: nothing asks for them by date.

DROP INDEX paper_published;
