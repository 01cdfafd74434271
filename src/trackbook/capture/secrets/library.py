"""detect-secrets' detectors, one piece of text at a time.

Only their patterns are used (`analyze_string`): their verification would send what was found over the network.  Loaded
when a piece holds something long enough to be a key, since the package imports `requests`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import cache
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


def spans(text: str, start: int, end: int) -> Iterator[Span]:
    """What the detectors find between two places."""
    piece = text[start:end]
    if not any(any(letter.isdigit() for letter in one.group()) for one in _CANDIDATE.finditer(piece)):
        return
    for detector in _detectors():
        for value in detector.analyze_string(piece):
            if len(value) >= SHORTEST and not is_hash(value):
                at = piece.find(value)
                while at >= 0:
                    yield start + at, start + at + len(value), str(detector.secret_type)
                    at = piece.find(value, at + len(value))


@cache
def _detectors() -> tuple[Any, ...]:
    from importlib import import_module

    try:
        return tuple(getattr(import_module(f"detect_secrets.plugins.{file}"), kind)() for file, kind in DETECTORS)
    except Exception:  # a broken installation; our own rules go on
        log.warning("detect-secrets cannot be loaded: fewer kinds of secrets are found", exc_info=True)
        return ()
