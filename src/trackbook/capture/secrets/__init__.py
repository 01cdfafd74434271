"""Secrets in what is recorded: found, replaced and named, never kept.

Two nets.  Rules of our own see what a line says (`password = "…"`, a token in a URL, a private key's block), also where
a call keeps the value (`add_argument("--password", default="…")`), and know the shapes that a notebook meets most;
detect-secrets adds the shapes that its authors keep.  What it offers of guesses
by entropy is not used: hashes, ids and pictures are no secrets.  Nothing is ever sent anywhere to be verified.

A text without one of a few telling words is done after one pass over it; what has one is looked at around it only, so
that the time stays in proportion to the text.
"""

from trackbook.capture.secrets.documents import redact_file, redact_json
from trackbook.capture.secrets.findings import Finding, Redacted, label, sentence
from trackbook.capture.secrets.names import looks_secret
from trackbook.capture.secrets.scanning import read_noted, redact, redact_value

__all__ = [
    "Finding",
    "Redacted",
    "label",
    "looks_secret",
    "read_noted",
    "redact",
    "redact_file",
    "redact_json",
    "redact_value",
    "sentence",
]
