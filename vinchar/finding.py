"""The pictures that people name: files, folders, patterns, pages, lists of them, addresses on the web."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, TypeAlias

from vinchar.filetypes import SUFFIXES
from vinchar.pages import pages_of
from vinchar.urls import Url, is_url

Picture: TypeAlias = Path | Url  # where one lies
LIST = "-"  # in place of a path: paths come from a list
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}  # which Windows puts before a text


@dataclass(frozen=True)
class Pictures:
    """``pictures``: each once, in the order given; ``repeated``: how many were named again and left out.

    ``passed_over``: files in the folders that are not named like pictures.
    """

    pictures: tuple[Picture, ...]
    repeated: int
    passed_over: int = 0

    @property
    def paths(self) -> tuple[Path, ...]:
        """The pictures that are files or pages of files: all of them, unless addresses on the web were allowed."""
        return tuple(one for one in self.pictures if isinstance(one, Path))


def find_pictures(
    paths: str | os.PathLike[str] | Url | Iterable[str | os.PathLike[str] | Url],
    *,
    listed: IO[bytes] | None = None,
    allow_urls: bool = False,
) -> Pictures:
    """Return the pictures among files and in folders, each once, in the order given, every folder's sorted by path.

    A file that is named is taken whatever it is called, and one that does not exist, too: ``load`` says so. In folders,
    at any depth, everything named like a picture is taken (``SUFFIXES``), a broken link and a folder too, so that
    nothing goes missing silently, and so is a folder that cannot be opened. Hidden entries are left out and links to
    folders are not followed. One place in one folder is one picture, however its path is spelled. A PDF or TIFF of
    several pages gives each of them, as ``scan.pdf#2``.

    What is no file but has ``*`` or ``?`` in it is a pattern, ``**`` for folders at any depth, as shells that do not
    look for files themselves pass it on. ``-`` stands for the paths in the file ``listed``, if there is one: one a
    line, or each ended by a NUL. With ``allow_urls`` what begins with ``http://`` or ``https://`` is on the web.
    """
    named: list[Picture] = []
    others = 0
    for one in _listed_too([paths] if isinstance(paths, str | os.PathLike | Url) else paths, listed):
        if isinstance(one, Url) or (allow_urls and is_url(os.fspath(one))):
            named.append(Url(str(one)))
            continue
        for path in fitting(one):
            pictures, rest = _pictures_below(path) if os.path.isdir(path) else ([Path(path)], 0)
            named += pictures
            others += rest
    files = _once(named)
    pages = _with_pages(files)
    once = _once(pages)
    return Pictures(tuple(once), len(named) - len(files) + len(pages) - len(once), others)


def _once(pictures: Iterable[Picture]) -> list[Picture]:
    """Return each picture once: one place in one folder, however its path is spelled, or one address."""
    real = cache(os.path.realpath)
    found: dict[tuple[str, str], Path | Url] = {}
    for one in pictures:
        found.setdefault(("", one.address) if isinstance(one, Url) else (real(one.parent), one.name), one)
    return list(found.values())


def _with_pages(pictures: Sequence[Picture]) -> list[Picture]:
    """Return the pages of files that have several in place of these."""
    pages = iter(pages_of([one for one in pictures if isinstance(one, Path)]))
    return [page for one in pictures for page in ([one] if isinstance(one, Url) else next(pages))]


def _listed_too(
    paths: Iterable[str | os.PathLike[str] | Url], listed: IO[bytes] | None
) -> Iterator[str | os.PathLike[str] | Url]:
    for path in paths:
        if listed is not None and not isinstance(path, Url) and os.fspath(path) == LIST:
            yield from parted(listed.read())
        else:
            yield path


def parted(text: bytes) -> list[str]:
    """Return the paths in a list, one a line or each ended by a NUL."""
    coding = next((name for mark, name in _BOMS.items() if text.startswith(mark)), None)
    if coding is None:
        names = [os.fsdecode(name) for name in text.split(b"\0" if b"\0" in text else b"\n")]
    else:
        names = text.decode(coding, "replace").split("\n")
    return [name for name in (name.removesuffix("\r") for name in names) if name]


def fitting(path: str | os.PathLike[str]) -> list[str | os.PathLike[str]]:
    """Return what fits a pattern, sorted; a path that is none, or that nothing fits, itself."""
    text = os.fspath(path)
    if not set("*?") & set(text) or os.path.lexists(text):
        return [path]
    for pattern in (text, text.replace("\\", "/")):  # a line typed for Windows
        names = glob.glob(pattern.replace("[", "[[]"), recursive=True)
        if names:
            return [*sorted(names)]
    return [path]


def _pictures_below(folder: str | os.PathLike[str]) -> tuple[list[Path], int]:
    """Return the pictures in a folder, sorted, and how many other files there are."""
    found: set[Path] = set()
    others = 0
    for parent, folders, files in os.walk(folder, onerror=lambda error: found.add(Path(error.filename))):
        folders[:] = [name for name in folders if not name.startswith(".")]
        named = {name for name in folders + files if os.path.splitext(name)[1].lower() in SUFFIXES}
        found.update(Path(parent, name) for name in named if not name.startswith("."))
        others += sum(name not in named and not name.startswith(".") for name in files)
    return sorted(found), others
