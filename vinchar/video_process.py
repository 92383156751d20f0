"""Decodes a video in a process of its own, which ``video`` starts: what is wrong with it ends that process alone.

``python -P video_process.py FORMAT START SECONDS PIXELS LIMIT gray|bgr24``: standard input is a file, of what FFmpeg
calls ``FORMAT``, in which can be sought. Answers the frames from ``START`` on, in seconds: those of the first
``SECONDS``, at most ``RATE`` a second. Each is a line of JSON, ``{"time", "width", "height", "stride", "turn",
"bytes"}``, and so many bytes, in rows of ``stride``: about ``PIXELS`` pixels at most, to be turned by ``turn`` degrees
clockwise.

The last line is ``{"end"}``: ``whole``, or ``damaged`` if some could not be decoded, ``long`` if there is more than
``SECONDS``, ``slow`` if decoding takes more than ``BUDGET``; ``size`` if frames have more than ``LIMIT`` pixels,
``no-video``, or ``broken`` if it cannot be opened. A step that takes more than ``STUCK`` ends the process with the
status ``TIMED_OUT``.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import av
import av.error
import av.subtitles.stream  # as all of them, now: once confined, no module can be loaded any more
from av.video.reformatter import VideoReformatter

RATE = 30.0  # frames a second: of more, neighbours are nearly the same
BUDGET = 300.0  # seconds of decoding: 1920 x 1080 takes a tenth of its own length on one core
STUCK = 30.0  # seconds
MEMORY = 3 * 1024**3  # bytes: the frames that a decoder keeps of 7680 x 4320, with room
TIMED_OUT = 3
TICK = 0.001  # seconds: times are rounded
MISSING = 1.0  # seconds that a whole video may be shorter than it says
HARM = (av.error.FFmpegError, EOFError, OSError, ValueError)  # what decoding raises


def main() -> None:
    """Do what the arguments say."""
    form, start, seconds, pixels, limit, shown = sys.argv[1:]
    _confine()
    # Beside what is confined, FFmpeg itself is told to open no other format, by no protocol.
    options = {"format_whitelist": form, "protocol_whitelist": "none"}
    try:
        with _in_time():
            file = av.open(sys.stdin.buffer, format=form, options=options, metadata_errors="replace")
    except HARM:
        _say(end="broken")
        return
    with file:
        stream = next(iter(file.streams.video), None)
        if stream is None:
            _say(end="no-video")
        elif stream.codec_context.width * stream.codec_context.height > int(limit):
            _say(end="size")
        else:
            _say(end=_show(file, stream, float(start), float(seconds), int(pixels), shown))


def _show(file: Any, stream: Any, start: float, seconds: float, pixels: int, shown: str) -> str:
    """Write the frames; return how it ended."""
    reformatter, ending = VideoReformatter(), ["whole"]
    frames, due, at = _decoded(file, stream, ending), start - TICK, 0.0
    begun = time.process_time()
    while True:
        with _in_time():
            frame = next(frames, None)
        if frame is None:
            break
        at, picture = frame
        if at > seconds:
            return "long"
        if time.process_time() - begun > BUDGET:
            return "slow"
        if at < due:
            continue
        due = at + 1 / RATE - TICK
        scale = min(1.0, math.sqrt(pixels / (picture.width * picture.height)))
        width, height = (max(round(side * scale), 1) for side in (picture.width, picture.height))
        plane = reformatter.reformat(picture, width, height, format=shown, threads=1).planes[0]
        content, turn = memoryview(plane), -picture.rotation % 360
        _say(time=at, width=width, height=height, stride=plane.line_size, turn=turn, bytes=content.nbytes)
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    return "damaged" if float(stream.duration or 0) * float(stream.time_base) > at + MISSING else ending[0]


def _decoded(file: Any, stream: Any, ending: list[str]) -> Iterator[tuple[float, Any]]:
    """Yield every frame with its time, in seconds from the first one on; note in ``ending`` if there is any damage."""
    stream.thread_count = 1
    zero, at = None, 0.0
    for packet in _packets(file, stream, ending):
        try:
            frames = packet.decode()
        except HARM:
            ending[0] = "damaged"
            continue
        for frame in frames:
            if frame.is_corrupt:
                ending[0] = "damaged"
                continue
            said = at + 1 / RATE if frame.time is None else frame.time
            if zero is None or said - zero < at:  # a clock that goes back begins anew
                zero = said - at
            at = said - zero
            yield at, frame


def _packets(file: Any, stream: Any, ending: list[str]) -> Iterator[Any]:
    try:
        yield from file.demux(stream)
    except HARM:
        ending[0] = "damaged"


def _say(**what: object) -> None:
    sys.stdout.buffer.write(json.dumps(what).encode() + b"\n")


@contextlib.contextmanager
def _in_time() -> Iterator[None]:
    """End the process if what is done takes too long."""
    timer = threading.Timer(STUCK, os._exit, (TIMED_OUT,))
    timer.daemon = True
    timer.start()
    yield
    timer.cancel()


def _confine() -> None:
    """Let the system refuse more memory and any further file or connection, where it can."""
    with contextlib.suppress(ImportError, OSError, ValueError):  # not on Windows, and not wherever it is lower already
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


if __name__ == "__main__":
    main()
