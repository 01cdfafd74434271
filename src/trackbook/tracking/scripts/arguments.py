"""The arguments of a command line, without secrets."""

from __future__ import annotations

from collections.abc import Sequence

from trackbook.capture.secrets import Finding, redact_value

LONGEST = 1000
MOST = 200


def clean_arguments(given: Sequence[str]) -> tuple[list[str], list[Finding]]:
    """Each argument, a secret one replaced: `--password=x`, `--token x`, or one that looks like a secret by itself."""
    shown: list[str] = []
    findings: list[Finding] = []
    name = ""
    for argument in given[:MOST]:
        option, mark, value = argument.partition("=") if argument.startswith("-") else ("", "", argument)
        if option and not mark:
            name = option
            shown.append(argument[:LONGEST])
            continue
        found = redact_value(option.lstrip("-") or name.lstrip("-") or "argument", value)
        findings += found.findings
        shown.append(f"{option}{mark}{found.text}"[:LONGEST])
        name = ""
    if len(given) > MOST:
        shown.append(f"… {len(given) - MOST} more")
    return shown, findings
