"""Names that say that their value is a secret, and values that say that they are none.

Names such as `use_cls_token = True` or `pad_token = "[PAD]"` pass.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from trackbook.capture.secrets import shapes

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+")
PASSWORD, KEY, TOKEN, SECRET = "password", "key", "token", "secret"
_PASSWORDS = ("password", "passwd", "passphrase", "pwd", "contraseña", "contrasena")
_SECRETS = frozenset({"secret", "secrets", "credential", "credentials"})
_KEY_OWNERS = frozenset(
    """api access private priv secret auth account encryption decryption service client db database signing master
    subscription hmac jwt ssh kaggle wandb comet openai anthropic cohere azure aws gcp huggingface hf stripe twilio
    sendgrid mailgun pinecone""".split()
)
_PASS_OWNERS = frozenset("db database key user ftp smtp mail email root admin login ssh proxy my".split())
_TOKENS = frozenset({"token", "bearer"})
_JOINED_KEYS = frozenset({"apikey", "accesskey", "secretkey", "privatekey", "accountkey", "authkey"})
_JOINED_TOKENS = frozenset({"authtoken", "accesstoken", "apitoken", "refreshtoken"})
_TEXT_TOKENS = frozenset(
    "pad eos bos cls sep mask unk special image stop start end first last next prefix suffix bot".split()
)
"""Kinds of a language model's tokens."""
_FOLDERS = frozenset({"pwd", "oldpwd", "old_pwd"})
"""Which may be the shell's: where it works, and did before."""
_ABOUT = frozenset(
    "label prompt field fields name names file filename path url uri hint help type types length len policy column col "
    "placeholder message error regex pattern count size limit manager arn scope scopes endpoint header expiry "
    "env envvar var source dir directory method number merge level aggregation agg strategy ids dropout "
    "project".split()
)
"""As the last word of a name: what it says is about the secret."""
SHORTEST_TOKEN = 8
SURE_TOKEN = 24
"""From this length on a token needs no digit."""
_NO_VALUES = frozenset(
    "true false none null yes no on off str string text int bool float bytes any final optional classvar secretstr "
    "secretbytes pass password passwd secret token apikey api_key key auto default required".split()
)
_PLACEHOLDER = re.compile(r"[\[<{(].*[\]>})]|\$.*|%\(?\w+\)?[s%]?|[*xX.#_\-•\s]{2,}|your[-_ ].*|f?\{.*", re.DOTALL)
_HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


def kind_of(name: str, value: str) -> str | None:
    """What a text kept under this name is to be called; None where it is no secret."""
    kind = _kind(name)
    if kind is None or is_placeholder(value) or value.lower() == name.lower():
        return None
    if value[0] in "/~" and name.lower() in _FOLDERS:
        return None
    return kind if kind != TOKEN or is_token_like(value) else None


def may_keep_secret(name: str) -> bool:
    """Whether there is a value that would be a secret under this name."""
    return _kind(name) is not None


@lru_cache(4096)
def _kind(name: str) -> str | None:
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or (len(words) > 1 and words[-1] in _ABOUT):
        return None
    if words[-1] == "pw" or any(word.startswith(_PASSWORDS) or word.endswith(_PASSWORDS) for word in words):
        return PASSWORD
    pairs = list(pairwise(words))
    if any(second == "pass" and first in _PASS_OWNERS for first, second in pairs):
        return PASSWORD
    is_key = any(second == "key" and first in _KEY_OWNERS for first, second in pairs)
    if is_key or _JOINED_KEYS.intersection(words):
        return KEY
    if _SECRETS.intersection(words):
        return SECRET
    is_token = _JOINED_TOKENS.intersection(words) or _TOKENS.intersection(words)
    return TOKEN if is_token and not _TEXT_TOKENS.intersection(words) else None


def is_token_like(value: str) -> bool:
    """Long enough, of one piece, and neither a number nor a word nor a hash's digits."""
    if len(value) < SHORTEST_TOKEN or any(letter.isspace() for letter in value) or _is_number(value):
        return False
    return len(value) >= SURE_TOKEN or any(letter.isdigit() for letter in value)


def is_placeholder(value: str) -> bool:
    """`<token>`, `{name}`, `***`, `None`: what stands where a value is to come."""
    return not value.strip() or value.lower() in _NO_VALUES or _PLACEHOLDER.fullmatch(value) is not None


def is_hash(value: str) -> bool:
    """Digits of a hash, or of a UUID."""
    return _HASH.fullmatch(value) is not None


def looks_secret(name: str, value: object) -> bool:
    """True for a text that its name or its shape says to keep quiet about."""
    if type(value) is not str or not value:
        return False
    return shapes.has_shape(value) or kind_of(name, value) is not None


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True
