"""Files and folders that are written whole or not at all, and tables that cannot be read."""

from __future__ import annotations

import csv
import io
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PART = ".part."  # in the names of what is being written; what a kill leaves of it may be removed


def write_whole(path: str | Path, content: str | bytes) -> Path:
    """Write ``content`` (text as UTF-8) to ``path``, making its folder, as ``whole_file`` does; return the path."""
    with whole_file(path) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
    return Path(path)


@contextmanager
def whole_file(path: str | Path) -> Iterator[Path]:
    """Yield the name of a new file beside ``path``, which then takes its place; a reader never sees half of it.

    So a killed run or a full disk leaves the old file as it was. The new name ends as the old one does. Raises
    ``OSError``.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _beside(path)
    try:
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def whole_folder(path: Path, replace: bool = False) -> Iterator[Path]:
    """Yield a new folder beside ``path`` that takes its place at the end, or vanishes if what is done in it fails.

    ``replace``: what is there goes once the new folder is whole. Else raises ``ValueError`` if ``path`` is a file or a
    folder that holds anything; ``OSError``.
    """
    if not replace and os.path.lexists(path) and not (path.is_dir() and not any(path.iterdir())):
        raise ValueError(f"{path}: it is there already; name a new or an empty folder")
    path = path.resolve()  # a link to a folder leads to what may be replaced
    path.parent.mkdir(parents=True, exist_ok=True)
    part, old = _beside(path), _beside(path)
    part.mkdir()
    try:
        yield part
        if path.exists():
            path.rename(old)
        part.rename(path)
    except BaseException:
        if old.exists() and not path.exists():
            old.rename(path)
        shutil.rmtree(part, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)


def remove_parts(folder: Path) -> None:
    """Remove what killed runs have left half written in a folder and below."""
    for part in [*folder.rglob(f".*{PART}*")]:
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)


@contextmanager
def table_rows(path: Path, text: str) -> Iterator[csv.DictReader[str]]:
    """Yield the rows of the table ``text``, which is that of the file ``path``, parted as its header is.

    Raises ``ValueError`` with the file's name where that is no table, as with a quote left open.
    """
    try:
        yield csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    except csv.Error as error:
        raise ValueError(f"{path}: not a table of comma-separated values: {error}") from error


def delimiter_of(text: str) -> str:
    """Return what parts the columns of a table's first line: a comma, a semicolon, or a tab."""
    return max(",;\t", key=text.partition("\n")[0].count)


def _beside(path: Path) -> Path:
    return path.with_name(f".{secrets.token_hex(8)}{PART}{path.name[-32:]}")  # not longer than a name may be
