"""Notebooks in a real JupyterLab, driven in a real Chromium: a package, so that one Chromium serves them all."""
