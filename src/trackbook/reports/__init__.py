"""Notebooks as reports: the document as it stands, in one HTML file that needs no network, no script and no kernel.

nbconvert does the converting; this room chooses what each output shows, takes out what would make a request, and wraps
the result in a small page.  It knows no front end: the live document is given to it (`document.Provider`).
"""
