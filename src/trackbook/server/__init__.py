"""The same wire served to a team: an ASGI application over a store.

    running.py    options -> uvicorn
    app.py        store and options -> application; routes are made from `wire.endpoints`
    handlers/     one function an endpoint: message in, port called, message out; blocking, so called in threads
    backend.py    what all handlers are given: the store, and where clients find artifacts
    writing.py    requests that log -> batches of events, checked as MLflow's server checks them
    proxy.py      files themselves, below `mlflow-artifacts/artifacts`
    guarding.py   foreign hosts and origins refused; limits of bodies
    watching.py   access log
    figures.py    counts for Prometheus, of all workers
    workers.py    several processes on one port
    parts.py      large files past the server
    access/       users, roles, and the gate that every route is made by

What two requests could disagree about is settled by the database, never by what one process holds.
"""
