"""Pictures fetched and decoded while others are read, in bounded memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Condition, Lock
from typing import TypeAlias
from urllib.parse import urlsplit

import numpy as np

from vinchar.decoding import check_bytes, decode
from vinchar.filetypes import HEAD, PDF, SUFFIXES, TIFF, type_of
from vinchar.imaging import load, read_file
from vinchar.pages import file_of, pages_of
from vinchar.pixels import Image, ImageError
from vinchar.scale.sources import File
from vinchar.scale.storage import is_remote, system
from vinchar.urls import Url, is_url
from vinchar.video import as_video, video_type

FETCHED = 4  # files at once: while a store of objects answers, as many are read
_ENDLESS = 10**12  # pixels
MOST_PIXELS = 50_000_000  # that are decoded and wait to be read, beside those of one picture more

# What a file shows, with its name: pixels, a video as it is, or what went wrong with it.
Named: TypeAlias = tuple[str, Image | bytes | Path | Exception]


def load_ahead(files: Iterable[File], most_pixels: int = MOST_PIXELS) -> Iterator[tuple[int, Iterator[Named]]]:
    """Yield the number of each file and its pictures, whichever is ready first, while others are made ready.

    Of a file of several pages only the first is. At most ``most_pixels`` wait, beside those of one picture.
    """
    room = _Room(most_pixels)
    waiting = enumerate(files)
    with ThreadPoolExecutor(FETCHED) as pool:
        busy: dict[Future[tuple[Iterator[Named], int]], int] = {}

        def begin(count: int) -> None:
            busy.update((pool.submit(_made_ready, file, room), number) for number, file in islice(waiting, count))

        begin(2 * FETCHED)
        try:
            while busy:
                for done in wait(busy, return_when=FIRST_COMPLETED).done:
                    number = busy.pop(done)
                    pictures, pixels = done.result()
                    yield number, pictures
                    room.give(pixels)
                    begin(1)
        finally:
            room.give(_ENDLESS)  # whoever still waits for some goes on, and ends
            pool.shutdown(cancel_futures=True)


class _Room:
    """Room for pixels that wait to be read."""

    def __init__(self, pixels: int) -> None:
        self._free = pixels
        self._changed = Condition()
        self._decoding = Lock()

    @contextmanager
    def to_decode(self) -> Iterator[None]:
        """Wait until nobody else decodes and there is room."""
        with self._decoding:
            with self._changed:
                self._changed.wait_for(lambda: self._free > 0)
            yield

    def give(self, pixels: int) -> None:
        """Give room for so many more, or so many less."""
        with self._changed:
            self._free += pixels
            self._changed.notify_all()


def _made_ready(file: File, room: _Room) -> tuple[Iterator[Named], int]:
    """Return the pictures of a file, the first of them decoded, and how many pixels wait with it."""
    data = fetch(file)
    with room.to_decode():
        pictures = pictures_in(file, data)
        name, first = next(pictures)
        pixels = first.size if isinstance(first, np.ndarray) else len(first) if isinstance(first, bytes) else 0
        room.give(-pixels)
    return chain([(name, first)], pictures), pixels


def fetch(file: File) -> bytes | Path | Exception:
    """Return what is in a file, or why it cannot be had; a video on this machine is left where it is."""
    try:
        if is_url(file.path):
            from vinchar.web import fetch as fetch_from_the_web

            return fetch_from_the_web(Url(file.path))
        if not is_remote(file.path):
            path, _ = file_of(file.path)
            return as_video(Path(path)) or read_file(path)
        return _stored(file)
    except Exception as error:
        return error


def _stored(file: File) -> bytes:
    try:
        files = system(file.path)
        check_bytes(files.size(file.path) if file.size is None else file.size)
        return bytes(files.cat_file(file.path))
    except ImageError:
        raise
    except FileNotFoundError:
        raise ImageError("there is no such file", "unreadable-file") from None
    except Exception as error:  # file systems raise what their libraries do
        raise ImageError(f"it cannot be fetched ({type(error).__name__}: {error})", "unreadable-file") from error


def pictures_in(file: File, data: bytes | Path | Exception) -> Iterator[Named]:
    """Return the pictures in a file, at least one: of a PDF or TIFF each page, ``scan.pdf#2``.

    ``data``: as of ``fetch``.
    """
    if not isinstance(data, bytes) or video_type(data):
        return iter([(file.path, data)])
    path, page = _page_of(file.path)
    suffix = os.path.splitext(path)[1].lower()
    suffix = suffix if suffix in SUFFIXES else ""
    if page is None and type_of(data[:HEAD], suffix) in (PDF, TIFF):
        return _pages(file.path, data, suffix)
    return iter([(file.path, _loaded(partial(decode, data, False, page=page, suffix=suffix)))])


def _page_of(path: str) -> tuple[str, int | None]:
    """Return the path of a file, and the page of it that is named."""
    if is_url(path):
        return urlsplit(path).path, Url(path).page
    return (path, None) if is_remote(path) else file_of(path)


def _pages(path: str, data: bytes, suffix: str) -> Iterator[Named]:
    try:
        with TemporaryDirectory() as folder:
            copy = Path(folder, f"pages{suffix}")
            copy.write_bytes(data)
            for page in pages_of([copy])[0]:
                yield path + page.name.removeprefix(copy.name), _loaded(partial(load, page))
    except Exception as error:  # a full disk, or a mistake of ours or of a library
        yield path, error


def _loaded(load: Callable[[], Image]) -> Image | Exception:
    try:
        return load()
    except Exception as error:  # a picture that cannot be used, or a mistake of ours or of a library
        return error
