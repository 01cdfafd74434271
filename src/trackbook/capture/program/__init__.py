"""The minimal program of a run: the executed cells that its cell depends on, as a script and as a notebook.

From source to program: `magics` (a cell in plain Python) -> `reader` (its `steps`) -> `slicer` (which cells need which:
a `walk` of each through the `world`) -> `script` (the texts).  Nothing is executed and no value is looked at; where the
text leaves a doubt, the cell is in.  This room knows neither IPython's shell nor runs.
"""

from trackbook.capture.program.script import Header, program_notebook, program_script
from trackbook.capture.program.seen import Files, Seen
from trackbook.capture.program.slicer import Slice, Slicer

__all__ = ["Files", "Header", "Seen", "Slice", "Slicer", "program_notebook", "program_script"]
