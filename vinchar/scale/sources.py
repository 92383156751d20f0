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
from vinchar.finding import fitting
from vinchar.scale.storage import StorageError, is_remote, modified_of, system
from vinchar.urls import is_url

LISTS = (".csv", ".tsv", ".parquet", ".txt")  # files with these endings are lists of pictures
COLUMNS = ("image", "path", "url", "file")  # one of these holds them


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
    for source in sources:
        if is_url(source):
            yield from [_on_the_web(source, allow_urls)]
        elif is_remote(source):
            yield from _remote(source, passed, allow_urls)
        else:
            yield from _local(source, passed, allow_urls)


def _local(source: str, passed: Passed, allow_urls: bool) -> Iterator[File]:
    for path in [os.fspath(one) for one in fitting(source)]:
        if os.path.isdir(path):
            yield from _below(os.path.abspath(path), passed)
        elif not os.path.lexists(path):
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


_PICTURES = tuple(SUFFIXES)


def _file(path: str) -> File:
    try:
        status = os.stat(path)
    except OSError:
        return File(path)
    return File(path, status.st_size, status.st_mtime_ns // 1000)


def _remote(source: str, passed: Passed, allow_urls: bool) -> Iterator[File]:
    files = system(source)
    try:
        if set("*?") & set(source):
            found = (info for info in files.glob(source, detail=True).values() if info["type"] == "file")
            yield from (_stored(files, info) for info in found if not posixpath.basename(info["name"]).startswith("."))
            return
        info = files.info(source)
        if info["type"] == "directory":
            for _, _, infos in files.walk(source, detail=True):
                named = [info for name, info in infos.items() if name.lower().endswith(_PICTURES) and name[0] != "."]
                passed.count += len(infos) - len(named)
                yield from (_stored(files, info) for info in named)
        elif source.lower().endswith(LISTS):
            with files.open(source, "rb") as file:
                yield from _listed(file, source, allow_urls)
        else:
            yield _stored(files, info)
    except StorageError:
        raise
    except FileNotFoundError:
        raise StorageError(f"{source}: there is no such file or folder") from None
    except Exception as error:  # file systems raise what their libraries do
        raise StorageError(f"{source}: it cannot be listed ({type(error).__name__}: {error})") from error


def _stored(files: Any, info: dict[str, Any]) -> File:
    return File(files.unstrip_protocol(info["name"]), info.get("size"), modified_of(info))


def _on_the_web(address: str, allow_urls: bool) -> File:
    if not allow_urls:
        raise StorageError(f"{address}: what lies on the web is read with --allow-urls")
    return File(address)


def _listed(file: IO[bytes], path: str, allow_urls: bool) -> Iterator[File]:
    """Yield the files of a list."""
    rows = _column(file, path) if not path.lower().endswith(".txt") else _lines(file)
    folder = posixpath.dirname(path) if is_remote(path) else os.path.dirname(path)
    for name in rows:
        if is_url(name):
            yield _on_the_web(name, allow_urls)
        elif is_remote(name):
            yield File(name)
        elif is_remote(folder):
            yield File(posixpath.join(folder, name))
        else:
            yield _file(os.path.normpath(os.path.join(folder, name)))


def _lines(file: IO[bytes]) -> Iterator[str]:
    for number, line in enumerate(file):
        name = os.fsdecode(line.removeprefix(b"\xef\xbb\xbf") if number == 0 else line).rstrip("\r\n")
        if name:
            yield name


def _column(file: IO[bytes], path: str) -> Iterator[str]:
    """Yield what the column of pictures of a table holds. Raises ``StorageError`` if it has none."""
    if path.lower().endswith(".parquet"):
        import pyarrow.parquet as pq

        try:
            table = pq.ParquetFile(file)
        except ValueError as error:
            raise StorageError(f"{path}: it is not a Parquet file ({error})") from None
        column = _named(table.schema_arrow.names, path)
        for batch in table.iter_batches(columns=[column]):
            yield from (str(name) for name in batch.column(0).to_pylist() if name)
        return
    try:
        with io.TextIOWrapper(file, "utf-8-sig", newline="") as text:
            header = text.readline()
            columns = next(csv.reader([header], delimiter=delimiter_of(header)), [])
            place = columns.index(_named(columns, path))
            for row in csv.reader(text, delimiter=delimiter_of(header)):
                if len(row) > place and row[place]:
                    yield row[place]
    except (UnicodeDecodeError, csv.Error) as error:
        raise StorageError(f"{path}: it is not a table of comma-separated values ({error})") from None


def _named(columns: list[str], path: str) -> str:
    found = next((name for name in COLUMNS if name in columns), None)
    if found is None:
        raise StorageError(f"{path}: got the columns {', '.join(columns)}, expected one of {', '.join(COLUMNS)}")
    return found
