"""Runs on the page: card, table and comparison as widgets, the registry as a static page; one class a widget.

A widget holds a few kilobytes of state and answers requests for the rest; what a saved notebook shows is the static
half (`static`).  Drawing is the front end's work (`js/`), storing that of the ports; this room turns entities into the
payloads of `js/src/bridge/` and back.
"""
