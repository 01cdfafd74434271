"""How far a cell is: told where the total is known, and not guessed elsewhere."""

import io
import time

import pytest

from trackbook.widgets.progress import bar_of, loop_of

tqdm = pytest.importorskip("tqdm").tqdm
BODY = "\n    loss = step(epoch)\n    tb.log_metric('loss', loss, step=epoch)\n"


@pytest.mark.parametrize(
    ("head", "first", "total"),
    [
        ("for epoch in range(50):", 0, 50),
        ("for epoch in range(epochs):", 0, 20),
        ("for epoch in range(1, epochs + 1):", 1, 20),
        ("for epoch in tqdm(range(cfg.epochs), desc='x'):", 0, 7),
        ("for epoch in trange(epochs):", 0, 20),
    ],
)
def test_a_loop_whose_variable_is_the_step_tells_the_total(head, first, total):
    found = loop_of("%%track lesson\n" + head + BODY, {"epochs": "20", "cfg.epochs": "7"})
    assert (found["first"], found["total"], found["unit"]) == (first, total, "epoch")
    assert found["source"] == head.rstrip(":")


@pytest.mark.parametrize(
    "source",
    [
        "for epoch in range(epochs):" + BODY,
        "for epoch in loader:" + BODY,
        "for epoch in range(0, 10, 2):" + BODY,
        "for epoch in range(5):\n    tb.log_metric('loss', 1.0, step=epoch)\n    tb.log_metric('b', 1.0, step=n)\n",
        "for epoch in range(5):\n    tb.log_metric('loss', 1.0)\n",
        "for epoch in range(0):" + BODY,
        "for epoch in range(5)\n    log_metric(",
    ],
)
def test_what_is_not_sure_has_no_total(source):
    assert loop_of(source, {"epochs": "ten"}) is None


def test_a_bar_that_goes_on_tells_how_far_it_is():
    since = time.time() - 1
    with tqdm(range(10), desc="fold", file=io.StringIO()) as bar:
        bar.update(3)
        found = bar_of(since)
        assert bar_of(time.time() + 5) is None
    assert found == {"seen": 3, "first": 0, "total": 10, "unit": "fold", "source": "tqdm"}
