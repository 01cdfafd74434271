"""Transfer: whole runs from one place to another, with history and artifacts.

Everything that comes in is turned into the journal's own events and points (`RunRecord`) and applied by the store's
`Recording` port, so that an imported run is made by the same code as a recorded one.  Sources are our archive
(`archive`), and MLflow's stores (`mlflow_sqlite`, `mlflow_files`).  Importing the same source twice adds nothing.
"""
