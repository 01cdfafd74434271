"""Meaning: entities, ports, rules and the search language.  Imports nothing of trackbook but its errors."""
