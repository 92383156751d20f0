"""Drawn frames as a video file, which takes PyAV (the extra ``video``)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

QUALITY = "23"  # of x264, its own default; from 18 on nothing is seen of it, at 28 much


def write_video(path: Path, frames: Iterable[NDArray[np.uint8]], rate: int) -> None:
    """Write frames, uint8 (H, W, 3) BGR of even sides, ``rate`` a second, as a video; the path's ending says which."""
    import av

    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=Fraction(rate), options={"crf": QUALITY, "preset": "veryfast"})
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1
        for number, bgr in enumerate(frames):
            if not number:
                stream.height, stream.width = bgr.shape[:2]
            frame = av.VideoFrame.from_ndarray(bgr, "bgr24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
