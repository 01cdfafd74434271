"""Tracking: the active run, the fluent functions and the client, and the recorder that drains the journal.

What is logged goes to the journal; what is read comes from the store.  Nothing here knows notebooks or widgets.
"""
