"""Chunks of files, each read by one process at a time, and what outlives a process that dies of one."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from vinchar.scale.sources import File
from vinchar.scale.storage import Folder

# A chunk takes some seconds to read: so much is lost when a process dies, and so rarely is anything else to be done.
LEAST, MOST = 16, 256  # files
MOST_BYTES = 256 * 2**20  # 64 photos of 12 megapixels
DEATHS = 2  # of processes, after which the file that they read is not tried again
_RUN = "_run"  # a folder of notes on what is being done; who reads tables passes over such a name
_OWNER = f"{_RUN}/owner"


def chunks_of(files: Iterable[File]) -> Iterator[list[File]]:
    """Yield files in chunks, small ones first, so that a short list is shared out, too."""
    before = size = 0
    chunk: list[File] = []
    for file in files:
        chunk.append(file)
        size += file.size or 0
        if len(chunk) >= min(max(before // 8, LEAST), MOST) or size >= MOST_BYTES:
            yield chunk
            before, size, chunk = before + len(chunk), 0, []
    if chunk:
        yield chunk


class TakenOver(Exception):
    """Another run writes into the folder now, or this one has ended."""


@contextmanager
def taking_over(folder: Folder) -> Iterator[str]:
    """Begin a run in a folder; yield its name, and remove all its notes in the end.

    No other run begins to write there from now on, though a killed one may live on for a while.
    """
    folder.remove(_RUN)
    run = secrets.token_hex(4)
    folder.write(_OWNER, run.encode())
    try:
        yield run
    finally:
        if folder.read(_OWNER) == run.encode():
            folder.remove(_RUN)


def expect_owner(folder: Folder, run: str) -> None:
    """Raise ``TakenOver`` if another run has begun in a folder, or if the notes of this one are not to be seen."""
    owner = folder.read(_OWNER)
    if owner is None:
        raise TakenOver(f"{folder.path} is not as the run left it: do all machines see the same folder?")
    if owner != run.encode():
        raise TakenOver(f"another run has begun in {folder.path}")


@dataclass(slots=True)
class Begun:
    """A note on a chunk that is being read, which outlives whoever reads it.

    ``again``: somebody died reading the chunk; from then on it says which file is being read. ``deaths``: by number of
    the file, how many died reading it.
    """

    folder: Folder
    name: str
    again: bool = False
    deaths: Counter[int] = field(default_factory=Counter)

    def before(self, number: int) -> None:
        """Note that a file is read now, as if it had died of it."""
        self.deaths[number] += 1
        self._write()

    def after(self, number: int) -> None:
        """Note that it was read."""
        self.deaths[number] -= 1

    def end(self) -> None:
        """Remove the note: the chunk is read."""
        self.folder.remove(self.name)

    def _write(self) -> None:
        self.folder.write(self.name, json.dumps(list(self.deaths.items())).encode())


def begin(folder: Folder, run: str, chunk: int) -> Begun:
    """Note that a chunk is read now; return the note, which says what is known if somebody began it before."""
    name = f"{_RUN}/{run}-{chunk:06d}"
    before = folder.read(name)
    if before is None:
        note = Begun(folder, name)
        note._write()
        return note
    return Begun(folder, name, True, Counter(dict(json.loads(before))))
