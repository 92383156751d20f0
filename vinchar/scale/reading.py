"""One of the processes that read: chunk after chunk, each into a file of its own."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import pyarrow as pa

from vinchar.explain import failed
from vinchar.pixels import Image, ImageError
from vinchar.reader import AskedKind, Reader
from vinchar.scale.ahead import Named, fetch, load_ahead, pictures_in
from vinchar.scale.chunks import DEATHS, Begun, begin, expect_owner
from vinchar.scale.parts import part_name
from vinchar.scale.sources import File
from vinchar.scale.storage import Folder
from vinchar.scale.table import DIED, UNEXPECTED, UNREADABLE, Row, to_parquet

ASKED = pa.schema([("chunk", pa.int64()), ("path", pa.binary()), ("size", pa.int64()), ("modified", pa.int64())])


def asked(number: int, files: Sequence[File]) -> pa.Table:
    """Return a chunk as what is asked of a ``ChunkReader``: a table of the columns ``ASKED``."""
    paths, sizes, times = zip(*files, strict=True)
    names = [os.fsencode(path) for path in paths]  # a name need not be text
    return pa.table([pa.array([number] * len(files)), names, sizes, times], schema=ASKED)


class ChunkReader:
    """Reads chunks, each into a part of ``folder``; answers how many files and pictures of which status there were.

    ``make`` makes its reader; ``kind``: what the pictures show; ``run``: as of ``chunks.taking_over``.
    """

    def __init__(self, make: Callable[[], Reader], kind: AskedKind, folder: Folder, run: str) -> None:
        cv2.setNumThreads(1)  # the others have the other cores
        self._reader = make()
        self._kind, self._folder, self._run = kind, folder, run

    def __call__(self, chunk: pa.Table) -> pa.Table:
        """Read a chunk, a table of the columns ``ASKED``; return columns ``what``, text, and ``count``."""
        number = chunk["chunk"][0].as_py()
        columns = (chunk[name].to_pylist() for name in ("path", "size", "modified"))
        files = [File(os.fsdecode(path), size, modified) for path, size, modified in zip(*columns, strict=True)]
        note = begin(self._folder, self._run, number)
        rows = self._rows_carefully(files, note) if note.again else self._rows(files)
        expect_owner(self._folder, self._run)
        self._folder.write(part_name(self._run, number), to_parquet(rows))
        note.end()
        counts = Counter(row.reading.status if row.fault is None else row.fault for row in rows)
        counts[FILES] = len(files)
        return pa.table({"what": list(counts), "count": list(counts.values())})

    def _rows(self, files: Sequence[File]) -> list[Row]:
        read = {number: self._read(files[number], pictures) for number, pictures in load_ahead(files)}
        return [row for number in range(len(files)) for row in read[number]]

    def _rows_carefully(self, files: Sequence[File], note: Begun) -> list[Row]:
        """Read a chunk of which somebody died: one file after another, and not those that processes died of."""
        rows: list[Row] = []
        for number, file in enumerate(files):
            if note.deaths[number] >= DEATHS:
                said = f"the process reading it died, {DEATHS} times"
                rows.append(Row(file, failed(file.path, said, self._kind), DIED))
                continue
            note.before(number)
            rows += self._read(file, pictures_in(file, fetch(file)))
            note.after(number)
        return rows

    def _read(self, file: File, pictures: Iterable[Named]) -> list[Row]:
        return [self._row(file, name, picture) for name, picture in pictures]

    def _row(self, file: File, name: str, picture: Image | bytes | Path | Exception) -> Row:
        try:
            if isinstance(picture, Exception):
                raise picture
            reading = replace(self._reader.read(picture, self._kind), image=name)
            return Row(file, reading, UNREADABLE if reading.status == "error" else None)
        except ImageError as error:
            return Row(file, failed(name, str(error), self._kind), error.code)
        except Exception as error:  # a mistake of ours or of a library
            said = f"reading it failed: please report this: {type(error).__name__}: {error}"
            return Row(file, failed(name, said, self._kind), UNEXPECTED)


FILES = "files"  # among what is counted
