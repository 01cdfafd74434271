"""Hidden state: would the notebook, run from top to bottom, run the same code as the kernel did?

Compares the slice of a run with the document that stood around it.  Nothing is executed here, and no kernel is known.
"""

from trackbook.capture.state.verdict import DIFFERS, REPRODUCIBLE, UNKNOWN, Reason, Verdict, verdict_json, verdict_on

__all__ = ["DIFFERS", "REPRODUCIBLE", "UNKNOWN", "Reason", "Verdict", "verdict_json", "verdict_on"]
