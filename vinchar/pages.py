"""Pages of files that have several: how they are named, ``scan.pdf#2``, and how many there are."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path

from vinchar.decoding import count_tiff_pages
from vinchar.filetypes import HEAD, PDF, SUFFIXES, TIFF, FileType, type_of
from vinchar.pdf import count_pages
from vinchar.pixels import MAX_PAGES

_PAGE = re.compile(r"(.+)#([1-9][0-9]{0,5})", re.DOTALL)
_OF_ONE_PICTURE = SUFFIXES - {*PDF.suffixes, *TIFF.suffixes}  # files named so are not opened to look for pages


def file_of(path: str | os.PathLike[str]) -> tuple[str, int | None]:
    """Return the file that a path leads to, and the page that it names. A file of that very name comes first."""
    text = os.fspath(path)
    named = _PAGE.fullmatch(text)
    if named is None or os.path.lexists(text):
        return text, None
    return named[1], int(named[2])


def pages_of(paths: Sequence[Path]) -> list[list[Path]]:
    """Return the pages of each of some files, named; of one that has not several, its path alone.

    So it is with what has too many pages or cannot be opened, too: ``imaging.load`` says why.
    """
    types = [_paged_type(path) for path in paths]
    documents = [path for path, kind in zip(paths, types, strict=True) if kind is PDF]
    counts = dict(zip(documents, count_pages(documents), strict=True))
    counts |= {path: _tiff_pages(path) for path, kind in zip(paths, types, strict=True) if kind is TIFF}
    return [_named(path, counts.get(path, 1)) for path in paths]


def _named(path: Path, count: int) -> list[Path]:
    if not 1 < count <= MAX_PAGES:
        return [path]
    return [path.with_name(f"{path.name}#{page}") for page in range(1, count + 1)]


def _paged_type(path: Path) -> FileType | None:
    """Return ``PDF`` or ``TIFF`` for a file of that type."""
    if path.suffix.lower() in _OF_ONE_PICTURE:
        return None
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe or a device might never end
            return None
        with open(path, "rb") as file:
            return type_of(file.read(HEAD), path.suffix)
    except OSError:
        return None


def _tiff_pages(path: Path) -> int:
    try:
        with open(path, "rb") as file:
            return count_tiff_pages(file)
    except OSError:
        return 1
