"""What a run leaves in its folder: Parquet files of readings, each whole; what is in them need not be read again."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vinchar.reading import writable
from vinchar.scale.sources import File
from vinchar.scale.storage import Folder, StorageError
from vinchar.scale.table import PASSING, SCHEMA, encoded

_PART, _PARQUET = "part-", ".parquet"


def key_of(file: File) -> int:
    """Return what tells files, and states of one file, apart: a number of 64 bits, for there are millions of them."""
    return hash((writable(file.path), file.size, file.modified))


def part_name(run: str, chunk: int) -> str:
    """Return the name of the file of a chunk: it is always the same, so whoever reads a chunk again replaces it."""
    return f"{_PART}{run}-{chunk:06d}{_PARQUET}"


def parts_of(folder: Folder) -> list[str]:
    """Return the names of the files of readings in a folder."""
    return [name for name in folder.names() if name.startswith(_PART) and name.endswith(_PARQUET)]


@dataclass(frozen=True, slots=True)
class Done:
    """What an earlier run has left: the ``keys`` of files that need not be read again; ``counts`` of pictures by status

    or fault; by part, the files whose fault may have passed.
    """

    keys: set[int] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    again: dict[str, set[str]] = field(default_factory=dict)


def read_done(folder: Folder) -> Done:
    """Return what earlier runs have left in a folder. Raises ``StorageError`` for a part that is none."""
    done = Done()
    for name in parts_of(folder):
        table = _table(folder, name, ["file", "size", "modified", "status", "fault"])
        done.counts.update(pc.coalesce(table["fault"], table["status"]).to_pylist())
        done.again[name] = set(table.filter(pc.is_in(table["fault"], pa.array(PASSING)))["file"].to_pylist())
        columns = (table["file"], table["size"], table["modified"].cast(pa.int64()))
        rows = zip(*(column.to_pylist() for column in columns), strict=True)
        done.keys.update(key_of(File(*row)) for row in rows if row[0] not in done.again[name])
    return done


def forget(folder: Folder, done: Done, is_read_again: Callable[[str], bool]) -> None:
    """Remove from the parts all rows of the files that are read again."""
    for name, failed in done.again.items():
        files = sorted(file for file in failed if is_read_again(file))
        if files:
            table = _table(folder, name)
            goes = pc.is_in(table["file"], pa.array(files))
            done.counts.subtract(pc.coalesce(table["fault"], table["status"]).filter(goes).to_pylist())
            folder.write(name, encoded(table.filter(pc.invert(goes))))


def remove_late(folder: Folder, done: Done, run: str) -> None:
    """Remove parts that a killed run still wrote after ``done`` was read: ``run`` has read the same pictures."""
    for name in parts_of(folder):
        if name not in done.again and not name.startswith(f"{_PART}{run}-"):
            folder.remove(name)


def _table(folder: Folder, name: str, columns: list[str] | None = None) -> pa.Table:
    content = io.BytesIO(folder.read(name) or b"")
    try:
        if pq.read_schema(content).names != SCHEMA.names:
            raise ValueError("it has other columns")
        return pq.read_table(content, columns=columns)
    except (ValueError, OSError) as error:
        raise StorageError(f"{folder.at(name)}: it does not hold readings of this version ({error})") from None
