"""The bodies of requests: one picture as it is, or forms of several parts, taken in as they come; or something small.

All of it within limits.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass

from fastapi import Request
from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser, parse_options_header
from starlette.types import Message, Receive

from vinchar.service.problems import Problem

FORM = "multipart/form-data"
FIELD_BYTES = 64 * 1024  # of a field that is no file, and of a body without one
FIELDS = 64  # that are no files
RAW = ("application/octet-stream", "application/pdf", "image/")  # what the body of one picture may be called


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a body: the ``name`` of its field, that of the file if it is one, and what is in it."""

    name: str
    filename: str | None
    data: bytes


async def parts_of(request: Request, most_bytes: int, most_files: int, seconds: float) -> AsyncGenerator[Part]:
    """Yield the parts of a request's body as they come.

    A body that is no form is one part, a file without a name. Each may have ``most_bytes`` and must have come
    ``seconds`` after the one before. Raises ``Problem``.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind == FORM:
        async for part in _form_parts(request, options.get("boundary", ""), most_bytes, most_files, seconds):
            yield part
        return
    if kind and not kind.startswith(RAW):
        raise Problem(
            "unsupported-format", f"got {kind}, expected {FORM}, image/*, application/pdf or application/octet-stream"
        )
    _check_length(request, most_bytes)
    received, size = list[bytes](), 0
    async for chunk in _chunks(request, _Clock(seconds)):
        received.append(chunk)
        size += len(chunk)
        if size > most_bytes:
            raise _too_large(most_bytes)
    if not received:
        raise Problem("empty", "the body is empty, expected a picture")
    yield Part("image", None, b"".join(received))


async def _form_parts(
    request: Request, boundary: str, most_bytes: int, most_files: int, seconds: float
) -> AsyncIterator[Part]:
    if not boundary:
        raise Problem("bad-request", f"got {FORM} without a boundary")
    _check_length(request, (most_bytes + FIELD_BYTES) * most_files)
    clock, files, fields = _Clock(seconds), 0, 0
    try:
        with PushMultipartParser(
            boundary, max_segment_size=most_bytes, max_segment_count=most_files + FIELDS + 1, strict=True
        ) as parser:
            segment: MultipartSegment | None = None
            content = list[bytes]()
            async for chunk in _chunks(request, clock):
                for event in parser.parse(chunk):
                    if isinstance(event, MultipartSegment):
                        segment, content = event, []
                    elif event is not None:
                        content.append(event)
                        if segment is not None and segment.filename is None and segment.bytes_received > FIELD_BYTES:
                            raise Problem("too-large", f"the field {segment.name!r}: at most {FIELD_BYTES} bytes")
                    elif segment is not None:
                        files += segment.filename is not None
                        fields += segment.filename is None
                        if files > most_files or fields > FIELDS:
                            raise Problem("bad-request", f"got more than {most_files} files or {FIELDS} fields")
                        yield Part(segment.name or "", segment.filename, b"".join(content))
                        segment, content = None, []
                        clock.start()
    except ParserLimitReached as error:
        raise _too_large(most_bytes) from error
    except (MultipartError, ValueError) as error:
        raise Problem("bad-request", f"the form cannot be taken apart: {error}") from error


async def taken_in(receive: Receive, seconds: float) -> Receive:
    """Take in a body that is no picture, within ``seconds``; return what gives it again. Raises ``Problem``."""
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            while (message := await receive())["type"] == "http.request":
                body += message.get("body", b"")
                if len(body) > FIELD_BYTES:
                    raise Problem("too-large", f"it is too large: at most {FIELD_BYTES} bytes are taken in here")
                if not message.get("more_body", False):
                    break
    except TimeoutError:
        raise Problem("too-slow", f"a request must have come in {seconds:g} seconds") from None
    first: list[Message] = [{**message, "body": bytes(body)}]

    async def again() -> Message:
        return first.pop() if first else await receive()

    return again


def _check_length(request: Request, most: int) -> None:
    """Refuse what says itself that it is too large, before any of it is taken in."""
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said) > most:
        raise _too_large(most)


def _too_large(most: int) -> Problem:
    return Problem("too-large", f"it is too large: at most {most / 2**20:.3g} MB are read")


class _Clock:
    """When what is waited for must have come."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.start()

    def start(self) -> None:
        self.end = asyncio.get_running_loop().time() + self.seconds


async def _chunks(request: Request, clock: _Clock) -> AsyncIterator[bytes]:
    stream = request.stream()
    while True:
        try:
            async with asyncio.timeout_at(clock.end):
                chunk = await anext(stream, None)
        except TimeoutError:
            raise Problem("too-slow", f"a picture must have come in {clock.seconds:g} seconds") from None
        if chunk is None:
            return
        if chunk:
            yield chunk
