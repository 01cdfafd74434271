"""Which files a cell read and wrote, found by themselves: nobody calls a function for it.

`opens` notes on the cell's thread what is opened, and nothing more; the rest runs on a thread of ours after the run has
ended: `sorting` tells data from the interpreter's own files, `digests` names their contents, `dvc` and `lfs` ask who
else keeps them, `inputs` makes the record.  This room never opens a file while the cell runs and knows no runs.
"""
