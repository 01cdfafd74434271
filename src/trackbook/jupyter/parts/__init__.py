"""What is captured of a tracked cell: one file for each kind, named in `listing`.  When runs open is not here."""
