"""The pictures that people name for a run over very many: folders, patterns and lists, here or in stores of objects.

They are listed one after another: what is held of a folder on this machine does not grow with it.
"""

from __future__ import annotations

import csv
import io
import os
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any, NamedTuple

from vinchar.files import delimiter_of
from vinchar.filetypes import SUFFIXES
from vinchar.finding import fitting, parted
from vinchar.pages import file_of
from vinchar.scale.storage import StorageError, here, is_remote, modified_of, reaching, system
from vinchar.urls import is_url

LISTS = (".csv", ".tsv", ".parquet", ".txt")  # files with these endings are lists of pictures
COLUMNS = ("file", "image", "path", "url")  # the first of these that a table has holds them
_PICTURES = tuple(SUFFIXES)


class File(NamedTuple):
    """A file of a picture, or of several: its absolute path or address, bytes, microseconds since 1970 of its change.

    The last two are None where that is not known: the pictures of a list that lie in a store of objects, for one.
    """

    path: str
    size: int | None = None
    modified: int | None = None


@dataclass(slots=True)
class Passed:
    """How many files of the folders are not named like pictures."""

    count: int = 0


def list_files(sources: Iterable[str], passed: Passed, allow_urls: bool = False) -> Iterator[File]:
    """Yield the files of pictures that ``sources`` name.

    A source is a folder (all below it that is named like a picture; hidden ones and links to folders are left out), a
    picture, a pattern (``photos/**/*.jpg``), or a list: a text of one path a line, or CSV or Parquet with a column of
    ``COLUMNS``. Paths in a list count from its folder. Each may lie on this machine or wherever fsspec reaches
    (``s3://bucket/photos``). With ``allow_urls`` pictures may be addresses on the web. Raises ``StorageError`` for what
    is not there.
    """
    for source in map(here, sources):
        if is_url(source):
            yield _on_the_web(source, allow_urls)
        elif is_remote(source):
            with reaching(source):
                yield from _remote(source, passed, allow_urls)
        else:
            yield from _local(source, passed, allow_urls)


def _local(source: str, passed: Passed, allow_urls: bool) -> Iterator[File]:
    for path in [os.fspath(one) for one in fitting(source)]:
        if os.path.isdir(path):
            yield from _below(os.path.abspath(path), passed)
        elif not os.path.lexists(file_of(path)[0]):
            raise StorageError(f"{path}: there is no such file or folder")
        elif path.lower().endswith(LISTS):
            with open(path, "rb") as file:
                yield from _listed(file, os.path.abspath(path), allow_urls)
        else:
            yield _file(os.path.abspath(path))


def _below(folder: str, passed: Passed) -> Iterator[File]:
    """Yield the pictures in a folder on this machine. One that cannot be opened is one, too: reading it says why."""
    waiting = [folder]
    while waiting:
        parent = waiting.pop()
        try:
            with os.scandir(parent) as found:
                for one in found:
                    if one.name.startswith("."):
                        continue
                    if one.name.lower().endswith(_PICTURES):
                        yield _file(one.path)
                    elif one.is_dir(follow_symlinks=False):
                        waiting.append(one.path)
                    else:
                        passed.count += 1
        except OSError:
            yield File(parent)


def _file(path: str) -> File:
    try:
        status = os.stat(file_of(path)[0])
    except (OSError, ValueError):  # reading it says why
        return File(path)
    return File(path, status.st_size, status.st_mtime_ns // 1000)


def _remote(source: str, passed: Passed, allow_urls: bool) -> Iterator[File]:
    files = system(source)
    infos = [files.info(source)] if not set("*?") & set(source) else _fitting(files, source)
    for info in infos:
        path = files.unstrip_protocol(info["name"])
        if info["type"] == "directory":
            yield from _below_remote(files, path, passed)
        elif path.lower().endswith(LISTS):
            with files.open(path, "rb") as file:
                yield from _listed(file, path, allow_urls)
        else:
            yield _stored(path, info)


def _fitting(files: Any, pattern: str) -> list[dict[str, Any]]:
    """Return what a store says of all that fits a pattern; as in a shell, what is hidden does not."""
    infos = files.glob(pattern.replace("[", "[[]"), detail=True).values()
    found = [info for info in infos if not posixpath.basename(info["name"].rstrip("/")).startswith(".")]
    if not found:
        raise FileNotFoundError
    return found


def _below_remote(files: Any, folder: str, passed: Passed) -> Iterator[File]:
    waiting = [folder]
    while waiting:
        parent = waiting.pop()
        for info in files.ls(parent, detail=True):
            path = files.unstrip_protocol(info["name"])
            name = posixpath.basename(path.rstrip("/"))
            if name.startswith(".") or path.rstrip("/") == parent.rstrip("/"):  # an object may stand for the folder
                continue
            if info["type"] == "directory":
                waiting.append(path)
            elif name.lower().endswith(_PICTURES):
                yield _stored(path, info)
            else:
                passed.count += 1


def _stored(path: str, info: dict[str, Any]) -> File:
    return File(path, info.get("size"), modified_of(info))


def _on_the_web(address: str, allow_urls: bool) -> File:
    if not allow_urls:
        raise StorageError(f"{address}: what lies on the web is read with --allow-urls")
    return File(address)


def _listed(file: IO[bytes], path: str, allow_urls: bool) -> Iterator[File]:
    """Yield the files of a list."""
    rows = parted(file.read()) if path.lower().endswith(".txt") else _column(file, path)
    folder = posixpath.dirname(path) if is_remote(path) else os.path.dirname(path)
    for name in map(here, rows):
        if is_url(name):
            yield _on_the_web(name, allow_urls)
        elif is_remote(name):
            yield File(_plain(name))
        elif is_remote(folder):
            yield File(_plain(posixpath.join(folder, name)))
        else:
            yield _file(os.path.normpath(os.path.join(folder, name)))


def _plain(address: str) -> str:
    """Return an address without ``..`` in it."""
    scheme, parted, path = address.partition("://")
    return scheme + parted + posixpath.normpath(path)


def _column(file: IO[bytes], path: str) -> Iterator[str]:
    """Yield what the column of pictures of a table holds. Raises ``StorageError`` if it has none."""
    try:
        yield from _of_parquet(file, path) if path.lower().endswith(".parquet") else _of_csv(file, path)
    except StorageError:
        raise
    except (ValueError, OSError, csv.Error) as error:
        raise StorageError(f"{path}: it cannot be read as a table ({error})") from None


def _of_parquet(file: IO[bytes], path: str) -> Iterator[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.ParquetFile(file)
    names = table.schema_arrow.names
    column = names[_place(names, path)]
    kind = table.schema_arrow.field(column).type
    for batch in table.iter_batches(columns=[column]):
        for name in batch.column(0).to_pylist():
            if not isinstance(name, str | bytes | None):
                raise StorageError(f"{path}: got {kind} in the column {column}, expected {pa.string()}")
            if name:
                yield os.fsdecode(name)


def _of_csv(file: IO[bytes], path: str) -> Iterator[str]:
    with io.TextIOWrapper(file, "utf-8-sig", newline="") as text:
        header = text.readline()
        place = _place(next(csv.reader([header], delimiter=delimiter_of(header)), []), path)
        for row in csv.reader(text, delimiter=delimiter_of(header)):
            if len(row) > place and row[place]:
                yield row[place]


def _place(columns: list[str], path: str) -> int:
    """Return the number of the column that holds pictures."""
    names = [name.strip().lower() for name in columns]
    found = next((name for name in COLUMNS if name in names), None)
    if found is None:
        raise StorageError(f"{path}: got the columns {', '.join(columns)}, expected one of {', '.join(COLUMNS)}")
    return names.index(found)
