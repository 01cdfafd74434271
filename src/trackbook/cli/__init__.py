"""The command `trackbook`: one file per command group.

A command reads its arguments, asks the same functions the Python API offers, and prints.  It keeps no rules of its own.
Everything heavy is imported inside the command, so that `trackbook --help` answers at once.
"""
