"""Params and metrics found in a cell: what its syntax says, with the values that the namespace holds.

| found as | what                                                                               | origin     |
|----------|------------------------------------------------------------------------------------|------------|
| param    | a name (an item, a field) that the cell binds by a literal                         | `assigned` |
| param    | the fields of a config that the cell makes: `Config(lr=0.1)`, `parse_args()`       | `assigned` |
| param    | a scalar, or a field of a config, that the cell reads, as it was before the cell   | `read`     |
| metric   | one real number that the cell computed, also in a dict or in a frame of one row    | `computed` |

From value to finding: `scalars` (one value, one number) -> `configs` (what has fields) -> `flatten` (the fields, within
limits) -> `roles` (param or metric) -> `finding` (all of a cell), where `words` that the user gave go before guesses.

Objects of a user are never asked anything: a value is looked at only after its exact type is known to be harmless, and
fields are taken out of an instance's own dictionary, so a `__repr__`, `__eq__`, `__len__` or property that raises or
takes a minute is not met.  Nothing is imported: a library whose object is met has been imported by the user.
"""

from trackbook.capture.values.earlier import Earlier, before, is_private
from trackbook.capture.values.finding import find
from trackbook.capture.values.found import LIMIT, Findings, Found, is_allowed
from trackbook.capture.values.origins import ASSIGNED, COMPUTED, READ
from trackbook.capture.values.scalars import LONGEST_TEXT, real_number, scalar
from trackbook.capture.values.words import IGNORE, METRIC, PARAM, WORDS, Words, word_for

__all__ = [
    "ASSIGNED",
    "COMPUTED",
    "IGNORE",
    "LIMIT",
    "LONGEST_TEXT",
    "METRIC",
    "PARAM",
    "READ",
    "WORDS",
    "Earlier",
    "Findings",
    "Found",
    "Words",
    "before",
    "find",
    "is_allowed",
    "is_private",
    "real_number",
    "scalar",
    "word_for",
]
