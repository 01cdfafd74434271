"""The arguments of a command line, without secrets."""

from __future__ import annotations

from collections.abc import Sequence

from trackbook.capture.secrets import Finding, redact, redact_value
from trackbook.capture.secrets.names import PASSWORD, is_token_like

LONGEST = 1000
MOST = 200
SHORT = "p"
"""A password to some programs, a port or a path to others."""


def clean_arguments(given: Sequence[str]) -> tuple[list[str], list[Finding]]:
    """Each argument, a secret one replaced: `--password=x`, `--token x`, or one that looks like a secret by itself."""
    shown: list[str] = []
    findings: list[Finding] = []
    name = ""
    for argument in given[:MOST]:
        option, mark, value = argument.partition("=") if argument.startswith("-") else ("", "", argument)
        if option and not mark:
            name = option
            found = redact(option)
            findings += found.findings
            shown.append(found.text[:LONGEST])
            continue
        name = (option or name).lstrip("-")
        found = redact_value(PASSWORD if name == SHORT and _is_password(value) else name or "argument", value)
        findings += found.findings
        shown.append(f"{option}{mark}{found.text}"[:LONGEST])
        name = ""
    if len(given) > MOST:
        shown.append(f"… {len(given) - MOST} more")
    return shown, findings


def _is_password(value: str) -> bool:
    """Letters and digits of one piece, of which a path, a date or a name made of words has more."""
    return is_token_like(value) and value.isalnum() and not value.isdigit()
