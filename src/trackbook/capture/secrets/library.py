"""detect-secrets' detectors, one piece of text at a time.

Only their patterns are used (`analyze_string`): their verification would send what was found over the network.  Loaded
when a piece holds something long enough to be a key, since the package imports `requests`.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from trackbook.capture.secrets.names import is_hash
from trackbook.capture.secrets.shapes import Span

log = logging.getLogger(__name__)

DETECTORS = (
    ("aws", "AWSKeyDetector"),
    ("azure_storage_key", "AzureStorageKeyDetector"),
    ("cloudant", "CloudantDetector"),
    ("discord", "DiscordBotTokenDetector"),
    ("github_token", "GitHubTokenDetector"),
    ("gitlab_token", "GitLabTokenDetector"),
    ("ibm_cloud_iam", "IbmCloudIamDetector"),
    ("ibm_cos_hmac", "IbmCosHmacDetector"),
    ("jwt", "JwtTokenDetector"),
    ("mailchimp", "MailchimpDetector"),
    ("npm", "NpmDetector"),
    ("openai", "OpenAIDetector"),
    ("pypi_token", "PypiTokenDetector"),
    ("sendgrid", "SendGridDetector"),
    ("slack", "SlackDetector"),
    ("softlayer", "SoftlayerDetector"),
    ("square_oauth", "SquareOAuthDetector"),
    ("stripe", "StripeDetector"),
    ("twilio", "TwilioKeyDetector"),
)
"""Without those that guess by entropy or by name, and without those whose shape is any word's (Artifactory)."""
LITERALS = (
    "accountkey= glft- glsoat- glcbt- gloas- glagent- glimt- glptt- gr1348941 _authtoken pypi-age sg. hooks.slack "
    "softlayer sq0 k_live_ twilio mailchimp discord sendgrid stripe cloudant"
).split()
"""In small letters: words that call for a look, besides those of our own rules."""
_CANDIDATE = re.compile(r"(?<![\w+/=-])[\w+/=-]{20,}")
SHORTEST = 10
LOG_MODULE = "detect_secrets.core.log"
SOCKS_MODULE = "urllib3.contrib.socks"


def spans(text: str, start: int, end: int) -> Iterator[Span]:
    """What the detectors find between two places."""
    piece = text[start:end]
    if not any(_is_candidate(one.group()) for one in _CANDIDATE.finditer(piece)):
        return
    for detector in _detectors():
        for value in detector.analyze_string(piece):
            if len(value) >= SHORTEST and not is_hash(value):
                at = piece.find(value)
                while at >= 0:
                    yield start + at, start + at + len(value), str(detector.secret_type)
                    at = piece.find(value, at + len(value))


def _is_candidate(word: str) -> bool:
    return not is_hash(word) and any(letter.isdigit() for letter in word)


@cache
def _detectors() -> tuple[Any, ...]:
    try:
        with _quiet_log(), _no_word_of_socks():
            return tuple(getattr(import_module(f"detect_secrets.plugins.{file}"), kind)() for file, kind in DETECTORS)
    except Exception:  # a broken installation; our own rules go on
        log.warning("detect-secrets cannot be loaded: fewer kinds of secrets are found", exc_info=True)
        return ()


@contextmanager
def _quiet_log() -> Iterator[None]:
    """The package's logging module turns all warnings of a process into log lines: a plain logger in its place."""
    if LOG_MODULE in sys.modules:
        yield
        return
    stand_in = ModuleType(LOG_MODULE)
    stand_in.__dict__["log"] = logging.getLogger("detect-secrets")
    sys.modules[LOG_MODULE] = stand_in
    try:
        yield
    finally:
        if sys.modules.get(LOG_MODULE) is stand_in:
            del sys.modules[LOG_MODULE]


@contextmanager
def _no_word_of_socks() -> Iterator[None]:
    """Where PySocks is missing, `requests` is imported without it, as it would be, but without urllib3's warning.

    That warning would stand in the output of whatever cell is running.
    """
    missing = not {"requests", SOCKS_MODULE} & sys.modules.keys() and find_spec("socks") is None
    if missing:
        sys.modules[SOCKS_MODULE] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if missing and sys.modules.get(SOCKS_MODULE, missing) is None:
            del sys.modules[SOCKS_MODULE]
