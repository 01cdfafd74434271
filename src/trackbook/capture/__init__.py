"""What a cell leaves behind: its code, values, notebook, environment and git state.

Pure functions of what they are given: a source text, a namespace, a folder.  This room knows neither IPython nor runs;
`trackbook.jupyter` calls it for cells, and whoever records a script may call it too.
"""
