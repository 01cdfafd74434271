"""The system tags: MLflow's that its own pages and clients read, and ours, which begin with `trackbook.`.

Source of MLflow's names: `mlflow/utils/mlflow_tags.py` (3.17).
"""

from __future__ import annotations

RUN_NAME = "mlflow.runName"
NOTE = "mlflow.note.content"
USER = "mlflow.user"
PARENT_RUN_ID = "mlflow.parentRunId"
SOURCE_NAME = "mlflow.source.name"
SOURCE_TYPE = "mlflow.source.type"
GIT_COMMIT = "mlflow.source.git.commit"
GIT_BRANCH = "mlflow.source.git.branch"
GIT_REPOSITORY = "mlflow.source.git.repoURL"

MODEL_HISTORY = "mlflow.log-model.history"
"""JSON list: the models that clients of MLflow 2 logged into the run."""

CELL_ID = "trackbook.cell.id"
CELL_LINE = "trackbook.cell.line"
CELL_GUESSED = "trackbook.cell.guessed"
NOTEBOOK = "trackbook.notebook.path"
RENAMED_FROM = "trackbook.notebook.renamed_from"
"""The path that the notebook had when the kernel began, of a run after it was renamed or moved."""
GIT_DIRTY = "trackbook.git.dirty"
ARGUMENTS = "trackbook.arguments"
"""JSON list: a script's arguments, without secrets."""
ERROR_TYPE = "trackbook.error.type"
ERROR_MESSAGE = "trackbook.error.message"
ORIGINS = "trackbook.origins"
"""JSON object, key of a param or metric -> where it was found, for people, after a first word for machines: "assigned
in line 3", "read from the notebook, set in cell [4]", "computed in line 7".  What was logged is not among them."""
LEFT_OUT = "trackbook.left_out"
"""JSON list of sentences: what the cell holds and was taken for neither param nor metric, and why."""
GOAL = "trackbook.goal"
"""`METRIC:max` or `METRIC:min`: the metric that counts."""
BASELINE = "trackbook.baseline"
"""`true` on a run that others are compared with."""
SEED = "trackbook.seed"
"""JSON object: the `seed`, and which generators were `set` with it."""
STATE = "trackbook.state"
"""`reproducible`, `differs` or `unknown`: would the notebook run the same code from top to bottom?"""
PROGRAM_LABEL = "trackbook.program.label"
"""`static` or `traced`: how the minimal program was found."""
EXECUTION = "trackbook.execution"
"""On a run that was gone on with: the folder below `trackbook/` that holds the record of its last execution.  State,
program, what was left out, seed, arguments, error and git tell of that execution, everything else of all of them."""
PAUSED = "trackbook.paused_ms"
"""On a run that was gone on with: the ms between its ends and what came after, which are no part of its duration."""
TRAINED = "trackbook.trained"
"""The names of the trained models' classes."""
WARNINGS = "trackbook.warnings"
"""JSON list of sentences: what could not be recorded, and why."""

COLLECTING = "trackbook.collecting"
"""Until when (ms) what comes after a cell's end should be recorded; gone once it is.  What a kernel that ended before
left out is missing in the run's record."""

LEASE = "trackbook.lease"
"""Of a run that is kept on a server: until when (ms) its process answers for it.  A trackbook server ends a run whose
lease is over; another one leaves it RUNNING until a process on the run's machine does."""

INPUT_SEEN = "trackbook.seen"
"""Tag of an input that was found by itself: how it was seen."""
NAMED = "named"
"""In an input's profile, of a file that nobody saw opened: the code, or a script's argument, names it."""

OURS = "trackbook."
MLFLOW = "mlflow."


def is_system(key: str) -> bool:
    """True for a tag that a user did not write, or that has its own place in every view."""
    return key.startswith((OURS, MLFLOW))


FOLDER = "trackbook"
"""Our own artifacts of a run lie below this folder."""
SOURCE_FILE = f"{FOLDER}/source.py"
HISTORY_FILE = f"{FOLDER}/history.json"
NOTEBOOK_FILE = f"{FOLDER}/notebook.ipynb"
"""The notebook as it was, the newest snapshot of the run."""
NOTEBOOK_START_FILE = f"{FOLDER}/notebook-start.ipynb"
"""As it was when the cell began, where that is another."""
NOTEBOOK_ABOUT_FILE = f"{FOLDER}/notebook.json"
"""Of each snapshot: where it comes from, when it was taken, and what it lacks, as JSON."""
ENVIRONMENT_FILE = f"{FOLDER}/environment.json"
REQUIREMENTS_FILE = f"{FOLDER}/requirements.txt"
TRACEBACK_FILE = f"{FOLDER}/traceback.txt"
LONGEST_TRACEBACK = 200_000
"""Characters; of a longer one the end is kept."""
FILES_FILE = f"{FOLDER}/files.json"
"""The data files that the cell read and wrote, as JSON."""
MODULES_FILE = f"{FOLDER}/modules.json"
"""The project's own modules that were imported, with their digests, as JSON."""
OUTPUTS_FILE = f"{FOLDER}/outputs.json"
"""What the cell displayed and printed: nbformat's outputs, as JSON."""
FIGURES_FOLDER = "figures"
"""The pictures that the cell displayed."""
SECRETS_FILE = f"{FOLDER}/secrets.json"
"""What was replaced in the run: kind, place and line of each secret, as JSON."""
PROGRAM_FILE = f"{FOLDER}/program.py"
"""The executed cells that the run depends on, as a script; beside it the same as a notebook."""
PROGRAM_NOTEBOOK_FILE = f"{FOLDER}/program.ipynb"
STATE_FILE = f"{FOLDER}/state.json"
"""Whether the notebook would run the same code from top to bottom, and why not."""
DIFF_FILE = f"{FOLDER}/uncommitted.diff"
LOCKS_FOLDER = f"{FOLDER}/lock"
"""The project's own lock files."""
