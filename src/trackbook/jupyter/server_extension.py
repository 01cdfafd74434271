"""The Jupyter server extension: answers for stored runs when no kernel does.

Routes, behind the server's own authentication, answer from the store of a notebook's home, so that a re-opened
notebook attaches its cards, marks its cells and lists its runs before any kernel has loaded trackbook, and while one
computes.  Each takes `?path=<notebook>`, relative to the server's root:

    GET  <base>/trackbook/api/cards/<run id>                                       its card
    GET  <base>/trackbook/api/cards/<run id>/curves?key=<metric>&buckets=<n>       curves; `key` repeats
    GET  <base>/trackbook/api/cards/<run id>/program                               its minimal program
    GET  <base>/trackbook/api/runs[?experiment=<id>]                               the notebook's or experiment's runs
    GET  <base>/trackbook/api/versions?line=<cell line>                            the versions of a cell
    POST <base>/trackbook/api/diff       {run_id, text}                            a version against a cell's text
    POST <base>/trackbook/api/table      {experiment_ids, begin?, method, params}  what a run table asks
    POST <base>/trackbook/api/compare    {run_ids, group_by?, method, params}      what a comparison asks
    POST <base>/trackbook/api/chart      {run_ids, method, params}                 what a chart asks
    POST <base>/trackbook/api/card       {run_id, method, params}                  what a card asks
    POST <base>/trackbook/api/registry   {method, params}                          what the registry's view asks
    GET  <base>/trackbook/api/code                                                 {view: the hash of its code}
    GET  <base>/trackbook/api/code/<hash>                                          a view's code

A widget's questions come here where its kernel leaves them unanswered, with the mark of its `store`.

None changes anything, and none makes a home or a store; journals of dead processes are recovered when the store opens,
which is why all work is done in a thread.
"""

from __future__ import annotations

import atexit
from typing import Any

from jupyter_server.utils import url_path_join

from trackbook.jupyter.serving import answers
from trackbook.jupyter.serving.handlers import AskHandler, CodeHandler, CodesHandler, ReadHandler
from trackbook.jupyter.serving.stores import Stores

API = "/trackbook/api"
READ = {
    r"cards/([^/]+)/curves": answers.curves,
    r"cards/([^/]+)/program": answers.program,
    r"cards/([^/]+)": answers.card,
    "runs": answers.runs,
    "versions": answers.versions,
}
EMPTY = {"runs": answers.no_runs}
"""What is told before the project has a home: pages ask it every few seconds, and a 404 each time fills the log."""
ASKED = {
    "diff": answers.diff,
    "table": answers.table,
    **{view: answers.stored(view) for view in ("compare", "chart", "card", "registry")},
}


def _load_jupyter_server_extension(server_app: Any) -> None:
    """Called by the Jupyter server."""
    app = server_app.web_app
    stores = Stores()
    base = app.settings["base_url"]
    routes: list[tuple[Any, ...]] = [(f"{API}/code", CodesHandler), (f"{API}/code/([0-9a-f]+)", CodeHandler)]
    for handler, table in ((ReadHandler, READ), (AskHandler, ASKED)):
        for route, one in table.items():
            empty = {"empty": EMPTY[route]} if route in EMPTY else {}
            routes.append((f"{API}/{route}", handler, {"stores": stores, "answer": one, **empty}))
    app.add_handlers(".*$", [(url_path_join(base, route), *rest) for route, *rest in routes])
    atexit.register(stores.close)
