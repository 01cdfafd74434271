"""The hand on notebooks that are open in JupyterLab.

Cells are named by their position or, better, by their id, which every lesson sets.  Where a person would click or type,
the tests click and type; what a person cannot see (the kernel's variables) is read by running a cell.
"""

from __future__ import annotations

import json
import re
import shutil
import urllib.request
import uuid
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import nbformat
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, WebSocket

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
AXE = Path(__file__).parents[2] / "js/node_modules/axe-core/axe.min.js"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
PANEL = "const panel = window.jupyterapp.shell.currentWidget; const notebook = panel.content;"
VIOLATIONS = """place => {
  const own = place.closest('.tb-root');
  const include = own === null ? [...place.querySelectorAll('.tb-root')] : [own];
  return axe.run({ include }).then(found => found.violations.map(one => one.id));
}"""
App = Literal["lab", "notebook"]
"""JupyterLab, or Jupyter Notebook 7."""
FIND = "const index = notebook.widgets.findIndex(cell => cell.model.id === id);"


@dataclass(frozen=True)
class LabServer:
    url: str
    token: str
    folder: Path
    """The server's root."""
    log: Path


class LabNotebook:
    """One notebook in one page."""

    def __init__(self, page: Page, path: Path) -> None:
        self.page, self.path = page, path

    # what the page knows

    def wait_until_open(self) -> None:
        self.page.wait_for_selector(".jp-NotebookPanel .jp-Notebook")
        self.page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.content?.widgets?.length > 0")

    def wait_until_idle(self) -> None:
        self.page.wait_for_function(
            "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
        )

    def cell_ids(self) -> list[str]:
        found: list[str] = self._js("return notebook.widgets.map(cell => cell.model.id)")
        return found

    def outputs(self, cell_id: str) -> list[dict[str, Any]]:
        """The cell's outputs as the notebook file would hold them."""
        found: list[dict[str, Any]] = self._js(
            f"{FIND} return notebook.widgets[index].model.outputs?.toJSON() ?? []", cell_id
        )
        return found

    def text(self, cell_id: str) -> str:
        """What the cell printed, and the plain text of what it showed."""
        parts = []
        for output in self.outputs(cell_id):
            part = (
                output.get("text") or output.get("data", {}).get("text/plain") or "\n".join(output.get("traceback", []))
            )
            parts.append(part if isinstance(part, str) else "".join(part))
        return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join("".join(part) for part in parts if part))

    def cell(self, cell_id: str) -> Locator:
        """The cell on the page, scrolled to."""
        self._wait_for_cell(cell_id)
        index = self.cell_ids().index(cell_id)
        found = self.page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{index}"]')
        if found.count() == 0:
            found = self.page.locator(".jp-Notebook .jp-Cell").nth(index)
        found.scroll_into_view_if_needed()
        return found

    # what a person does

    def run_all(self, timeout_s: float = 180) -> None:
        """Returns when every cell is done; Lab's own promise ends at the first error, also where it was meant."""
        self.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }")
        self.page.wait_for_function(
            f"() => {{ {PANEL} return notebook.widgets.every("
            "cell => cell.model.type !== 'code' || cell.model.executionCount !== null) }",
            timeout=timeout_s * 1000,
        )
        self.wait_until_idle()

    def run(self, cell_id: str, wait: bool = True) -> None:
        """Run one cell; with `wait`, returns when it is done."""
        self._js(
            f"{FIND} notebook.activeCellIndex = index; notebook.deselectAll();"
            "const done = window.jupyterapp.commands.execute('notebook:run-cell'); if (wait) { await done }",
            cell_id,
            wait=wait,
        )

    def set_source(self, cell_id: str, source: str) -> None:
        self._js(f"{FIND} notebook.widgets[index].model.sharedModel.setSource(source)", cell_id, source=source)

    def source(self, cell_id: str) -> str:
        found: str = self._js(f"{FIND} return notebook.widgets[index].model.sharedModel.getSource()", cell_id)
        return found

    def ask_kernel(self, source: str) -> str:
        """Append a cell, run it, and give what it printed."""
        added: str = self._js(
            "const shared = notebook.model.sharedModel;"
            "shared.insertCell(shared.cells.length, {cell_type: 'code', source});"
            "return shared.cells[shared.cells.length - 1].id",
            source=source,
        )
        self._wait_for_cell(added)
        self.run(added)
        return self.text(added).strip()

    def kill_kernel(self) -> None:
        """Shut the kernel down; the page stays."""
        self._js("await panel.sessionContext.shutdown()")

    def save(self) -> None:
        self._js("await panel.context.save()")

    # what the tests keep

    def theme(self, name: str) -> None:
        self.page.evaluate(
            "async theme => { await window.jupyterapp.commands.execute('apputils:change-theme', {theme}) }",
            THEMES[name],
        )
        light = "true" if name == "light" else "false"
        self.page.wait_for_selector(f'body[data-jp-theme-light="{light}"]', state="attached")

    def picture(self, place: Locator, name: str) -> None:
        """Keep a screenshot for a person to look at: `screenshots/NAME.png`."""
        SCREENSHOTS.mkdir(exist_ok=True)
        place.scroll_into_view_if_needed()
        place.screenshot(path=SCREENSHOTS / f"{name}.png", animations="disabled")

    def look(self, place: Locator, name: str) -> None:
        """In both themes: keep a screenshot, and let axe-core look for what keeps people from using our widgets."""
        for theme in THEMES:
            self.theme(theme)
            self.picture(place, f"{name}-{theme}")
            if AXE.exists():
                self.page.evaluate(AXE.read_text("utf-8"))
                assert place.evaluate(VIOLATIONS) == []

    def _wait_for_cell(self, cell_id: str) -> None:
        """A large notebook's cells come one after the other."""
        there = f"id => {{ {PANEL} return notebook.widgets.some(cell => cell.model.id === id) }}"
        self.page.wait_for_function(there, arg=cell_id)

    def _js(self, body: str, cell_id: str = "", **arguments: Any) -> Any:
        names = ", ".join(["id", *arguments])
        return self.page.evaluate(f"async ({{{names}}}) => {{ {PANEL} {body} }}", {"id": cell_id, **arguments})


def drag(place: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Press, move and let go within an element; places are shares of its width and height."""
    place.scroll_into_view_if_needed()
    box, mouse = place.bounding_box(), place.page.mouse
    assert box is not None
    mouse.move(box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"])
    mouse.down()
    mouse.move(box["x"] + end[0] * box["width"], box["y"] + end[1] * box["height"], steps=6)
    mouse.up()


@lru_cache(maxsize=1)
def _context(chromium: Browser) -> BrowserContext:
    """One for all notebooks: what a page has loaded and compiled of JupyterLab serves the next."""
    return chromium.new_context(viewport={"width": 1360, "height": 1000})


class Opener:
    """Opens notebooks of one server in pages of one browser; remembers what they sent, and where to."""

    def __init__(self, lab: LabServer, chromium: Browser) -> None:
        self.lab, self.chromium = lab, chromium
        self.opened: list[LabNotebook] = []
        self.outside: list[str] = []
        """Requests that left this machine."""
        self.sent: list[bytes] = []
        """Messages to kernels, as they went over the wire."""

    def write(
        self,
        name: str,
        cells: dict[str, str],
        files: dict[str, str] | None = None,
        kernel: str = "python3",
        app: App = "lab",
    ) -> LabNotebook:
        """A new notebook in a project folder of its own, its cells by id, executed; with files beside it."""
        folder = self.lab.folder / name
        folder.mkdir()
        (folder / "pyproject.toml").touch()
        for place, text in (files or {}).items():
            (folder / place).write_text(text)
        about = {"kernelspec": {"name": kernel, "display_name": kernel}}
        made = [nbformat.v4.new_code_cell(source, id=cell_id) for cell_id, source in cells.items()]
        path = folder / f"{name}.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=made, metadata=about), path)
        notebook = self.open(path, app=app)
        notebook.run_all()
        return notebook

    def copy(self, notebook: Path) -> LabNotebook:
        """A copy in a project folder of its own, where its home will be."""
        folder = self.lab.folder / uuid.uuid4().hex[:8]
        folder.mkdir()
        (folder / "pyproject.toml").touch()
        return self.open(Path(shutil.copyfile(notebook, folder / notebook.name)))

    def open(self, path: Path, wait: bool = True, app: App = "lab") -> LabNotebook:
        """A file below the server's root, in a new page and workspace; with `wait`, its kernel is idle."""
        page = _context(self.chromium).new_page()
        page.set_default_timeout(30_000)
        page.on("request", self._note)
        page.on("websocket", self._listen)
        place = path.relative_to(self.lab.folder).as_posix()
        page.goto(
            f"{self.lab.url}/notebooks/{place}?token={self.lab.token}"
            if app == "notebook"
            else f"{self.lab.url}/lab/workspaces/{uuid.uuid4().hex}/tree/{place}?token={self.lab.token}&reset"
        )
        notebook = LabNotebook(page, path)
        self.opened.append(notebook)
        notebook.wait_until_open()
        if wait:
            notebook.wait_until_idle()
        return notebook

    def close(self) -> None:
        """Close the pages, and end their kernels.  Fails where one of them asked another host."""
        for notebook in self.opened:
            if notebook.page.url.startswith(self.lab.url):
                notebook.page.evaluate("localStorage.clear()")
            notebook.page.close()
        places = {notebook.path.relative_to(self.lab.folder).as_posix() for notebook in self.opened}
        for session in self._asked("GET", "/api/sessions"):
            if session["path"] in places:
                self._asked("DELETE", f"/api/sessions/{session['id']}")
        assert self.outside == [], "a page asked another host"

    def _asked(self, method: str, path: str) -> Any:
        asked = urllib.request.Request(
            self.lab.url + path, method=method, headers={"Authorization": f"token {self.lab.token}"}
        )
        with urllib.request.urlopen(asked) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def _listen(self, socket: WebSocket) -> None:
        if "/api/kernels/" in socket.url:
            socket.on("framesent", lambda sent: self.sent.append(sent if isinstance(sent, bytes) else sent.encode()))

    def _note(self, request: Request) -> None:
        ours = (self.lab.url, self.lab.url.replace("http", "ws", 1), "data:", "blob:")
        if not request.url.startswith(ours):
            self.outside.append(request.url)
