"""Small videos for tests: labels that a camera sees, encoded by PyAV."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from twins import VIN, label

Image = NDArray[np.uint8]
CLOCK = 1000  # ticks a second


def view(vin: str | None = VIN, right: int = 0, down: int = 0, size: tuple[int, int] = (640, 360)) -> Image:
    """What a camera sees of a label that lies so far from the middle: uint8 (H, W, 3)."""
    width, height = size
    shown = np.full((height, width), 90, np.uint8)
    if vin is not None:
        label_of = np.asarray(label(vin).convert("L"))
        (h, w), top, left = label_of.shape, height // 2 - 32 + down, width // 2 - 240 + right
        shown[top : top + h, left : left + w] = label_of
    return np.asarray(cv2.cvtColor(shown, cv2.COLOR_GRAY2BGR), np.uint8)


def views(vin: str | None = VIN, count: int = 10, **how: Any) -> list[Image]:
    """What a camera sees that moves."""
    return [view(vin, 3 * (i % 5), 2 * (i % 3), **how) for i in range(count)]


def video(
    frames: Iterable[Image],
    form: str = "mp4",
    rate: int = 10,
    times: Sequence[float] | None = None,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    **options: str,
) -> bytes:
    """Return frames as a file, ``rate`` a second, or at such times."""
    shown = list(frames)
    with TemporaryDirectory() as folder, av.open(f"{folder}/video", "w", format=form, options=options) as file:
        stream: Any = file.add_stream(codec, rate=rate)
        stream.height, stream.width = shown[0].shape[:2]
        stream.pix_fmt, stream.codec_context.time_base = pixels, Fraction(1, CLOCK)
        for number, bgr in enumerate(shown):
            frame = av.VideoFrame.from_ndarray(bgr, "bgr24")
            at = number / rate if times is None else times[number]
            frame.pts, frame.time_base = round(CLOCK * at), Fraction(1, CLOCK)
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
        file.close()
        return Path(folder, "video").read_bytes()


def sound(form: str = "mp4") -> bytes:
    """Return a file of sound alone."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=form) as file:
        stream: Any = file.add_stream("aac", rate=16000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts = 16000, 0
        file.mux(stream.encode(frame))
        file.mux(stream.encode())
    return buffer.getvalue()


def turned(mp4: bytes, matrix: Sequence[int]) -> bytes:
    """Return an MP4 that says it is to be shown turned; ``matrix``: its upper left 2 by 2, as of ISO 14496-12."""
    at = mp4.index(b"tkhd") + 4 + 40  # of version 0
    a, b, c, d = (value.to_bytes(4, "big", signed=True) for value in (65536 * np.array(matrix)).tolist())
    zero, one = bytes(4), (1 << 30).to_bytes(4, "big")
    return mp4[:at] + a + b + zero + c + d + zero + zero + zero + one + mp4[at + 36 :]
