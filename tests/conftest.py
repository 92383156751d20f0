"""What every test gets: fixed seeds and no network."""

from __future__ import annotations

import random
import socket
from typing import Any, NoReturn

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def _seeded() -> None:
    random.seed(7)
    np.random.seed(7)  # noqa: NPY002  (for libraries that still draw from it)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*address: Any, **_: Any) -> NoReturn:
        raise RuntimeError(f"tests must not use the network: {address}")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
