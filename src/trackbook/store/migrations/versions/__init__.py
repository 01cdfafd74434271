"""One file per revision, forward only.  A file is never changed once a release has it."""
