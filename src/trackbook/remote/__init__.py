"""Servers as stores: the ports (`core.ports`) over HTTP.

store.py        `RemoteStore`: finds out what answers at an address, and is the one or the other
ours.py         a trackbook server: the ports as they are, by `wire.calls`
theirs/         any other server, in MLflow's protocol; what that lacks is derived here, or said
proxied.py      files, by MLflow's proxy of artifacts, on either kind of server
link.py         HTTP: who asks, what is repeated, errors
"""
