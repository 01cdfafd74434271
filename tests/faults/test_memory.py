"""Ten million points, and thousands of runs, in one process: memory and the journal's folder stay small."""

from __future__ import annotations

import pytest
from tests.share import SOAK

POINTS = 10_000_000 if SOAK else 2_000_000
GROWTH_BYTES = 96 << 20
FOLDER_BYTES = 64 << 20


@pytest.mark.soak
def test_memory_stays_flat_while_millions_of_points_are_logged(run):
    """`make soak` logs ten million.  The loop works a little between points, as a training does."""
    out, _ = run(
        """
    import psutil
    me, points = psutil.Process(), int(sys.argv[1])
    run = tb.start_run()
    for step in range(100_000):
        run.log_metric("loss", 0.5, step)
    assert run.flush(60.0)
    folder = current_session().journal.root
    before, most, largest, begun = me.memory_info().rss, 0, 0, time.monotonic()
    for step in range(100_000, points):
        run.log_metric("loss", 0.5, step)
        if step % 10_000 == 0:
            time.sleep(0.005)
            if step % 100_000 == 0:
                most = max(most, me.memory_info().rss)
                size = 0
                for place, _, files in os.walk(folder):
                    for name in files:
                        try:
                            size += os.path.getsize(os.path.join(place, name))
                        except OSError:
                            pass
                largest = max(largest, size)
    logged = time.monotonic() - begun
    assert run.flush(100.0)
    print(most - before, largest, logged, time.monotonic() - begun, current_session().recorder.state.pending_points)
    store = current_session().store
    assert tb.get_run(run.run_id).data.metrics["loss"] == 0.5
    """,
        POINTS,
    )
    growth, folder, logged, drained, pending = map(float, out.split())
    print(
        f"{POINTS:,} points: RSS +{growth / 2**20:.0f} MiB, journal {folder / 2**20:.0f} MiB, "
        f"logged in {logged:.1f} s, stored in {drained:.1f} s"
    )
    assert growth < GROWTH_BYTES
    assert folder < FOLDER_BYTES
    assert pending == 0


def test_a_reader_forgets_the_definitions_of_ended_runs(run):
    run("""
    import trackbook.journal.event_segments as event_segments
    event_segments.LINES_BYTES = 20_000
    for number in range(150):
        with tb.start_run() as run:
            run.log_metrics({f"m{key}": 0.5 for key in range(10)}, step=1)
        if number % 10 == 9:
            assert run.flush(60.0)
    recorder = current_session().recorder
    known = recorder._draining.reader().known
    assert len(known.series) < 500, len(known.series)
    assert len(known.started) < 60, len(known.started)
    assert len(known.ended) < 60
    assert len(current_session().journal._carried._series) < 500
    late = run.run_id
    assert tb.get_run(late).data.metrics["m9"] == 0.5
    """)
