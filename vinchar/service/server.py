"""Uvicorn with the service in it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from vinchar.service.app import make_app
from vinchar.service.guard import answer_to
from vinchar.service.problems import Problem
from vinchar.service.settings import Settings

HEADER_SECONDS = 10.0  # in which a request's head must have come
MOST_HEADER = 64 * 1024  # bytes of it, and of what else is no body: nothing else limits them
MOST_CONNECTIONS = 1024
STOP_SECONDS = 30  # for what is under way when it stops


class _Protocol(HttpToolsProtocol):
    """HTTP that does not wait for ever for the head of a request, and does not keep one without end."""

    _waiting: asyncio.TimerHandle | None = None
    _header_bytes = 0  # that came, at least

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        between = self.cycle is None or self.cycle.response_complete
        if between and self._waiting is None:
            self._wait()
        self._header_bytes += len(data)
        super().data_received(data)
        if self._header_bytes > MOST_HEADER and not self.transport.is_closing():
            self.send_400_response(f"the head of a request may have {MOST_HEADER // 1024} KB")

    def on_headers_complete(self) -> None:
        self._header_bytes = 0
        self._stop_waiting()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._header_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._header_bytes = 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Say what is wrong, unless an answer is on its way, and close the connection."""
        if self.cycle is None or self.cycle.response_complete:
            answer = answer_to(Problem("bad-request", msg))
            head = [b"HTTP/1.1 400 Bad Request", *(b": ".join(one) for one in answer.raw_headers), b"connection: close"]
            self.transport.write(b"\r\n".join([*head, b"", bytes(answer.body)]))
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(HEADER_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


def run(settings: Settings, certificate: Path | None = None, certificate_key: Path | None = None) -> int:
    """Serve until a signal says to stop; return the exit status. Raises ``ModelError``, ``ValueError``, ``OSError``."""
    if certificate_key is not None and certificate is None:
        raise ValueError("certificate-key: got no certificate, expected it, too")
    for file in (certificate, certificate_key):
        if file is not None:
            file.open("rb").close()  # uvicorn would not say which one is missing
    app = make_app(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=_Protocol,
        ws="none",
        log_config=None,
        access_log=False,  # queries hold VINs; the service writes a line of its own
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=STOP_SECONDS,
        ssl_certfile=certificate,
        ssl_keyfile=certificate_key,
    )
    server = uvicorn.Server(config)

    async def serve() -> None:
        await app.state.vinchar.load()  # now: a model that cannot be used is a sentence, not a failed start of uvicorn
        await server.serve()

    try:
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(serve())
    except SystemExit:  # uvicorn has said why
        return 2
    return 0 if server.started else 2
