"""`python -m trackbook.cli`."""

from trackbook.cli.main import main

main()
