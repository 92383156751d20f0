"""Files that are written whole or not at all, and tables that cannot be read."""

from __future__ import annotations

import csv
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_whole(path: str | Path, content: str | bytes) -> Path:
    """Write ``content`` (text as UTF-8) to ``path``, making its folder; a reader never sees half of it.

    The content goes to a new file beside ``path``, which then takes its place, so a killed run or a full disk leaves
    the old file as it was. Returns the path. Raises ``OSError``.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with part.open("xb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return path


@contextmanager
def table_errors(path: Path) -> Iterator[None]:
    """Raise ``ValueError`` with the file's name where ``csv`` cannot make out a table, as with a quote left open."""
    try:
        yield
    except csv.Error as error:
        raise ValueError(f"{path}: not a table of comma-separated values: {error}") from error
