"""MLflow's tracking functions, over the active run: the same names, arguments and results.

A script written for MLflow runs after `import trackbook as mlflow`.  Source of the signatures:
`mlflow/tracking/fluent.py` (3.17).  Where a log function finds no active run, one is started, as there.
Inside a tracked cell the active run is the cell's, and `start_run` makes a child of it without being asked.
"""
