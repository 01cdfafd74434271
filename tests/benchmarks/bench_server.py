"""A trackbook server beside MLflow's own, on databases of the same kind, in turns; and many live runs at once.

python tests/benchmarks/bench_server.py [--fast] [--databases sqlite postgresql] [--workers 1] [--clients 16]
                                        [--seconds 8] [--live-runs 200] [--live-seconds 120] [--only work|growth|live]
                                        [--works log-batch search history registry]

All of the works, on both databases, take some ten minutes, most of them MLflow's: a search or a history that it has not
ended in a minute is given up, and counts as if it had.

The clients are threads of this process and take a part of the machine, whichever server they ask: rates are lower
bounds, and where other things run, too, only the processor time beside them is to be compared.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from measure import PEERS, Row, ms, show
from server_live import live
from server_load import Took, Work, history, loaded, log_batch, registry, search
from server_pair import MODELS, OURS, THEIRS, Server, database, fill_ours, fill_theirs, serving, settle

WORKS: dict[str, tuple[Work, str, str]] = {
    "log-batch": (log_batch, "log-batch of 1,000 metrics", "batches"),
    "search": (search, "search over {runs:,} runs, 100 rows", "searches"),
    "history": (history(100_000), "history of 100,000 points", "histories"),
    "registry": (registry, "registry search among 1,000 models", "searches"),
}
SIZES = (1_000, 10_000, 100_000)
"""Points of the histories that are read."""


def bench_works(pair: Sequence[Server], chosen: argparse.Namespace) -> Iterator[Row]:
    for work, title, unit in (WORKS[name] for name in chosen.works):
        name = title.format(runs=chosen.runs)
        tooks = {}
        for server in pair:
            print(f"  {name}: {server.name}", file=sys.stderr, flush=True)
            tooks[server.name] = loaded(server, work, chosen.clients, chosen.seconds)
        yield name, f"{_told(tooks[OURS], unit)}", _beside(tooks, unit)


def _told(took: Took, unit: str) -> str:
    given_up = f", {took.unfinished} given up" if took.unfinished else ""
    below = "fewer than " if took.unfinished == len(took.seconds) else ""
    return f"{below}{took.rate:,.1f} {unit}/s, p99 {ms(took.p99_s)}, {ms(took.cpu_each_s)} CPU{given_up}"


def _beside(tooks: dict[str, Took], unit: str) -> str:
    if THEIRS not in tooks:
        return "MLflow is not installed: make bench installs it"
    ours, theirs = tooks[OURS], tooks[THEIRS]
    return (
        f"MLflow {_told(theirs, unit)}: "
        f"{ours.rate / theirs.rate:.1f} times the rate, p99 {ours.p99_s / theirs.p99_s:.2f} of it, "
        f"CPU {ours.cpu_each_s / theirs.cpu_each_s:.2f} of it"
    )


def bench_growth(ours: Server, folder: Path, kind: str, chosen: argparse.Namespace) -> Iterator[Row]:
    """How the cost of ours grows with runs, points and clients."""
    seconds = chosen.seconds / 3
    for clients in (1, 4, 16, 64):
        took = loaded(ours, log_batch, clients, seconds)
        yield f"- log-batch, {clients} clients", _told(took, "batches"), ""
    for points in SIZES:
        took = loaded(ours, history(points), 1, seconds)
        yield f"- history of {points:,} points, 1 client", _told(took, "histories"), ""
    sizes = [runs for runs in (1_000, 10_000, 100_000) if runs <= chosen.runs * 10]
    for runs in sizes:
        with database(kind, folder, f"grown{runs}") as uri:
            fill_ours(uri, folder, runs, (), 0)
            settle(uri)
            with serving(OURS, uri, folder, chosen.workers) as server:
                took = loaded(server, search, 1, seconds)
        yield f"- search over {runs:,} runs, 1 client", _told(took, "searches"), ""


def bench(kind: str, folder: Path, chosen: argparse.Namespace) -> None:
    if chosen.only != "live":
        bench_pair(kind, folder, chosen)
    if chosen.only in (None, "live"):
        with database(kind, folder, "live") as uri, serving(OURS, uri, folder, chosen.workers) as server:
            show(live(server, kind, chosen.live_runs, chosen.live_seconds))


def bench_pair(kind: str, folder: Path, chosen: argparse.Namespace) -> None:
    with ExitStack() as stack:
        uris = {
            name: stack.enter_context(database(kind, folder, name.lower()))
            for name in (OURS, THEIRS)
            if name == OURS or PEERS.exists()
        }
        has_all = chosen.only != "work"
        runs = chosen.runs if has_all or "search" in chosen.works else 1
        points = SIZES if has_all or "history" in chosen.works else ()
        models = MODELS if has_all or "registry" in chosen.works else 1
        print(f"  filling {kind}", file=sys.stderr, flush=True)
        fill_ours(uris[OURS], folder, runs, points, models)
        pair = [stack.enter_context(serving(name, uri, folder, chosen.workers)) for name, uri in uris.items()]
        if THEIRS in uris:
            fill_theirs(uris[THEIRS], runs, points, models)
        for uri in uris.values():
            settle(uri)
        if chosen.only in (None, "work"):
            show([(f"{kind}, {chosen.clients} clients, {chosen.workers} worker(s)", "", "")])
            show(bench_works(pair, chosen))
        if chosen.only in (None, "growth"):
            show(bench_growth(pair[0], folder, kind, chosen))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--fast", action="store_true", help="SQLite alone, and everything shorter")
    options.add_argument("--databases", nargs="+", choices=("sqlite", "postgresql"))
    options.add_argument("--workers", type=int, default=1, help="of each server")
    options.add_argument("--clients", type=int, default=16)
    options.add_argument("--runs", type=int)
    options.add_argument("--seconds", type=float, help="of each work and server")
    options.add_argument("--live-runs", type=int, default=200)
    options.add_argument("--live-seconds", type=float)
    options.add_argument("--only", choices=("work", "growth", "live"))
    options.add_argument("--works", nargs="+", choices=tuple(WORKS), default=tuple(WORKS), help="beside MLflow")
    chosen = options.parse_args()
    chosen.databases = chosen.databases or (["sqlite"] if chosen.fast else ["sqlite", "postgresql"])
    chosen.runs = chosen.runs or (2_000 if chosen.fast else 10_000)
    chosen.seconds = chosen.seconds or (3.0 if chosen.fast else 8.0)
    chosen.live_seconds = chosen.live_seconds or (15.0 if chosen.fast else 120.0)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers are stopped then, too
    for kind in chosen.databases:
        with tempfile.TemporaryDirectory() as name:
            bench(kind, Path(name), chosen)


if __name__ == "__main__":
    main()
