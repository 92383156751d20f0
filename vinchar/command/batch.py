"""The verb batch: what is written in very many pictures, as Parquet files."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable
from itertools import chain, islice
from typing import TYPE_CHECKING

from vinchar.command.readers import made, reader_maker
from vinchar.command.talk import Stop, progress, tell

if TYPE_CHECKING:
    from vinchar.reader import Reader
    from vinchar.scale.run import Listed

_LAST_WRITE = 2.0  # seconds, in which a killed run ends what it is writing
_STATUSES = {"ok": "ok", "uncertain": "uncertain", "not_found": "not found"}


def batch(args: argparse.Namespace, make: Callable[[], Reader] | None = None) -> int:
    """Read the pictures that ``args`` names into Parquet files; return the exit status.

    ``make``: makes the readers instead of the model that ``args`` names.
    """
    from vinchar.scale.chunks import take_over
    from vinchar.scale.parts import read_done
    from vinchar.scale.reading import FILES
    from vinchar.scale.run import Listed, RunError, connected, read_chunks
    from vinchar.scale.sources import Passed, list_files
    from vinchar.scale.storage import StorageError, folder_at

    if make is None:
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
        run = take_over(folder)
        done, counts = set[int](), Counter[str]()
        if args.resume:
            time.sleep(_LAST_WRITE)
            done, counts = read_done(folder)
        with connected(args.address, args.workers) as workers:
            listed = Listed(chain(first, files), done)
            _tell_of(listed, passed.count, args.out)
            started, read = time.monotonic(), 0
            with progress(listed.count, lines=False) as (advance, _):
                for part in read_chunks(listed, make, args.kind, folder, run, workers):
                    advance(part.pop(FILES))
                    read += part.total()
                    counts += part
            seconds = time.monotonic() - started
    except StorageError as error:
        raise Stop(str(error)) from error
    except RunError as error:
        raise Stop(f"{error}; what was read so far is in {args.out}; --resume goes on with it") from error
    except KeyboardInterrupt:
        tell(f"what was read so far is in {args.out}; --resume goes on with it")
        raise
    tell(_summary(counts))
    if read:
        tell(f"{read / seconds:.1f} pictures a second, {seconds:.0f} seconds")
    return 0 if counts.total() == counts["ok"] + counts["uncertain"] else 1


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
