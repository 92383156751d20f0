"""What tests of the service share: readers that do what a picture's name says, and a service with them in it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from fastapi.testclient import TestClient

from vinchar.reading import Reading
from vinchar.service.app import make_app
from vinchar.service.settings import Settings

HONDA = "1HGCM82633A004352"
KEY = "a-key-of-the-tests"
FAST = 0.5  # seconds


def picture(width: int = 60, height: int = 20) -> bytes:
    """The bytes of a PNG file."""
    return cv2.imencode(".png", np.full((height, width), 90, np.uint8))[1].tobytes()


class FakeReader:
    """Reads a VIN wherever it looks; dies, raises or sleeps where the picture's name asks for it."""

    def __init__(self, version: str, arguments: dict[str, Any]) -> None:
        self.version = version
        self.confidence = SimpleNamespace(threshold=0.9, glyph_threshold=0.8)
        self.asked: dict[str, Any] = arguments

    def looking_for(self, **asked: Any) -> FakeReader:
        return FakeReader(self.version, asked)

    def read_frames(self, frames: Sequence[np.ndarray], kind: str, names: Sequence[str | None]) -> Reading:
        name = names[-1]
        match name:
            case "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            case "mistake":
                raise TypeError(f"no such thing as {HONDA}")
            case "slow":
                time.sleep(FAST)
            case "asleep":
                time.sleep(60)
            case "unsure":
                return Reading(name, "photo", HONDA, "uncertain", 0.4, model=self.version)
            case "nothing":
                return Reading(name, "photo", None, "not_found", model=self.version)
            case "who":
                return Reading(name, "photo", None, "not_found", reasons=(str(os.getpid()),))
        said = (f"{len(frames)} {kind}", *(f"{key}: {value}" for key, value in sorted(self.asked.items())))
        return Reading(name, "photo", HONDA, "ok", 0.99, reasons=said, model=self.version)


def make_fake(model: Path | None, arguments: dict[str, Any]) -> FakeReader:
    """Make a reader as the processes of a service do: of the version that a file ``version`` beside the model says."""
    version = Path(os.environ.get("FAKE_VERSION", "nowhere"))
    said = version.read_text() if version.exists() else "fake"
    if said == "broken":
        raise ValueError("this model is broken")
    return FakeReader(said, {name: value for name, value in arguments.items() if value is not None})


@contextmanager
def running(folder: Path, **settings: Any) -> Iterator[TestClient]:
    """A service with fake readers, on this machine, whose store lies in ``folder``."""
    given = {"workers": 1, "rate": 0, "store": str(folder / "store.db")} | settings
    app = make_app(Settings(**given), make_fake)
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        yield client


def send(client: TestClient, name: str, route: str = "/v1/read", **more: Any) -> Any:
    """Send a picture of a name."""
    return client.post(route, files={"image": (name, picture(), "image/png")}, **more)


def built_page() -> Path:
    """The folder of the page that reads in the browser, or a skip; a failure where the tests are told to require it."""
    folder = Path(__file__).parents[1] / "web" / "dist"
    if not (folder / "index.html").exists():
        said = "web/dist is not built: cd web && npm ci && npm run build"
        if "web" in os.environ.get("VINCHAR_REQUIRE", ""):
            pytest.fail(f"{said}; VINCHAR_REQUIRE asks for it")
        pytest.skip(said)
    return folder
