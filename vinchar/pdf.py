"""Pages of PDF documents as pictures.

Another process opens the document (``pdf_process``), in bounded time and memory: pdfium is not safe among threads, and
a document of a kilobyte can draw more than fits into any memory.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from vinchar.extras import how_to_install
from vinchar.pixels import MAX_PAGES, Image, ImageError, check_pages, check_size

MAX_PAGE_PIXELS = 16_000_000  # A4 at 400 dots an inch
_PROCESS = Path(__file__).with_name("pdf_process.py")
_TIMED_OUT = 3

_MISSING = f"reading PDF needs the package pypdfium2: {how_to_install('formats')}"
_PASSWORD = "the document needs a password: save it without one"
_BROKEN = "the document is broken and cannot be shown"
_BOMB = "the document cannot be shown: it is broken, or takes too much memory"
_SLOW = "the document cannot be shown: it takes too long"


def count_pages(paths: Sequence[str | os.PathLike[str]]) -> list[int]:
    """Return how many pages each of some documents has; 1 for what cannot be opened, as ``render`` says why."""
    counts: list[int] = []
    while len(counts) < len(paths) and find_spec("pypdfium2") is not None:
        named = b"".join(os.fsencode(path) + b"\0" for path in paths[len(counts) :])
        counts += [max(int(count), 1) for count in _ask(named, "count").stdout.split()]
        if len(counts) < len(paths):
            counts.append(1)  # the process died of it
    return counts + [1] * (len(paths) - len(counts))


def render(document: bytes, page: int, color: bool, most_pixels: int) -> Image:
    """Return a page of a document, from 1 on: uint8 (H, W), or (H, W, 3) BGR with ``color``.

    It has at most ``most_pixels``, and no more than ``MAX_PAGE_PIXELS``. Raises ``ImageError`` if it cannot be shown.
    """
    if find_spec("pypdfium2") is None:
        raise ImageError(_MISSING, "unsupported-format")
    pixels = min(most_pixels, MAX_PAGE_PIXELS)
    done = _ask(document, "render", page, MAX_PAGES, pixels, most_pixels, "BGR" if color else "grey")
    head, _, content = done.stdout.partition(b"\n")
    if done.returncode or not head:
        raise ImageError(_SLOW if done.returncode == _TIMED_OUT else _BOMB)
    answer = json.loads(head)
    match answer.get("fault"):
        case "password":
            raise ImageError(_PASSWORD, "unsupported-format")
        case "broken":
            raise ImageError(_BROKEN)
        case "page":
            check_pages(page, answer["pages"])
        case "image":
            across, down = answer["size"]
            check_size(across, down, most_pixels)
    width, height = answer["width"], answer["height"]
    check_size(width, height, most_pixels)
    shape = (height, width, 3) if color else (height, width)
    return np.frombuffer(content, np.uint8).reshape(shape).copy()


def _ask(document: bytes, *task: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-P", str(_PROCESS), *map(str, task)]
    return subprocess.run(command, input=document, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
