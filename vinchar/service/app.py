"""The service as a whole: routes, pages, and what starts and stops with it."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from importlib.resources import files
from typing import Any

import swagger_ui_bundle
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute, Match

from vinchar import __version__
from vinchar.service.desk.store import open_store
from vinchar.service.desk_routes import desk_routes
from vinchar.service.guard import DOCS_POLICY, Guard, answer_to
from vinchar.service.jobs import MakeReader, make_reader
from vinchar.service.model_routes import model_routes
from vinchar.service.offline import add_offline
from vinchar.service.problems import Problem
from vinchar.service.reading_routes import files_of, read_well, reading_routes
from vinchar.service.schema import ProblemModel, problems
from vinchar.service.settings import Settings
from vinchar.service.state import State

log = logging.getLogger("vinchar.service")

ABOUT = "Reads vehicle identification numbers (VINs) in photos. A reading is the same JSON as that of the command line."


def make_app(settings: Settings, make: MakeReader = make_reader) -> FastAPI:
    """Return the service. Its processes start with it: ``ModelError`` ends it then if the model cannot be used.

    Raises ``ValueError`` where the store cannot be opened.
    """
    state = State(settings, open_store(settings.store), make)

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        if not state.is_ready:
            await state.load()
        _reload_on_hangup(state)
        purging = asyncio.create_task(state.purge())
        yield
        purging.cancel()
        await state.close()
        state.store.close()

    app = FastAPI(
        title="vinchar",
        version=__version__,
        description=ABOUT,
        lifespan=running,
        docs_url=None,  # the usual pages ask another host
        redoc_url=None,
        redirect_slashes=False,  # to a place that whoever asks would have named
        telemetry={"tracing": False, "logs": False, "metrics": False},  # queries hold VINs
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    app.state.vinchar = state
    desk = desk_routes(state.store, partial(read_well, state), partial(files_of, state))
    routers = (reading_routes(state), model_routes(state), desk)
    for router in routers:
        app.include_router(router)
    _add_pages(app)
    add_offline(app, state)
    _add_answers_to_errors(app, [route for router in routers for route in router.routes])
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    app.add_middleware(Guard, settings=settings, metrics=state.metrics)
    if settings.origins:  # outermost, so that refusals can be read by the pages that may ask
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "X-API-Key"],
            expose_headers=["Retry-After", "Vinchar-Task"],
        )
    return app


def _reload_on_hangup(state: State) -> None:
    """Load the model anew at SIGHUP, where there is such a signal and this is the thread that gets it."""
    loop, tasks = asyncio.get_running_loop(), set[asyncio.Task[None]]()

    def reload() -> None:
        task = asyncio.ensure_future(state.load_if_good())
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    try:
        loop.add_signal_handler(signal.SIGHUP, reload)
    except (AttributeError, NotImplementedError, RuntimeError, ValueError):  # Windows, or another thread than the first
        log.debug("there is no SIGHUP here")


def _add_pages(app: FastAPI) -> None:
    """Add the pages for people, all of whose parts come from here."""
    static = files("vinchar.service") / "static"

    def page(name: str) -> Any:
        content = (static / name).read_bytes()
        return lambda: HTMLResponse(content, headers={"Cache-Control": "no-cache"})

    for path, name in (("/", "index.html"), ("/review", "review.html")):
        app.get(path, include_in_schema=False)(page(name))
    app.mount("/static", StaticFiles(directory=str(static)), "static")
    app.mount("/docs/parts", StaticFiles(directory=swagger_ui_bundle.swagger_ui_path), "docs")
    docs = (static / "docs.html").read_bytes()
    app.get("/docs", include_in_schema=False)(
        lambda: HTMLResponse(docs, headers={"Content-Security-Policy": DOCS_POLICY})
    )


def _add_answers_to_errors(app: FastAPI, routes: Sequence[BaseRoute]) -> None:
    """Let what is refused be answered by a problem; a mistake of ours is the guard's."""

    def answer(request: Request, problem: Problem) -> Response:
        request.state.code = problem.code
        return answer_to(problem)

    async def problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return answer(request, error)

    async def not_there(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        code = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "bad-request")
        found = answer(request, Problem(code, f"{request.method} {request.url.path[:200]}: {error.detail}"))
        if error.status_code == 405:  # of all routes with this path; Starlette names those of the first
            there = [one for one in routes if one.matches(request.scope)[0] != Match.NONE]
            methods = {method for one in there for method in getattr(one, "methods", ())}
            found.headers["Allow"] = ", ".join(sorted(methods or {"GET"}))  # a page
        return found

    async def not_valid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        said = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5])
        return answer(request, Problem("bad-request", said))

    async def gone(request: Request, error: Exception) -> Response:
        return Response(status_code=400)  # nobody hears it

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(HTTPException, not_there)
    app.add_exception_handler(RequestValidationError, not_valid)
    app.add_exception_handler(ClientDisconnect, gone)


def _openapi(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI description, with problems and keys in it."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            license_info=app.license_info,
        )
        for route in (route for methods in made["paths"].values() for route in methods.values()):
            answers = route["responses"]
            if "application/json" in answers.get("422", {}).get("content", ()):  # FastAPI's own, which are answered so:
                del answers["422"]
                answers |= {str(status): one for status, one in problems("bad-request").items()}
        parts = made.setdefault("components", {})
        schemas = parts.setdefault("schemas", {})
        schemas["ProblemModel"] = ProblemModel.model_json_schema()
        parts["securitySchemes"] = {
            "key": {"type": "http", "scheme": "bearer"},
            "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        }
        made["security"] = [{}, {"key": []}, {"header": []}]  # it depends on how the service was started
        app.openapi_schema = made
    return app.openapi_schema
