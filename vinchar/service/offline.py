"""The page that reads in the browser: the built files of ``web/``, and the model that reads here."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path, PurePath
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from vinchar.bundle import Bundle
from vinchar.service.guard import OFFLINE_HEADERS
from vinchar.service.problems import Problem
from vinchar.service.state import State

TYPES = {  # whatever the system calls them
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}


def add_offline(app: FastAPI, state: State) -> None:
    """Add the page below ``/offline/``; where it is not built, what there is to do."""
    if state.offline is None:
        for path in ("/offline", "/offline/{path:path}"):
            app.get(path, include_in_schema=False)(_not_built)
        return

    @app.get("/offline", include_in_schema=False)
    def page() -> Response:
        return RedirectResponse("offline/")  # wherever a proxy has put the service

    @app.get("/offline/model/{name}", include_in_schema=False)
    async def model(request: Request, name: str) -> Response:  # in one go: no other model comes in between
        content = _of_model(state.pool.bundle, name)
        tag = f'"{hashlib.sha256(content).hexdigest()}"'
        headers = _headers(name) | {"ETag": tag}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers)

    app.mount("/offline", _Files(directory=state.offline), "offline")


def _not_built() -> None:
    raise Problem("not-found", "the page that reads offline is not built: cd web && npm ci && npm run build")


def _of_model(bundle: Bundle, name: str) -> bytes:
    """Return a file that reading takes. Raises ``Problem`` for any other name."""
    paths = (*bundle.paths.values(), bundle.structure, bundle.structure.with_name("model.json"))
    for path in paths:
        if path.name == name:
            return path.read_bytes()
    raise Problem("not-found", f"got {name[:80]!r}, expected one of {', '.join(path.name for path in paths)}")


def _headers(name: str) -> dict[str, str]:
    """Return what goes with a file: all of them are asked for anew, as none has its version in its name."""
    kind = TYPES.get(PurePath(name).suffix, "application/octet-stream")
    found = OFFLINE_HEADERS | {"Cache-Control": "no-cache", "Content-Type": kind}
    return found | ({"Service-Worker-Allowed": "../"} if name == "sw.js" else {})  # for the pages of the service, too


class _Files(StaticFiles):
    """Files with their headers, of which the first is ``index.html``."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        return await super().get_response("index.html" if path == "." else path, scope)

    def file_response(self, full_path: str | os.PathLike[str], *args: Any, **more: Any) -> Response:
        response = super().file_response(full_path, *args, **more)
        response.headers.update(_headers(Path(full_path).name))  # of a 304, too: browsers take them over
        return response
