"""What is asked of a process that reads, what it answers, and what it does."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from vinchar.bundle import ModelError
from vinchar.imaging import ImageError, load
from vinchar.reader import AskedKind, Reader
from vinchar.service.log import without_vins
from vinchar.types import Gray


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it came: the bytes of a file, and its name."""

    data: bytes
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a picture; see ``Reader.read`` and ``Reader.looking_for``. ``keep``: the service may keep it."""

    kind: AskedKind = "auto"
    every: bool = False
    barcodes: bool = False
    known: tuple[str, ...] = ()
    keep: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """A reading as JSON, and what the service itself wants of it."""

    json: str
    status: str
    vins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a process did not read a picture: ``code`` and ``detail`` of a ``Problem``."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Abilities:
    """How a process reads: the version of its model, and from which confidence on a VIN and a character are ok."""

    version: str
    ok: float
    glyph: float


@dataclass(frozen=True, slots=True)
class Job:
    """A picture to read, or several frames of one VIN."""

    pictures: tuple[Picture, ...]
    asked: Asked


MakeReader = Callable[[Path | None, dict[str, Any]], Reader]


def make_reader(model: Path | None, arguments: dict[str, Any]) -> Reader:
    """Return the reader of a process."""
    reader = Reader(model, **arguments)
    _ = reader.glyph  # loaded now, so that all that look for something else share it
    return reader


def work(pipe: Connection, model: Path, arguments: dict[str, Any], most_pixels: int, make: MakeReader) -> None:
    """Read what comes through the pipe until it closes; say first how it reads, or why it cannot."""
    try:
        reader = make(model, arguments)
    except (ModelError, ModuleNotFoundError, ValueError) as error:
        pipe.send(str(error))
        return
    pipe.send(Abilities(reader.version, reader.confidence.threshold, reader.confidence.glyph_threshold))
    while True:
        try:
            asked, names = pipe.recv()
            job = Job(tuple(Picture(pipe.recv_bytes(), name) for name in names), asked)
        except EOFError:
            return
        try:
            pipe.send(_answer(reader, job, most_pixels))
        except OSError:  # nobody waits for it any more
            return


def _answer(reader: Reader, job: Job, most_pixels: int) -> Answer | Refused:
    asked = job.asked
    try:
        if asked.every or asked.barcodes or asked.known:
            reader = reader.looking_for(every=asked.every, barcodes=asked.barcodes, known=asked.known or None)
        frames = _frames(job, most_pixels)
        reading = reader.read_frames([gray for gray, _ in frames], asked.kind, [name for _, name in frames])
        vins = tuple(one.vin for one in (reading, *reading.others) if one.vin is not None)
        return Answer(reading.to_json(), reading.status, vins)
    except ImageError as error:
        return Refused(error.code, str(error))
    except ModuleNotFoundError as error:
        return Refused("bad-request", str(error))
    except Exception:  # a mistake of ours or of a library: it costs this picture, and is told to who runs the service
        print(without_vins(traceback.format_exc()), file=sys.stderr)
        return Refused("internal-error", "reading it failed; the service's log says why")


def _frames(job: Job, most_pixels: int) -> list[tuple[Gray, str | None]]:
    """Return the pictures of a job, with their names, that can be used. Raises ``ImageError`` if none can."""
    found: list[tuple[Gray, str | None]] = []
    for picture in job.pictures:
        try:
            found.append((load(picture.data, most_pixels=most_pixels), picture.name))
        except ImageError as error:
            refused = error
    if not found:
        raise refused
    return found
