"""Videos as frames, one after the other.

Another process decodes (``video_process``), in bounded time and memory, while this one reads what has come: FFmpeg is a
large library in C, and who sends a video may mean harm. It opens nothing but the file it is given.
"""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, NamedTuple

import cv2
import numpy as np

from vinchar.extras import how_to_install
from vinchar.filetypes import HEAD, FileType, type_of
from vinchar.pixels import Image, ImageError, check_size

SECONDS = 180.0  # of a video are read: walking round a car takes one minute
MOST_PIXELS = 7680 * 4320  # of a frame that is decoded, and of one that is shown
MOST_SHOWN = 3840 * 2160
_PROCESS = Path(__file__).with_name("video_process.py")
_TIMED_OUT = 3
_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}

_MISSING = f"reading videos needs the package av: {how_to_install('video')}"
_BROKEN = "the video is broken and cannot be opened: its beginning or its end may be missing"
_NO_PICTURE = "there is no picture in the video: it is sound alone, or damaged"
_NO_FRAME = "no frame of the video can be decoded: it is broken, or of a rare kind"
_SLOW = "the video cannot be decoded: it takes too long"
_PARTLY = {
    "damaged": "the video is damaged: what could be decoded of it was read",
    "long": f"the video is long: its first {SECONDS:.0f} seconds were read",
    "slow": "the video takes too long to decode: its beginning was read",
}


class Frame(NamedTuple):
    """A frame of a video: its ``time``, in seconds from the first one on, and ``pixels``, as of ``imaging.load``."""

    time: float
    pixels: Image


class Frames:
    """The frames of a video in turn, those that can be decoded; ``fault`` says, after the last one, why not all.

    Raises ``ImageError`` where there is none.
    """

    def __init__(self, process: subprocess.Popen[bytes], color: bool) -> None:
        assert process.stdout is not None
        self.fault: str | None = None
        self._process, self._answer, self._color, self._seen = process, process.stdout, color, False

    def __iter__(self) -> Iterator[Frame]:
        while True:
            frame = self._next()
            if frame is None:
                return
            self._seen = True
            yield frame

    def _next(self) -> Frame | None:
        try:
            head = json.loads(self._answer.readline())
            end = head.get("end")
            if end is None:
                return Frame(float(head["time"]), _upright(head, self._answer.read(head["bytes"]), self._color))
        except (AttributeError, KeyError, TypeError, ValueError):  # it died, and what it said last is not trusted
            self._process.kill()
            end = "slow" if self._process.wait() == _TIMED_OUT else "damaged"
        if not self._seen:
            raise _error(end)
        self.fault = _PARTLY.get(end)
        return None


def video_type(head: bytes) -> FileType | None:
    """Return the type of a video by the first ``HEAD`` bytes of its file, None if it is none."""
    found = type_of(head[:HEAD])
    return found if found is not None and found.format else None


def as_video(source: object) -> Path | bytes | None:
    """Return a picture's source as a path or as bytes if it is a video; None for all else, which is left as it was."""
    try:
        if isinstance(source, bytes | bytearray | memoryview):
            return bytes(source) if video_type(bytes(source[:HEAD])) else None
        if isinstance(source, str | os.PathLike):
            return Path(source) if video_type(_head(source)) else None
        if isinstance(source, io.IOBase) and not isinstance(source, io.TextIOBase) and source.seekable():
            source.seek(0)
            found = video_type(source.read(HEAD))
            source.seek(0)
            return bytes(source.read()) if found else None
    except (OSError, ValueError):  # what it is instead is said by ``imaging.load``
        pass
    return None


def _head(path: str | os.PathLike[str]) -> bytes:
    if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe or a device might never end
        return b""
    with open(path, "rb") as file:
        return file.read(HEAD)


@contextmanager
def open_video(source: Path | bytes, start: float = 0.0, color: bool = False) -> Iterator[Frames]:
    """Yield the frames of a video, a path or the bytes of a file, from ``start`` on, in seconds.

    They are upright and 8 bit: uint8 (H, W), or (H, W, 3) BGR with ``color``; at most ``MOST_SHOWN`` pixels each,
    about 30 a second, of the first ``SECONDS``. Raises ``ImageError`` for what cannot be opened.
    """
    if find_spec("av") is None:
        raise ImageError(_MISSING, "unsupported-format")
    with _file(source) as file:
        kind = video_type(file.read(HEAD))
        if kind is None:
            raise ImageError(_BROKEN)
        file.seek(0)
        task = (kind.format, start, SECONDS, MOST_SHOWN, MOST_PIXELS, "bgr24" if color else "gray")
        command = [sys.executable, "-P", str(_PROCESS), *map(str, task)]
        process = subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with process:
        try:
            yield Frames(process, color)
        finally:
            process.kill()


def frames_at(source: Path | bytes, times: Iterable[float], color: bool = False) -> Iterator[Frame]:
    """Yield the frames of a video at ``times`` that ``open_video`` gave, each once, in turn.

    Raises ``ImageError`` where one is not there any more.
    """
    left = deque(sorted(set(times)))
    with open_video(source, left[0], color) as frames:
        for frame in frames:
            if frame.time >= left[0]:
                left.popleft()
                yield frame
                if not left:
                    return
    raise ImageError(_NO_FRAME)


@contextmanager
def _file(source: Path | bytes) -> Iterator[IO[bytes]]:
    """Yield a video as a file that a process can seek in."""
    try:
        if isinstance(source, bytes):
            with tempfile.TemporaryFile() as file:
                file.write(source)
                file.seek(0)
                yield file
        else:
            with open(source, "rb", buffering=0) as raw:
                yield raw
    except OSError as error:
        raise ImageError(f"it cannot be read ({error.strerror or error})", "unreadable-file") from None


def _upright(head: dict[str, Any], content: bytes, color: bool) -> Image:
    """Return the pixels of a frame. Raises ``ValueError`` where there are fewer than is said."""
    width, height, stride = head["width"], head["height"], head["stride"]
    check_size(width, height)
    rows = np.frombuffer(content, np.uint8)[: height * stride].reshape(height, stride)
    shown = rows[:, : 3 * width].reshape(height, width, 3) if color else rows[:, :width].reshape(height, width)
    turned = _TURNS.get(head["turn"])
    return np.ascontiguousarray(shown) if turned is None else np.asarray(cv2.rotate(shown, turned), np.uint8)


def _error(end: str) -> ImageError:
    """Return why a video has no frame that is read."""
    match end:
        case "no-video":
            return ImageError(_NO_PICTURE, "not-a-picture")
        case "size":
            return ImageError(
                f"it is too large: its frames have more than {MOST_PIXELS / 10**6:.0f} million pixels, "
                "the most that are read",
                "too-many-pixels",
            )
        case "slow":
            return ImageError(_SLOW)
        case "broken":
            return ImageError(_BROKEN)
    return ImageError(_NO_FRAME)
