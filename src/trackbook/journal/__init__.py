r"""The write-ahead record of one process: what a log call returned from is on disk before it returns.

A log call appends here and never waits for a database, a network or another process.  The recorder
(`trackbook.tracking.recorder`) drains the record to a store in batches; whoever opens the store next drains the record
of a process that died.  This room knows files, not databases: it does not decide what a run is, where it is kept, or
when to drain.

    writer.Journal        what a process logs to: `append`, `define`, `point`, `stage`
    reader.Reader         batches of events and columns of points out of a journal, live or dead, from a cursor
    recovery.recover      drain what dead processes left behind

# The format, version 1

Files are readable for ever: readers accept every version up to their own and refuse a newer one.  Fields are only ever
added.  Times are ms since the Unix epoch, UTC.

    <home>/journal/<journal id>/         mode 0700; the id is 32 hexadecimal digits
        owner.json                       whose journal this is
        lock                             held by flock(LOCK_EX) for the life of the process
        recovery.lock                    held by flock(LOCK_EX) while somebody recovers this journal
        events-000001.jsonl              event lines, in the order in which they were written
        points-000001.slots              metric points
        files/                           staged artifacts, named by the `staged` field of `artifact_staged`
        damaged.txt                      something was lost in recovery; the journal is kept, and left alone from now on

Names that begin with a dot are journals being made (`.new-`) or being deleted (`.gone-`), and are no journals.
Segments count from 1; those that the store has taken in are unlinked from the low end while the process lives, and
`points-NNNNNN.slots.prepared` is a segment that is not in use yet, `.saved` one on its way to the disk that refused it
before.  What a process kept in memory meanwhile, or in files that were deleted under it, is written to segments at its
own place in the order, so that a reader needs to know nothing of it.

## owner.json

One JSON object: `format` (1), `journal_id`, `pid`, `process_start` (field 22 of /proc/PID/stat, text, "" if unknown),
`boot_id`, `pid_namespace`, `host`, `created`, `destination` (the URI of the store it is meant for), `version`
(trackbook's).  A process is dead when its lock is free, or when the lock is held although, on this host, boot and pid
namespace, no process of that pid and start time exists (a forked child keeps the lock that it inherited).

## events-NNNNNN.jsonl

Each line is `<crc32 of the JSON, 8 lower-case hexadecimal digits> <compact ASCII JSON>\n`, written by one write(2) to a
descriptor opened with O_APPEND.  The object is an event of `core.events` plus `seq`, which counts the lines of this
journal from 1.  A line without its newline at the end of a segment is torn: its call never returned, or it was written
again into the next segment.  A segment that is not the beginning of everything (a later one, or the first of a forked
child) begins with `{"kind": "carried", "runs": [...], "started": [...]}` and the `series_defined` lines of all series
still in use, so that it needs no earlier line.  `runs` are the ids of runs started or resumed here and not ended;
`started` holds the `run_started` events of open runs, a forked child's those of its parent, which are not its to end.

## points-NNNNNN.slots

A header of 4096 bytes, little-endian `8sIIIIQQq32sc` and zeros:

    magic "TBSLOTS\0", format (1), slot size (32), header size (4096), marker (not 0),
    first slot (count of slots in all segments before), capacity (slots), created, journal id, byte order (b"<" or b">")

at offset 4092 the crc32 of the first 4092 bytes, little-endian.  Then `capacity` slots of 32 bytes in that byte order:

    value float64, step int64, time int64, series uint32, marker uint32

A slot counts when its marker is the header's.  The marker is written last, so a slot is there wholly or not at all; a
slot that was taken but never filled stays without it.  `series` is named by a `series_defined` line that was written
before the first such slot.
"""
