"""The web page of a real `trackbook server`, as a person uses it: one browser, each test another gesture."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from labdriver import SCREENSHOTS
from playwright.sync_api import expect

from trackbook.connect import connect
from trackbook.core.access import Kind, Resource, Role
from trackbook.core.acting import Actor, acting
from trackbook.core.clock import now_ms
from trackbook.errors import ApprovalNeeded
from trackbook.server.access.secrets import digest_of, new_token
from trackbook.server.access.signing import COOKIE

AXE = Path(__file__).parents[2] / "js/node_modules/axe-core/axe.min.js"
VIOLATIONS = """() => axe.run('body').then(result => result.violations.map(one => [
  one.id, one.nodes.slice(0, 3).map(node => node.html)]))"""
FILL = """import sys
import trackbook as tb
tb.set_tracking_uri(sys.argv[1])
tb.set_experiment("churn")
runs = []
for number, depth in enumerate((2, 4, 8)):
    with tb.start_run(run_name=f"depth-{depth}") as run:
        tb.log_param("depth", depth)
        for step in range(20):
            tb.log_metric("train/loss", 1 / (1 + step + depth), step=step)
        tb.log_metric("accuracy", 0.9 + depth / 100)
        tb.log_text("<script>document.title = 'run'</script><b>bold</b>", "report.html")
        runs.append(run.run_id)
client = tb.TrackbookClient()
client.create_registered_model("churn-model")
for run_id in runs[:2]:
    client.create_model_version("churn-model", f"runs:/{run_id}/model", run_id)
"""
PASSWORD = "a long enough password"


def start(home, *options):
    command = [sys.executable, "-m", "trackbook.cli", "server", "--backend-store-uri", str(home), "--port", "0"]
    with (home.parent / "server.log").open("w") as log:
        process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=log, text=True, cwd=home.parent)
    line = process.stdout.readline()
    assert line.startswith("http"), (home.parent / "server.log").read_text()
    return process, line.split()[0]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Its address, with three runs and a model."""
    folder = tmp_path_factory.mktemp("page")
    process, url = start(folder / "home")
    quiet = {**os.environ, "TRACKBOOK_SCRIPTS": "0"}
    subprocess.run([sys.executable, "-c", FILL, url], check=True, cwd=folder, env=quiet, timeout=120)
    yield url
    process.terminate()
    process.communicate(timeout=60)


@pytest.fixture(scope="module")
def context(chromium):
    opened = chromium.new_context(viewport={"width": 1400, "height": 900}, color_scheme="light")
    yield opened
    opened.close()


@pytest.fixture
def page(context, server):
    """At the list of experiments; what the page says to the console or asks elsewhere is no secret."""
    opened, bad, own = context.new_page(), [], (server, "data:", "blob:")
    opened.on("console", lambda message: bad.append(message.text) if message.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: bad.append(str(error)))
    opened.on("request", lambda asked: None if asked.url.startswith(own) else bad.append(asked.url))
    opened.goto(server)
    yield opened
    opened.close()
    assert bad == []


def to_table(page):
    page.get_by_role("link", name="churn", exact=True).first.click()
    table = page.get_by_role("grid")
    expect(table.get_by_text("depth-8", exact=True)).to_be_visible()
    return table


def test_a_table_is_filtered_and_its_address_opens_it_so_again(page, server):
    table = to_table(page)
    box = page.get_by_role("combobox").or_(page.get_by_placeholder(re.compile("Filter"))).first
    box.fill("params.depth = '4'")
    box.press("Enter")
    expect(table.get_by_text("depth-8", exact=True)).to_be_hidden()
    expect(page).to_have_url(re.compile(r"filter=params\.depth"))
    page.reload()
    expect(page.get_by_role("grid").get_by_text("depth-4", exact=True)).to_be_visible()
    expect(page.get_by_text("1 of 3 runs")).to_be_visible()


def test_a_run_is_opened_and_the_browser_leads_back_and_forth(page):
    table = to_table(page)
    expect(page.get_by_label("Charts", exact=True).locator("canvas").first).to_be_visible(timeout=20_000)
    table.get_by_role("link", name="depth-8").click()
    card = page.get_by_role("group", name="Run depth-8")
    expect(card.locator(".tb-metric, .tb-metrics").get_by_text("accuracy").first).to_be_visible()
    expect(page).to_have_title(re.compile("depth-8"))
    assert re.search(r"/runs/[0-9a-f]{32}$", page.url)
    page.go_back()
    expect(page.get_by_role("grid")).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("group", name="Run depth-8")).to_be_visible()
    page.reload()
    expect(page.get_by_role("group", name="Run depth-8")).to_be_visible()


def test_a_stored_page_is_shown_as_the_text_that_it_is(page):
    to_table(page).get_by_role("link", name="depth-2").click()
    page.get_by_role("button", name="Look at report.html").click()
    shown = page.get_by_role("region", name="Text of report.html")
    expect(shown).to_contain_text("<script>document.title")
    assert page.title() != "run"
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "report.html"
    assert "<b>bold</b>" in Path(download.value.path()).read_text()


def test_the_keyboard_opens_a_run_tags_it_and_goes_back(page, server):
    table = to_table(page)
    table.focus()
    keyboard = page.keyboard
    keyboard.press("ArrowDown")
    keyboard.press("o")
    card = page.get_by_role("group", name=re.compile("^Run "))
    expect(card).to_be_visible()
    tag = card.get_by_role("button", name="Add tag")
    tag.focus()
    keyboard.press("Enter")
    keyboard.type("owner = ada")
    keyboard.press("Enter")
    expect(card.locator(".tb-tag").filter(has_text="owner")).to_contain_text("ada")
    page.go_back()
    expect(page.get_by_role("grid")).to_be_visible()


def test_runs_are_compared_by_an_address(page):
    table = to_table(page)
    for name in ("depth-2", "depth-8"):
        table.get_by_role("checkbox", name=f"Select {name}").click()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("Comparison of 2 runs").first).to_be_visible()
    expect(page.get_by_role("cell", name="differs: 8").or_(page.get_by_text("8", exact=True)).first).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name="depth-2")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("2 selected")).to_be_visible()


def test_the_champion_is_chosen_and_the_trail_says_so(page, server):
    page.get_by_role("link", name="Models").click()
    page.get_by_role("button", name="churn-model").click()
    expect(page).to_have_url(f"{server}/models/churn-model")
    page.get_by_role("button", name="v2").click()
    page.get_by_role("button", name="Set alias").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Alias").fill("champion")
    dialog.get_by_role("textbox", name="Reason").fill("the deeper one")
    dialog.get_by_role("button", name="Set alias").click()
    expect(page.get_by_role("row").filter(has_text="the deeper one")).to_contain_text("web page")
    page.go_back()
    expect(page.get_by_role("button", name="churn-model")).to_be_visible()


def test_points_of_a_run_that_goes_on_arrive(page, server):
    api = f"{server}/api/2.0/mlflow"
    churn = httpx.get(f"{api}/experiments/get-by-name", params={"experiment_name": "churn"}).json()["experiment"]
    now = int(time.time() * 1000)
    started = {"experiment_id": churn["experiment_id"], "run_name": "going on", "start_time": now}
    to_table(page)
    run_id = httpx.post(f"{api}/runs/create", json=started).json()["run"]["info"]["run_id"]
    row = page.get_by_role("row").filter(has_text="going on")
    expect(row).to_be_visible(timeout=20_000)
    row.get_by_role("link", name="going on").click()
    card = page.get_by_role("group", name="Run going on")
    for step, value in enumerate((0.25, 0.75)):
        point = {"run_id": run_id, "key": "speed", "value": value, "timestamp": now, "step": step}
        httpx.post(f"{api}/runs/log-metric", json=point).raise_for_status()
        expect(card.get_by_text(re.compile(f"^{value}0*$")).first).to_be_visible(timeout=20_000)
    httpx.post(
        f"{api}/runs/update", json={"run_id": run_id, "status": "FINISHED", "end_time": now + 1}
    ).raise_for_status()
    expect(card.get_by_text("Finished")).to_be_visible(timeout=20_000)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_view_can_be_used_by_everybody(page, server, theme):
    page.emulate_media(color_scheme=theme)
    table = to_table(page)
    run = table.get_by_role("link", name="depth-2").get_attribute("href")
    others = [
        table.get_by_role("link", name=name).get_attribute("href").rpartition("/")[2] for name in ("depth-2", "depth-4")
    ]
    places = {"home": "/", "table": page.url, "run": run, "compare": f"/compare?runs={','.join(others)}"}
    SCREENSHOTS.mkdir(exist_ok=True)
    for name, path in {**places, "models": "/models", "model": "/models/churn-model"}.items():
        page.goto(path if path.startswith("http") else server + path)
        expect(page.locator("main .tb-page-content")).to_be_visible()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=SCREENSHOTS / f"page-{name}-{theme}.png")
        if AXE.exists():
            page.evaluate(AXE.read_text("utf-8"))
            assert page.evaluate(VIOLATIONS) == [], (name, theme)


def test_the_theme_is_turned_and_kept(page):
    turn = page.get_by_role("button", name="Theme")
    page.keyboard.press("Alt+m")
    page.keyboard.press("Alt+m")
    expect(turn).to_have_attribute("aria-label", "Theme: dark")
    held = []
    page.route("**/page/about", lambda route: held.append(route))
    page.reload()  # the server has not said yet who is here
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    for _ in range(3):
        page.keyboard.press("Alt+m")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    held[0].continue_()
    expect(turn).to_have_attribute("aria-label", "Theme: dark")
    page.keyboard.press("Alt+m")


def test_a_user_signs_in_sees_what_is_hers_and_signs_out(chromium, tmp_path):
    process, url = start(tmp_path / "home", "--auth")
    try:
        token = process.stdout.readline().split()[-1]
        admin = {"authorization": f"Bearer {token}"}
        made = {"username": "ada", "password": PASSWORD}
        httpx.post(f"{url}/api/2.0/mlflow/users/create", json=made, headers=admin).raise_for_status()
        context = chromium.new_context(viewport={"width": 1400, "height": 900})
        page = context.new_page()
        page.goto(f"{url}/models")
        expect(page).to_have_url(f"{url}/sign-in?next=%2Fmodels")
        page.get_by_label("User").fill("ada")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(f"{url}/models")
        expect(page.get_by_text("No registered models yet")).to_be_visible()
        expect(page.get_by_role("button", name="Register…")).to_be_hidden()
        page.get_by_role("link", name="Experiments").click()
        expect(page.get_by_text("No experiment that you may see")).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        expect(page).to_have_url(f"{url}/sign-in")
        page.goto(f"{url}/runs")
        expect(page).to_have_url(f"{url}/sign-in?next=%2Fruns")
        context.close()
    finally:
        process.terminate()
        process.communicate(timeout=60)


@pytest.fixture
def protected(tmp_path):
    """A server where Ada, a reader, approves what Bob, an editor, may not do: two requests; sessions of both."""
    store, now = connect(tmp_path / "home"), now_ms()
    store.registry.create_model("churn")
    for number in range(2):
        store.registry.create_version("churn", f"s3://bucket/{number}")
    sessions = {}
    for name, role in (("ada", Role.READER), ("bob", Role.EDITOR)):
        store.access.add_user(name)
        store.access.grant(Resource(Kind.MODEL, "churn"), name, role)
        sessions[name] = new_token()
        store.access.add_token(name, "", digest_of(sessions[name]), now, now + 10**7, is_session=True)
    store.access.add_group("ops")
    store.access.join("ops", "ada")
    store.registry.protect_model("churn", ["group:ops"])
    with acting(Actor("bob", reason="it is better")):
        for alias in ("champion", "challenger"):
            with pytest.raises(ApprovalNeeded):
                store.registry.set_alias("churn", alias, "2")
    store.close()
    process, url = start(tmp_path / "home", "--auth")
    yield url, sessions
    process.terminate()
    process.communicate(timeout=60)


def test_an_approver_who_only_reads_decides_by_click_and_by_keyboard(chromium, protected):
    url, sessions = protected

    def opened(name):
        context = chromium.new_context(viewport={"width": 1400, "height": 900})
        context.add_cookies([{"name": COOKIE, "value": sessions[name], "url": url}])
        page = context.new_page()
        page.goto(f"{url}/models/churn")
        expect(page.get_by_role("cell", name="request 1:")).to_be_visible()
        return page

    bob = opened("bob")
    expect(bob.get_by_role("button", name="Refuse… request 1")).to_be_visible()  # his own
    expect(bob.get_by_role("button", name="Approve… request 1")).to_be_hidden()
    expect(bob.get_by_role("button", name="Register version…")).to_be_visible()
    bob.context.close()

    page = opened("ada")
    dialog, trail = page.get_by_role("dialog"), page.get_by_role("row")
    expect(page.get_by_role("button", name="Register version…")).to_be_hidden()
    page.get_by_role("button", name="Approve… request 1").click()
    dialog.get_by_role("textbox", name="Reason").fill("recall holds")
    dialog.get_by_role("button", name="Approve").click()
    expect(trail.filter(has_text="recall holds").first).to_contain_text("ada")
    expect(page.get_by_text("champion").first).to_be_visible()

    page.get_by_role("button", name="Refuse… request 2").focus()
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("What will change")).to_be_visible()
    page.keyboard.type("not yet")
    page.keyboard.press("Tab")  # to Cancel
    expect(dialog.get_by_role("button", name="Refuse")).to_be_enabled()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(trail.filter(has_text="not yet").first).to_contain_text("ada")
    expect(page.get_by_text("Waiting for approval")).to_be_hidden()
    page.context.close()
