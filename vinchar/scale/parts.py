"""What a run leaves in its folder: Parquet files of readings, each whole; what is in them need not be read again."""

from __future__ import annotations

import io
from collections import Counter

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


def read_done(folder: Folder) -> tuple[set[int], Counter[str]]:
    """Return the keys of the files whose readings stay, and how many pictures there are of each status or fault.

    Pictures whose fault may have passed are removed from the parts with all of their file, to be read again. Raises
    ``StorageError`` for a part that is none.
    """
    done: set[int] = set()
    counts: Counter[str] = Counter()
    for name in parts_of(folder):
        table = _kept(folder, name)
        counts.update(pc.coalesce(table["fault"], table["status"]).to_pylist())
        columns = (table["file"], table["size"], table["modified"].cast(pa.int64()))
        done.update(key_of(File(*row)) for row in zip(*(column.to_pylist() for column in columns), strict=True))
    return done, counts


def _kept(folder: Folder, name: str) -> pa.Table:
    """Return what is known of the rows of a part that stay, and leave no others in it."""
    content = io.BytesIO(folder.read(name) or b"")
    try:
        if pq.read_schema(content).names != SCHEMA.names:
            raise ValueError("it has other columns")
        table = pq.read_table(content, columns=["file", "size", "modified", "status", "fault"])
        failed = table.filter(pc.is_in(table["fault"], pa.array(PASSING)))["file"]
        if not len(failed):
            return table
        table = pq.read_table(content)
    except (ValueError, OSError) as error:
        raise StorageError(f"{folder.at(name)}: it does not hold readings of this version ({error})") from None
    table = table.filter(pc.invert(pc.is_in(table["file"], failed)))
    folder.write(name, encoded(table))
    return table
