"""The calls of `TrackbookClient`, one file per noun: experiments, runs, artifacts, the registry.

Signatures are MLflow's (`mlflow/tracking/client.py`, 3.17).  Nothing here keeps state beyond the session.
"""
