"""Opens PDF documents in a process of its own, which ``pdf`` starts: a bomb ends that one alone.

``python -P pdf_process.py count``: standard input has paths, each ended by a NUL; answers a line for each, its number
of pages, 0 if it cannot be opened.

``python -P pdf_process.py render PAGE PAGES PIXELS LIMIT grey|BGR``: standard input is a document; answers a line of
JSON, ``{"width", "height"}`` with the page in about ``PIXELS`` pixels at most after it, or ``{"fault"}``: ``password``,
``broken``, ``page`` if there is none such or if there are more than ``PAGES``, with ``pages``, their number, or
``image``, with ``size``, that of one of more than ``LIMIT`` pixels.

A task that takes more than ``SECONDS`` ends the process with the status ``TIMED_OUT``.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pypdfium2
from pypdfium2 import raw

SECONDS = 30.0
MEMORY = 2 * 1024**3  # bytes, beside those of the document
TIMED_OUT = 3
# From 130 dots an inch to 300, print of 7 to 10 points reads as well; barcodes take more than print.
POINTS_TO_PIXELS = 200 / 72
WORTH_IT = 0.05  # of a page: an image that covers more is shown as fine as it is
_HAIR = 1 - 1e-5  # a page is shown so much smaller: a scan that reached into one more row would be resampled, and blur
DEEPEST = 4  # groups in groups in which images are looked for


def main() -> None:
    """Do what the arguments say."""
    task, *arguments = sys.argv[1:]
    if task == "count":
        _limit_memory(MEMORY)
        for path in sys.stdin.buffer.read().split(b"\0")[:-1]:
            with _in_time():
                print(_count(path), flush=True)
        return
    page, pages, pixels, limit = map(int, arguments[:4])
    document = sys.stdin.buffer.read()
    _limit_memory(MEMORY + len(document))
    with _in_time():
        answer, content = _render(document, page, pages, pixels, limit, arguments[4] == "BGR")
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    sys.stdout.buffer.write(content)


def _count(path: bytes) -> int:
    try:
        with open(path, "rb") as file, pypdfium2.PdfDocument(file) as document:
            return len(document)
    except (OSError, pypdfium2.PdfiumError):
        return 0


def _render(document: bytes, number: int, pages: int, most: int, limit: int, color: bool) -> tuple[dict[str, Any], Any]:
    try:
        opened = pypdfium2.PdfDocument(document)
        opened.init_forms()  # what was typed into a form is shown, too
        if not number <= len(opened) <= pages:
            return {"fault": "page", "pages": len(opened)}, b""
        page = opened[number - 1]
        images = [*page.get_objects([raw.FPDF_PAGEOBJ_IMAGE], max_depth=DEEPEST)]
        largest = max((one.get_px_size() for one in images), key=math.prod, default=(0, 0))
        if math.prod(largest) > limit:
            return {"fault": "image", "size": largest}, b""
        width, height = _size(page, images, most)
        shown = pypdfium2.PdfBitmap.new_foreign(
            width, height, raw.FPDFBitmap_BGR if color else raw.FPDFBitmap_Gray, force_packed=True
        )
        shown.fill_rect((255, 255, 255, 255), 0, 0, width, height)
        flags = raw.FPDF_ANNOT | (0 if color else raw.FPDF_GRAYSCALE)
        across, down = (
            pixels / points * _HAIR for pixels, points in zip((width, height), page.get_size(), strict=True)
        )
        fit, whole = raw.FS_MATRIX(across, 0, 0, down, 0, 0), raw.FS_RECTF(0, 0, width, height)
        raw.FPDF_RenderPageBitmapWithMatrix(shown, page, fit, whole, flags)
        if opened.formenv:
            raw.FPDF_FFLDraw(opened.formenv, shown, page, 0, 0, width, height, 0, flags)
        return {"width": width, "height": height}, shown.buffer
    except pypdfium2.PdfiumError as error:
        return {"fault": "password" if error.err_code == raw.FPDF_ERR_PASSWORD else "broken"}, b""


def _size(page: Any, images: list[Any], most: int) -> tuple[int, int]:
    """Return in how many pixels to show a page, width and height: of a scan as many as it has."""
    width, height = page.get_size()
    finest = 0.0
    for image in images:
        a, b, c, d, *_ = image.get_matrix().get()  # lays the image, one by one, on the page
        if abs(a * d - b * c) > WORTH_IT * width * height:
            across, down = image.get_px_size()
            finest = max(finest, across / math.hypot(a, b), down / math.hypot(c, d))
    whole_page = all(one.type == raw.FPDF_PAGEOBJ_IMAGE for one in page.get_objects(max_depth=1))
    scale = finest if finest and whole_page else max(finest, POINTS_TO_PIXELS)
    largest = math.sqrt(most / (width * height))
    whole = round if scale < largest else int  # down, where more would be too many
    return max(whole(width * min(scale, largest)), 1), max(whole(height * min(scale, largest)), 1)


@contextlib.contextmanager
def _in_time() -> Iterator[None]:
    """End the process if what is done takes too long."""
    timer = threading.Timer(SECONDS, os._exit, (TIMED_OUT,))
    timer.daemon = True
    timer.start()
    yield
    timer.cancel()


def _limit_memory(most: int) -> None:
    """Let the system refuse more memory, where it can."""
    with contextlib.suppress(ImportError, OSError, ValueError):  # not on Windows, and not wherever it is lower already
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    main()
