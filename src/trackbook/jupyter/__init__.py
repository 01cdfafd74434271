"""The talk with Jupyter: magics and hooks that bind a run's life to a cell, and the front end's document.

Thin on purpose: what is found in a cell is `trackbook.capture`'s to say, what becomes of it is `trackbook.tracking`'s,
and what is shown is `trackbook.widgets`'.  Nothing here may break, change or noticeably slow a cell.
"""
