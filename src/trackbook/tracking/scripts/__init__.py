"""The record that a script's run makes of itself: its text, git's state, the environment, the files it reads.

A run that `start_run` opens at top level, outside of a tracked cell, is attended: what is recorded of a tracked cell is
recorded of it too, as far as there is something.  What it prints is not kept, and there are no cells.  Everything is
collected in the background and done before the process ends.  Programs that are installed (a test runner, a web server)
are no scripts; where one runs the project's own file, that file counts.
"""
