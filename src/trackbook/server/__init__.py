"""The same wire served to a team: an ASGI application over a store.

    running.py    options -> uvicorn
    app.py        store and options -> application; routes are made from `wire.endpoints`
    handlers/     one function an endpoint: message in, port called, message out; blocking, so called in threads
    backend.py    what all handlers are given: the store, and where clients find artifacts
    writing.py    requests that log -> batches of events, checked as MLflow's server checks them
    proxy.py      files themselves, below `mlflow-artifacts/artifacts`
    guarding.py   foreign hosts and origins refused; limits of bodies
    watching.py   access log and Prometheus figures

There are no users here yet: whoever reaches the port may do everything.  So it serves this machine alone unless told.
"""
