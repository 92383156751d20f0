"""What stands before every route: who may ask, how often, what the answer must carry, and what is written down."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import secrets
import time
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vinchar.service.bodies import taken_in
from vinchar.service.metrics import Metrics
from vinchar.service.problems import MEDIA_TYPE, Problem
from vinchar.service.settings import Settings

log = logging.getLogger("vinchar.service")

READS = "/v1/read"  # what is behind it takes time
UPLOADS = ("POST", "/v1/desk/tasks")  # where pictures are read, too
OPEN = (("GET", "/v1/model"),)  # of what is behind /v1, what needs no key
CLIENTS = 4096  # whose requests are counted at a time

POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
DOCS_POLICY = POLICY + "; style-src 'self' 'unsafe-inline'"  # Swagger UI styles its parts one by one
OFFLINE_HEADERS = {  # of the page that reads by itself, in WebAssembly and in threads
    "Content-Security-Policy": POLICY
    + "; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self'; manifest-src 'self'",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def answer_to(problem: Problem) -> Response:
    """Return a problem as an answer."""
    return Response(json.dumps(problem.to_dict()), problem.status, problem.headers(), MEDIA_TYPE)


class Guard:
    """Lets through what may be asked, as ASGI: keys, origins, rates; headers of safety, a line in the log, counts."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics) -> None:
        self._app, self._settings, self._metrics = app, settings, metrics
        self._salt = (os.environ.get("VINCHAR_LOG_SALT") or secrets.token_hex(16)).encode()
        self._rates = _Rates(settings.rate)
        self._reading = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "HEAD":  # uvicorn sends no body to who asked so
            scope = {**scope, "method": "GET"}
        request, began, status = Request(scope), time.perf_counter(), 0
        request.state.reviewer = request.state.code = None
        request.state.vins = ()

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/v1/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        counted = scope["path"].startswith(READS) or (scope["method"], scope["path"]) == UPLOADS
        self._reading += counted
        try:
            self._check(request, counted)
            if not counted:
                receive = await taken_in(receive, self._settings.body_seconds)
            await self._app(scope, receive, answer)
        except Problem as problem:
            request.state.code = problem.code
            await answer_to(problem)(scope, receive, answer)
        except Exception:
            log.exception("a mistake of ours")
            request.state.code = "internal-error"
            if not status:
                await answer_to(Problem("internal-error", "the service's log says why"))(scope, receive, answer)
        finally:
            self._reading -= counted
            self._write_down(request, status, time.perf_counter() - began)

    def _check(self, request: Request, counted: bool) -> None:
        """Raise ``Problem`` for what may not be asked."""
        _check_host(request, self._settings)
        _check_origin(request, self._settings)
        client = request.client.host if request.client else "unknown"
        if self._settings.keys and _is_closed(request):
            key = self._settings.key_of(_secret(request))
            if key is None:
                raise Problem("key-required", "send a key that is known: Authorization: Bearer KEY")
            request.state.reviewer = key.name
            client = key.name or client
        if not counted:
            return
        wait = self._rates.wait(client)
        if wait > 0:
            raise Problem("rate-limited", f"at most {self._settings.rate:g} readings a second for one client", wait)
        if self._reading > self._settings.concurrency:
            raise Problem("queue-full", f"{self._settings.concurrency} requests are under way already", 1.0)

    def _write_down(self, request: Request, status: int, seconds: float) -> None:
        """Count a request and write a line on it, in which VINs are hashes."""
        route = getattr(request.scope.get("route"), "path", "other")
        method = request.method if request.method in ("GET", "HEAD", "POST", "DELETE", "OPTIONS") else "other"
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        if request.state.code:
            self._metrics.problems.labels(request.state.code).inc()
        said: dict[str, Any] = {"method": method, "route": route, "status": status, "ms": round(1000 * seconds, 1)}
        if request.state.code:
            said["problem"] = request.state.code
        if request.state.vins:
            said["vins"] = [self._hidden(vin) for vin in request.state.vins]
        if request.state.reviewer:
            said["key"] = request.state.reviewer
        log.info("%s", json.dumps(said))

    def _hidden(self, vin: str) -> str:
        """Return what stands for a VIN: the same for the same one, and of no use to who has not the salt."""
        return hmac.new(self._salt, vin.encode(), hashlib.sha256).hexdigest()[:16]


def _is_closed(request: Request) -> bool:
    """Tell whether a key is needed where keys are; preflights carry none, and pages hold nothing."""
    path, method = request.scope["path"], request.method
    return (path.startswith("/v1") or path == "/metrics") and method != "OPTIONS" and (method, path) not in OPEN


def _secret(request: Request) -> str:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key", "")


def _check_host(request: Request, settings: Settings) -> None:
    """Refuse, where no key is needed, what was asked under another name: so no page can take this machine's place."""
    if settings.keys or not settings.is_local:
        return
    host = request.headers.get("host", "")
    if _without_port(host) not in ("127.0.0.1", "localhost", "::1", settings.host):
        raise Problem("origin-refused", f"got the host {host[:80]!r}, expected localhost: others need a key")


def _without_port(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _check_origin(request: Request, settings: Settings) -> None:
    """Refuse what a page of another origin wants to be done."""
    origin = request.headers.get("origin")
    if origin is None or request.method in ("GET", "HEAD", "OPTIONS") or origin in settings.origins:
        return
    if origin.partition("://")[2] != request.headers.get("host"):
        raise Problem("origin-refused", f"pages of {origin[:80]!r} may not ask: see --cors")


class _Rates:
    """How much each client may still ask: ``rate`` requests a second, and as many at once as come in two."""

    def __init__(self, rate: float) -> None:
        self.rate, self._left = rate, dict[str, tuple[float, float]]()

    def wait(self, client: str) -> float:
        """Return 0 and count a request, or the seconds until there may be one."""
        if not self.rate:
            return 0.0
        now = time.monotonic()
        left, at = self._left.pop(client, (max(2 * self.rate, 1.0), now))
        left = min(left + (now - at) * self.rate, max(2 * self.rate, 1.0))
        self._left[client] = (max(left - 1, 0.0) if left >= 1 else left, now)  # the last that asked stands last
        if len(self._left) > CLIENTS:
            del self._left[next(iter(self._left))]
        return 0.0 if left >= 1 else (1 - left) / self.rate
