"""Telling others of the registry's changes over HTTP.

    addresses.py    where a request may go: never into this network, unless the server is told so
    sealing.py      secrets as the store keeps them
    sending.py      one signed request
    delivering.py   the thread that sends what waits, again and again with growing pauses

What is told, and to whom, the store keeps with each change (`store.webhook_outbox`).
"""
