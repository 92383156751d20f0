"""The verb batch: what is written in very many pictures, as Parquet files."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import chain, islice
from typing import TYPE_CHECKING

from vinchar.command.readers import made, reader_maker
from vinchar.command.talk import Stop, progress, tell

if TYPE_CHECKING:
    from vinchar.reader import Reader
    from vinchar.scale.run import Listed
    from vinchar.scale.sources import File, Passed
    from vinchar.scale.storage import Folder

_LAST_WRITE = 2.0  # seconds, in which a killed run ends what it is writing
_STATUSES = {"ok": "ok", "uncertain": "uncertain", "not_found": "not found"}


def batch(args: argparse.Namespace, make: Callable[[], Reader] | None = None) -> int:
    """Read the pictures that ``args`` names into Parquet files; return the exit status.

    ``make``: makes the readers instead of the model that ``args`` names.
    """
    from vinchar.scale.run import RunError, connected
    from vinchar.scale.sources import Passed, list_files
    from vinchar.scale.storage import StorageError, folder_at

    if make is None:
        args.model = args.model and args.model.absolute()  # other processes have other current folders
        make = reader_maker(args)
        made(make)
    passed = Passed()
    try:
        folder = folder_at(args.out)
        if not args.resume and folder.names():
            raise Stop(f"{args.out}: it is not empty; name another folder, or add --resume to go on with what is in it")
        files = list_files(args.sources, passed, args.allow_urls)
        first = list(islice(files, 1))  # before Ray starts, which takes some seconds
        if not first:
            tell(f"no pictures in {', '.join(args.sources)}")
            return 1
        with connected(args.address, args.workers) as workers:
            counts = _read_all(args, folder, chain(first, files), passed, make, workers)
    except (StorageError, RunError) as error:
        raise Stop(str(error)) from error
    tell(_summary(counts))
    return 0 if counts.total() == counts["ok"] + counts["uncertain"] else 1


def _read_all(
    args: argparse.Namespace,
    folder: Folder,
    files: Iterable[File],
    passed: Passed,
    make: Callable[[], Reader],
    workers: int,
) -> Counter[str]:
    """Read files; return how many pictures there are in the folder, by status or fault."""
    from vinchar.scale.chunks import taking_over
    from vinchar.scale.parts import Done, forget, read_done, remove_late
    from vinchar.scale.reading import FILES
    from vinchar.scale.run import Listed, read_chunks

    with taking_over(folder) as run:
        if args.resume:
            time.sleep(_LAST_WRITE)
        done = read_done(folder) if args.resume else Done()
        listed = Listed(files, done.keys)
        _tell_of(listed, passed.count, args.out)
        forget(folder, done, listed.has)
        started, read = time.monotonic(), Counter[str]()
        with progress(listed.count, lines=False) as (advance, _):
            try:
                for part in read_chunks(listed, make, args.kind, folder, run, workers):
                    advance(part.pop(FILES))
                    read += part
            except BaseException:
                tell(f"what was read so far is in {args.out}; --resume goes on with it")
                raise
        remove_late(folder, done, run)
    seconds = time.monotonic() - started
    if read:
        tell(f"{read.total()} pictures in {seconds:.0f} seconds, {read.total() / seconds:.1f} a second")
    return done.counts + read


def _tell_of(listed: Listed, passed: int, out: str) -> None:
    if passed:
        tell(f"other files in the folders, not named like pictures and passed over: {passed}")
    if listed.known:
        tell(f"files that are in {out} already, or were named more than once: {listed.known}")


def _summary(counts: Counter[str]) -> str:
    """Return in a line how many pictures were read how, and those that could not be used by their fault."""
    said = [f"{counts[status]} {word}" for status, word in _STATUSES.items() if counts[status]]
    faults = {name: count for name, count in sorted(counts.items()) if name not in _STATUSES}
    if faults:
        each = ", ".join(f"{count} {name}" for name, count in faults.items())
        said.append(f"{sum(faults.values())} error ({each})")
    return f"{counts.total()} pictures: {', '.join(said)}"
