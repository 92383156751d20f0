"""The routes below /v1/desk: pictures to label, and what people say is in them."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from vinchar.imaging import ImageError
from vinchar.reading import Reading
from vinchar.service.bodies import FORM
from vinchar.service.desk.database import AWAY
from vinchar.service.desk.exporting import Form, labels_csv, plan_export, write_files, zipped
from vinchar.service.desk.pictures import for_browsers
from vinchar.service.desk.schema import (
    AddedModel,
    CountsModel,
    RefusedModel,
    ReviewerModel,
    TaskModel,
    VerdictModel,
    task_model,
)
from vinchar.service.desk.store import MOST_LISTED, NewTask, NoSuchTask, Store, Taken
from vinchar.service.desk.tasks import LONGEST_REVIEWER, MOST_LOOKS, State, Task
from vinchar.service.problems import Problem
from vinchar.service.schema import Answers, problems

log = logging.getLogger("vinchar.service")

ReadPicture = Callable[[bytes, str], Awaitable[Reading]]  # a file's bytes and name
Files = Callable[[Request], AsyncIterator[tuple[str, bytes]]]  # names and bytes of a request's files

PREFIX = "/v1/desk"
_LARGEST = 2**63 - 1  # number that a database holds
_PRIVATE = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
_NOBODY = ReviewerModel()
# Statuses that say nothing of the picture: the same request, sent again later, may well be granted.
_LATER = (429, 503, 504)
_READING = ("too-slow", "too-large", "queue-full", "rate-limited", "worker-died", "model-error", "timed-out")

Id = Annotated[int, Path(ge=1, le=_LARGEST, description="The task's number.")]
Asking = Annotated[str | None, Query(max_length=256, description="Who asks, and is shown their own answers.")]
Who = Annotated[ReviewerModel, Body()]
_PICTURES = {"type": "array", "items": {"type": "string", "format": "binary"}, "minItems": 1}
_FIELDS = {"type": "object", "properties": {"image": _PICTURES}, "required": ["image"]}
_FILES = {"requestBody": {"required": True, "content": {FORM: {"schema": _FIELDS}}}}


def _refusals(*codes: str) -> Answers:
    """Return what OpenAPI says of the answers to what cannot be done; with a default there is no other to be added."""
    found = problems("bad-request", "key-required", "internal-error", "not-ready", *codes)
    return found | {"default": found[400] | {"description": "Another problem"}}


def desk_routes(store: Store, read: ReadPicture, files: Files) -> APIRouter:
    """Return the routes of a desk.

    ``read``: reads a picture; raises ``Problem`` for one that cannot be used. ``files``: yields what a request brings;
    raises ``Problem`` for one that is too large or too slow. Where the app has put a name into
    ``request.state.reviewer``, that is the reviewer.
    """
    desk = APIRouter(prefix=PREFIX, tags=["desk"], route_class=_Route)

    @desk.get("", summary="How much there is to do", responses=_refusals())
    def counts() -> CountsModel:
        return CountsModel.model_validate(store.counts()._asdict())

    @desk.post("/tasks", summary="Pictures to label", responses=_refusals("empty", *_READING), openapi_extra=_FILES)
    async def add(
        request: Request,
        looks: Annotated[
            int, Query(ge=1, le=MOST_LOOKS, description="So many equal answers of different reviewers settle a task.")
        ] = 1,
    ) -> AddedModel:
        added = AddedModel(added=[], known=0, refused=[])
        async for name, data in files(request):
            if await run_in_threadpool(_keep_known, store, data):
                added.known += 1
                continue
            try:
                reading = await _read_well(read, data, name)
                new = NewTask(data, name, reading, "desk", looks=looks)
                added.added.append(await run_in_threadpool(store.add, new))
            except ImageError as error:
                added.refused.append(RefusedModel(image=name, code=error.code, detail=str(error)))
            except Problem as problem:
                if problem.status in _LATER:
                    raise
                added.refused.append(RefusedModel(image=name, code=problem.code, detail=problem.detail))
        if not (added.added or added.known or added.refused):
            raise Problem("empty", "the request brings no picture: send them as multipart/form-data")
        return added

    @desk.post(
        "/next",
        summary="Take what is to be labelled next, for ten minutes",
        response_model=TaskModel,
        responses={204: {"description": "Nothing is left for this reviewer"}, **_refusals()},
    )
    def take_next(request: Request, body: Who = _NOBODY) -> Any:
        task = store.next(_reviewer(request, body.reviewer))
        return Response(status_code=204) if task is None else _shown(task)

    @desk.post(
        "/tasks/{id}/lease", summary="Take a task, or keep it for longer", responses=_refusals("not-found", "taken")
    )
    def lease(request: Request, id: Id, body: Who = _NOBODY) -> TaskModel:
        return _shown(store.lease(id, _reviewer(request, body.reviewer)))

    @desk.post("/tasks/{id}/release", summary="Give a task back", responses=_refusals("not-found"))
    def release(request: Request, id: Id, body: Who = _NOBODY) -> TaskModel:
        return _shown(store.release(id, _reviewer(request, body.reviewer)))

    @desk.post("/tasks/{id}/answer", summary="Say what is in the picture", responses=_refusals("not-found", "taken"))
    def answer(request: Request, id: Id, body: VerdictModel) -> TaskModel:
        reviewer = _reviewer(request, body.reviewer)
        try:
            return _shown(store.answer(id, reviewer, body.verdict, body.vin))
        except ValueError as error:  # it is no VIN
            raise Problem("bad-request", str(error)) from error

    @desk.get("/tasks", summary="Tasks, by number", responses=_refusals())
    def list_tasks(
        request: Request,
        state: Annotated[State | None, Query(description="Those in this state alone.")] = None,
        after: Annotated[int, Query(ge=0, le=_LARGEST, description="The number of the last task you have.")] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST_LISTED, description="At most so many.")] = 100,
        answered_by: Annotated[
            str | None, Query(max_length=256, description="Those this reviewer answered, the last answered first.")
        ] = None,
        reviewer: Asking = None,
    ) -> list[TaskModel]:
        asking, answered_by = _asking(request, reviewer), _name(answered_by) if answered_by else None
        return [_shown(task.seen_by(asking)) for task in store.tasks(state, after, limit, answered_by)]

    @desk.get("/tasks/{id}", summary="A task", responses=_refusals("not-found"))
    def show(request: Request, id: Id, reviewer: Asking = None) -> TaskModel:
        return _shown(store.task(id).seen_by(_asking(request, reviewer)))

    @desk.get(
        "/tasks/{id}/picture",
        summary="The picture of a task, as a browser can show it, upright",
        response_class=Response,
        responses={
            200: {"content": {"image/*": {"schema": {"type": "string", "format": "binary"}}}},
            **_refusals("not-found"),
        },
    )
    def picture(id: Id) -> Response:
        data, media_type = for_browsers(*store.picture(id))
        return Response(data, media_type=media_type, headers=_PRIVATE)

    @desk.get(
        "/labels.csv",
        summary="The settled labels",
        response_class=Response,
        responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}, **_refusals()},
    )
    def labels() -> Response:
        return _file(labels_csv(plan_export(store, "csv").labels), "text/csv; charset=utf-8", "labels.csv")

    @desk.get(
        "/export.zip",
        summary="The settled labels with their pictures, as vinchar adapt takes them",
        response_class=Response,
        responses={
            200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}},
            **_refusals(),
        },
    )
    def export(
        form: Annotated[
            Form, Query(description="`doctr`: the lines, cut out, as its recognition learns from.")
        ] = "csv",
    ) -> Response:
        parts = zipped(write_files(store, plan_export(store, form)))
        return _file(parts, "application/zip", f"labels-{form}.zip")

    @desk.delete(
        "/tasks/{id}",
        summary="Delete a picture, and all about it, for good",
        status_code=204,
        responses=_refusals("not-found"),
    )
    def remove(id: Id) -> None:
        store.remove(id)

    return desk


class _Route(APIRoute):
    """A route at which what a store says is an answer."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def with_problems(request: Request) -> Response:
            try:
                return await handle(request)
            except NoSuchTask as error:
                raise Problem("not-found", str(error)) from error
            except Taken as error:
                raise Problem("taken", str(error)) from error
            except AWAY as error:
                log.error("the desk's store cannot be used: %s", error)
                raise Problem("not-ready", "the desk's store cannot be used at the moment") from error

        return with_problems


def _reviewer(request: Request, given: str | None) -> str:
    """Return who asks: whose key it is, else who it is said to be."""
    known: str | None = getattr(request.state, "reviewer", None)
    return _name(known or given or "")


def _name(given: str) -> str:
    """Return a reviewer's name in the one way it is written. Raises ``Problem`` for what is none."""
    name = unicodedata.normalize("NFC", given).strip()
    if not (1 <= len(name) <= LONGEST_REVIEWER and name.isprintable()):
        got = f"got {name[: 2 * LONGEST_REVIEWER]!r}, expected 1 to {LONGEST_REVIEWER} printable characters"
        raise Problem("bad-request", f"reviewer: {got}")
    return name


def _asking(request: Request, given: str | None) -> str | None:
    """Return who asks, if it is said."""
    return _reviewer(request, given) if given or getattr(request.state, "reviewer", None) else None


def _keep_known(store: Store, data: bytes) -> bool:
    """Tell whether a picture is at the desk; if so, it is to stay."""
    found = store.find(data)
    if found is None:
        return False
    try:
        store.keep(found)
    except NoSuchTask:  # it was deleted just now
        return False
    return True


async def _read_well(read: ReadPicture, data: bytes, name: str) -> Reading:
    """Return the reading of a picture. Raises ``Problem`` for one that cannot be used."""
    reading = await read(data, name)
    if reading.status == "error":
        raise Problem("broken-picture", "; ".join(reading.reasons))
    return reading


def _shown(task: Task) -> TaskModel:
    return task_model(task, f"{PREFIX}/tasks/{task.id}/picture")


def _file(content: str | Iterator[bytes], media_type: str, name: str) -> Response:
    headers = _PRIVATE | {"Content-Disposition": f'attachment; filename="{name}"'}
    if isinstance(content, str):
        return Response(content, media_type=media_type, headers=headers)
    return StreamingResponse(content, media_type=media_type, headers=headers)
