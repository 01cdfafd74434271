"""A server that speaks MLflow's protocol and nothing else.

It gives runs ids of its own, while ours are begun before anybody is asked.  So each of our runs has its own id in a
tag, is known here by that id alone, and is found by it before it is made, so that what is repeated makes no second run.
What such a server has no place for (the cell, aggregates of metrics) stands in further tags below `HIDDEN`; what it
cannot search is searched here, over all runs of the experiments asked for.

    store.py        the ports together           said.py        answers of the server as entities
    ids.py          our ids and the server's     matching.py    conditions and orders judged here
    recording.py    batches on their way there   known.py       what it has no place for, in tags
"""
