"""Which cell set a name last is read from the history, within a time limit."""

from __future__ import annotations

from trackbook.capture.cells import History
from trackbook.capture.values.setters import learn, setters


def history(*sources: str) -> History:
    kept = History()
    for number, source in enumerate(sources):
        kept.add(source, execution_count=number + 1)
    return kept


def last_set(names: str, *sources: str) -> dict[str, int]:
    return dict(setters(names.split(), history(*sources).executions, limit_s=5.0))


def test_the_last_cell_that_binds_a_name_or_changes_its_fields() -> None:
    cells = (
        "lr = 0.1\ncfg = f()",
        "n = 2\nlr = 0.2",
        "print(lr, cfg, x=n)",
        "cfg.deep['a'] = 3",
        "for n in range(3): pass",
    )
    assert last_set("lr cfg n gone", *cells) == {"lr": 2, "cfg": 4, "n": 5}


def test_magics_and_functions_do_not_confuse_it() -> None:
    cells = ("%%time\nlr = 0.1", "!ls\nlr2 = !pwd", "def f():\n    lr = 3\n    return lr", "x = = lr = 3")
    assert last_set("lr lr2", *cells) == {"lr": 1, "lr2": 2}


def test_without_time_only_what_was_learned_is_told() -> None:
    executions = history("lr_slow = 1").executions
    assert setters(["lr_slow"], executions, limit_s=-1.0) == {}
    learn(executions)
    assert setters(["lr_slow"], executions, limit_s=-1.0) == {"lr_slow": 1}
