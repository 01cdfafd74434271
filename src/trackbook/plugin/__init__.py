"""The `mlflow` package's plugin: MLflow's own functions in a cell log into the cell's run, without a server.

    entry.py             what MLflow loads as it is imported: nearly nothing
    tracking_store.py    MLflow's tracking store over this process's session
    registry_store.py    its model registry over the same store
    calls.py             MLflow's protocol, spoken without a wire: a request goes to its handler as a function call
    cells.py             the runs of this kernel's cells, as MLflow's functions meet them
    provenance.py        tags that say which cell of which notebook made a run, whatever server it is kept on

Entry points in `pyproject.toml` name the scheme `trackbook:` and the provider of tags.
"""
