"""The texts below a run's `trackbook/` folder, kept in the database: a run costs what changed since the runs before.

    text      cut where its content says so (`cutting`), so that an edit changes the piece around it and no other
    piece     a stretch of a text, or a node of a tree; kept once per store whatever runs have it, known by its digest
    tree      the pieces of a text in order, as nodes of references (`tree`): an appended text makes a new last node
    pack      the new pieces of one write, compressed together (`packs`): texts that one cell left repeat each other
    document  a run, a path, and the root of a tree (`rows`)

Writers take turns, since one that finds a piece must be sure that it stays until its document is committed: SQLite
has one writer anyway, PostgreSQL is given a lock.  `sweeping` is a writer too.  Nothing here knows files or folders.
"""
