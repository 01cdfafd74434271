"""Fitted models: kept with a run in MLflow's MLmodel format, named by URI, registered and loaded again.

One file per flavor; each says how its models are written and read without pickle.  This room neither trains nor
serves, and it stores nothing itself: files go through the run's artifacts, versions through the registry's port.
"""
