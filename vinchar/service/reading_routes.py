"""What reads: one picture, several frames of one VIN, or many pictures, whose readings come as lines of JSON."""

from __future__ import annotations

import asyncio
import importlib.util
import json
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from vinchar.explain import failed
from vinchar.reading import Reading
from vinchar.service.bodies import FORM, Part, parts_of
from vinchar.service.pool import Answer, Asked, Job, Picture
from vinchar.service.problems import Problem
from vinchar.service.schema import ReadingModel, problems
from vinchar.service.state import State
from vinchar.vin import validate

MOST_FRAMES = 16
MOST_KNOWN = 1000
KINDS = ("auto", "glyph", "strip", "photo")
FLAGS = {"true": True, "false": False}
HAS_BARCODES = importlib.util.find_spec("zxingcpp") is not None

_QUERY = [
    {
        "name": "kind",
        "in": "query",
        "description": "What the picture shows.",
        "schema": {"type": "string", "enum": list(KINDS), "default": "auto"},
    },
    {
        "name": "all",
        "in": "query",
        "description": "Every VIN in the picture: the best is the reading, the rest are its `others`.",
        "schema": {"type": "boolean", "default": False},
    },
    {
        "name": "barcodes",
        "in": "query",
        "description": "Read barcodes, too, and compare.",
        "schema": {"type": "boolean", "default": False},
    },
    {
        "name": "keep",
        "in": "query",
        "description": "Whether an uncertain one may go to the desk, where the owner keeps uploads; the header "
        "`Vinchar-Task` then names its task there.",
        "schema": {"type": "boolean", "default": True},
    },
    {
        "name": "known",
        "in": "query",
        "description": "VINs that become likelier, such as those of the cars in your yard.",
        "schema": {
            "type": "array",
            "items": {"type": "string", "pattern": "^[0-9A-HJ-NPR-Z]{17}$"},
            "maxItems": MOST_KNOWN,
        },
    },
]
_PICTURE = {"type": "string", "format": "binary"}
_FIELDS = {
    "kind": {"type": "string", "enum": list(KINDS)},
    "all": {"type": "boolean"},
    "barcodes": {"type": "boolean"},
    "keep": {"type": "boolean"},
    "known": {"type": "string", "description": "VINs, parted by commas, spaces or lines"},
}
_REFUSALS = problems(
    *("empty", "bad-request", "key-required", "origin-refused", "too-slow", "too-large", "too-many-pixels"),
    *("not-a-picture", "unsupported-format", "broken-picture", "too-small", "queue-full", "rate-limited"),
    *("internal-error", "worker-died", "model-error", "not-ready", "timed-out"),
)


def _body(form: dict[str, Any], *raw: str, fields: dict[str, Any] = _FIELDS) -> dict[str, Any]:
    """Return what OpenAPI says of a body: a form, or a picture as it is."""
    whole = {"schema": {"type": "object", "properties": form | fields, "required": list(form)}}
    return {
        "parameters": _QUERY,
        "requestBody": {"required": True, "content": {FORM: whole} | {kind: {"schema": _PICTURE} for kind in raw}},
    }


def reading_routes(state: State) -> APIRouter:
    """Return the routes that read with the processes of ``state``."""
    routes = APIRouter(tags=["reading"])

    @routes.post(
        "/v1/read",
        summary="Read one picture",
        responses={200: {"model": ReadingModel}, **_REFUSALS},
        openapi_extra=_body({"image": _PICTURE}, "image/jpeg", "image/png", "application/octet-stream"),
    )
    async def read(request: Request) -> Response:
        pictures, asked = await _pictures(request, state, 1)
        return await _answered(state, pictures, asked, await _read(request, state, Job(pictures, asked)))

    @routes.post(
        "/v1/read/frames",
        summary="Read one VIN in several pictures",
        description="Frames seen a moment apart, as of a camera that is held at a VIN: what was seen in them is fused. "
        "`image` is the name of the frame in whose pixels the quads are; where names do not tell them apart it is its "
        "number, from 0 on. Together they may have as many bytes as one picture.",
        responses={200: {"model": ReadingModel}, **_REFUSALS},
        openapi_extra=_body({"image": {"type": "array", "items": _PICTURE, "minItems": 1, "maxItems": MOST_FRAMES}}),
    )
    async def read_frames(request: Request) -> Response:
        pictures, asked = await _pictures(request, state, MOST_FRAMES)
        pictures = _told_apart(pictures)
        return await _answered(state, pictures, asked, await _read(request, state, Job(pictures, asked)))

    @routes.post(
        "/v1/read/batch",
        summary="Read many pictures",
        description="A line of JSON for each picture, in their order, as soon as it is read. A picture that cannot be "
        "used is a reading with the status `error`. What is asked is said in the query: answers come before the end.",
        responses={200: {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}}, **_REFUSALS},
        response_class=Response,
        openapi_extra=_body({"image": {"type": "array", "items": _PICTURE, "minItems": 1}}, fields={}),
    )
    async def read_batch(request: Request) -> Response:
        lines = _batch(request, state)
        try:
            first = await anext(lines)
        except StopAsyncIteration:
            raise Problem("empty", "there is no picture in it") from None
        return _Lines(first, lines)

    return routes


async def files_of(state: State, request: Request) -> AsyncIterator[tuple[str, bytes]]:
    """Yield the name and the content of every file in a request. Raises ``Problem``."""
    settings = state.settings
    async for part in parts_of(request, settings.max_bytes, settings.max_batch, settings.body_seconds):
        if part.filename is not None:
            yield part.filename or "picture", part.data


async def read_well(state: State, data: bytes, name: str) -> Reading:
    """Return the reading of a picture, however long others must be waited for. Raises ``Problem``."""
    answer = await state.pool.read(Job((Picture(data, name),), Asked("photo")), patient=True)
    return Reading.from_dict(json.loads(answer.json))


async def _pictures(request: Request, state: State, most: int) -> tuple[tuple[Picture, ...], Asked]:
    """Return the pictures of a request, at least one and at most ``most``, and what is asked of them."""
    state.pool.expect_room()  # before anything is taken in
    settings, pictures, fields = state.settings, [], []
    async for part in parts_of(request, settings.max_bytes, most, settings.body_seconds):
        picture = _picture(part, request)
        if picture is None:
            fields.append((part.name, part.data.decode("utf-8", "replace")))
            continue
        pictures.append(picture)
        if sum(len(one.data) for one in pictures) > settings.max_bytes:
            raise Problem("too-large", f"they are too large: at most {settings.max_mb:g} MB are read together")
    if not pictures:
        raise Problem("empty", "there is no picture in it: send it as a file of the form, or as the body itself")
    return tuple(pictures), _asked([*request.query_params.multi_items(), *fields])


def _told_apart(frames: tuple[Picture, ...]) -> tuple[Picture, ...]:
    """Return frames that differ in their names, which are numbers where they did not."""
    names = {frame.name for frame in frames}
    if len(frames) == 1 or (len(names) == len(frames) and None not in names):
        return frames
    return tuple(replace(frame, name=str(number)) for number, frame in enumerate(frames))


def _picture(part: Part, request: Request) -> Picture | None:
    """Return the picture in a part of a body, None if it is another field."""
    if part.filename is not None:
        return Picture(part.data, part.filename or None)
    is_form = request.headers.get("content-type", "").lower().startswith(FORM)
    return None if is_form else Picture(part.data)


def _asked(fields: Iterable[tuple[str, str]]) -> Asked:
    """Return what the fields of a request ask for. Raises ``Problem`` for a value that there is not."""
    kind, flags, known = "auto", {"all": False, "barcodes": False, "keep": True}, list[str]()
    for name, value in fields:
        if name == "kind":
            if value not in KINDS:
                raise Problem("bad-request", f"kind: got {value[:40]!r}, expected {', '.join(KINDS)}")
            kind = value
        elif name in flags:
            if value.lower() not in FLAGS:
                raise Problem("bad-request", f"{name}: got {value[:40]!r}, expected true or false")
            flags[name] = FLAGS[value.lower()]
        elif name == "known":
            known += value.replace(",", " ").split()
    if len(known) > MOST_KNOWN:
        raise Problem("bad-request", f"known: got {len(known)} VINs, expected at most {MOST_KNOWN}")
    if flags["barcodes"] and not HAS_BARCODES:
        raise Problem("bad-request", "barcodes: this service cannot read them: it lacks the package zxing-cpp")
    try:
        vins = tuple(validate(vin) for vin in known)
    except ValueError as error:
        raise Problem("bad-request", f"known: {error}") from error
    return Asked(kind, flags["all"], flags["barcodes"], vins, flags["keep"])  # type: ignore[arg-type]  # it is one of KINDS


async def _read(request: Request, state: State, job: Job, patient: bool = False) -> Answer:
    answer = await state.pool.read(job, patient)
    request.state.vins = (*request.state.vins, *answer.vins)
    state.metrics.readings.labels(answer.status).inc()
    return answer


async def _answered(state: State, pictures: Sequence[Picture], asked: Asked, answer: Answer) -> Response:
    """Return a reading, and keep the picture that its quads are in, if that may be kept and somebody should look."""
    headers = {}
    if asked.keep:
        named = json.loads(answer.json)["image"] if len(pictures) > 1 else pictures[0].name
        kept = next((one for one in pictures if one.name == named), pictures[-1])
        task = await state.keep(kept, answer)
        headers = {} if task is None else {"Vinchar-Task": str(task)}
    return Response(answer.json, media_type="application/json", headers=headers)


async def _batch(request: Request, state: State) -> AsyncGenerator[str]:
    """Yield the reading of every picture in a request; what ends it early is the last line."""
    settings, asked = state.settings, _asked(request.query_params.multi_items())
    under_way: deque[asyncio.Task[str]] = deque()
    begun = False
    parts = parts_of(request, settings.max_bytes, settings.max_batch, settings.body_seconds)
    try:
        async with aclosing(parts) as coming:
            async for part in coming:
                picture = _picture(part, request)
                if picture is None:
                    raise Problem("bad-request", f"the field {part.name[:40]!r}: what is asked is said in the query")
                under_way.append(asyncio.create_task(_line(request, state, picture, asked)))
                if len(under_way) > settings.processes:  # so much is read ahead
                    yield await under_way.popleft()
                    begun = True
        while under_way:
            yield await under_way.popleft()
            begun = True
    except Problem as problem:
        if not begun:
            raise
        while under_way:
            yield await under_way.popleft()
        yield failed(None, f"the rest was refused: {problem.detail}").to_json() + "\n"
    finally:
        for task in under_way:
            task.cancel()


async def _line(request: Request, state: State, picture: Picture, asked: Asked) -> str:
    try:
        answer = await _read(request, state, Job((picture,), asked), patient=True)
        if asked.keep:
            await state.keep(picture, answer)
        return answer.json + "\n"
    except Problem as problem:
        state.metrics.readings.labels("error").inc()
        return json.dumps(failed(picture.name, problem.detail, asked.kind).to_dict()) + "\n"


class _Lines(Response):
    """An answer line by line, while the request still comes: Starlette's own would take the request's body away."""

    media_type = "application/x-ndjson"

    def __init__(self, first: str, rest: AsyncGenerator[str]) -> None:
        super().__init__()
        del self.headers["content-length"]
        self._first, self._rest = first, rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self._first.encode(), "more_body": True})
        try:
            async with aclosing(self._rest) as rest:
                async for line in rest:
                    await send({"type": "http.response.body", "body": line.encode(), "more_body": True})
        except ClientDisconnect:
            return
        await send({"type": "http.response.body", "body": b""})
