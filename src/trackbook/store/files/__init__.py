"""The folders in which artifacts lie: on this machine, or anywhere that fsspec reaches.

`paths` is the guard and knows addresses, `local` and `remote` are the two kinds of `Folder`, `content` is what the
manifest keeps of a file, `pool` keeps equal content once, `multipart` and `download` move large files in pieces.
Nothing here knows the database: which run has which folder, and the manifest, are the business of
`trackbook.store.places` and `trackbook.store.artifacts`.
"""
