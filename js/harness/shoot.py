"""Pictures of every view of the harness in both themes and four widths, and axe-core's verdict on each.

npm run build:widget && npm run harness && python harness/shoot.py OUT_FOLDER [part of a view's name ...]
"""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import sys
import threading
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

JS = Path(__file__).resolve().parent.parent
VIEWS = (
    "card-rich card-recorded card-plain card-many card-folded card-resumed card-running-folded card-failed "
    "card-bare card-hostile card-running card-offline table-0 table-3 table-340 table-10000 table-grouped "
    "table-baseline table-hostile compare-2 compare-5 compare-hostile chart-curve chart-curve-groups "
    "chart-bars chart-bars-many chart-odd chart-scatter chart-parallel chart-confusion chart-images "
    "chart-empty chart-hostile "
    "registry-empty registry-models registry-3 registry-500 registry-hostile registry-overtaken "
    "panel-none panel-loading panel-0 panel-3 panel-10000 panel-lost versions-loading versions-12"
).split()
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


AXE = """
axe.run(".tb-root").then((result) => result.violations.map((violation) => [
  violation.id,
  violation.nodes.slice(0, 3).map((node) => `${node.html} ${node.any[0]?.message ?? ""}`),
]))
"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


def serve() -> str:
    handler = functools.partial(Quiet, directory=str(JS.parent))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}/js/harness/index.html"


def shoot(page: Page, base: str, view: str, theme: str, width: int, out: Path) -> list[str]:
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(f"{base}?view={view}&theme={theme}")
    page.wait_for_selector("body[data-ready]")
    page.wait_for_timeout(350)
    page.screenshot(path=out / f"{view}-{theme}-{width}.png", full_page=True)
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    problems = [f"{over} px wider than the page"] if over > 0 else []
    page.add_script_tag(path=JS / "node_modules/axe-core/axe.min.js")
    page.evaluate("document.querySelectorAll('.tb-root details').forEach(one => { one.open = true })")
    found = page.evaluate(AXE)
    if page.locator(".tb-root details").count():
        page.screenshot(path=out / f"{view}-{theme}-{width}-open.png", full_page=True)
    return problems + [json.dumps(violation) for violation in found]


def main(out: Path, wanted: list[str]) -> int:
    out.mkdir(parents=True, exist_ok=True)
    views = [view for view in VIEWS if not wanted or any(part in view for part in wanted)]
    failed = 0
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=shutil.which("chromium"), headless=True, args=FLAGS)
        page = browser.new_page()
        page.on("pageerror", lambda error: print(f"  page error: {error}"))
        page.on("dialog", lambda dialog: sys.exit(f"a script ran: {dialog.message}"))
        base = serve()
        for view in views:
            for theme, width in ((t, w) for t in ("light", "dark") for w in (420, 600, 1000, 1600)):
                problems = shoot(page, base, view, theme, width, out)
                failed += len(problems)
                for problem in problems:
                    print(f"{view} {theme} {width}: {problem}")
        browser.close()
    print(f"{len(views)} views, {failed} problems")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
