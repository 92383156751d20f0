"""Chromium, driven by Playwright, at pages of a service that runs as a process of its own."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from browser_parts import DESKTOP, DOOR, Launch, Visit, is_outside
from test_service_server import Service, serving

from vinchar import Reader

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def _chromium() -> str:
    """The path of a Chromium, or a skip; where the tests are told to require a browser, a failure."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found and importlib.util.find_spec("playwright"):
        return found
    said = "no Chromium to test the pages in" if importlib.util.find_spec("playwright") else "no Playwright"
    if "browser" in os.environ.get("VINCHAR_REQUIRE", ""):
        pytest.fail(f"{said}, and VINCHAR_REQUIRE asks for it")
    pytest.skip(f"{said}: install it, and the package playwright")


@pytest.fixture(scope="module")
def launch() -> Iterator[Launch]:
    """Starts a Chromium with the flags that are given; it is there within `with`."""
    path = _chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:

        @contextmanager
        def start(*flags: str) -> Iterator[Browser]:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *flags])
            yield browser
            browser.close()

        yield start


@pytest.fixture(scope="module")
def browser(launch: Launch) -> Iterator[Browser]:
    with launch() as started:
        yield started


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that keeps uploads for a day, so that what is unsure goes to its desk."""
    with serving(tmp_path_factory.mktemp("served"), "--keep", "1", "--rate", "0") as running:
        yield running


@pytest.fixture
def visit(browser: Browser, service: Service) -> Iterator[Visit]:
    """Opens a page of the service as a person of their own, who sees no error and asks no other host.

    ``size``, ``dark``, ``language``, ``touch``: how they see it. ``at``: where the service is, by default the shared
    one. ``within``: another browser. ``expected``: the beginning of what the console may say.
    """
    with ExitStack() as stack:
        wrong: list[str] = []

        def open_page(
            path: str = "",
            *,
            size: tuple[int, int] = DESKTOP,
            dark: bool = False,
            language: str = "en-US",
            touch: bool = False,
            at: str = service.url,
            within: Browser = browser,
            expected: str = "nothing",
            before: Callable[[Page], Any] = lambda page: None,
        ) -> Page:
            context = stack.enter_context(
                within.new_context(
                    viewport={"width": size[0], "height": size[1]},
                    color_scheme="dark" if dark else "light",
                    locale=language,
                    has_touch=touch,
                    is_mobile=touch,
                    permissions=["clipboard-read", "clipboard-write", "camera"],
                )
            )
            context.set_default_timeout(30_000)
            page = context.new_page()
            page.on("pageerror", lambda error: wrong.append(f"error: {error.stack or error.message}"))
            page.on(
                "console",
                lambda said: (
                    said.type in ("error", "warning")
                    and not said.text.startswith(expected)
                    and wrong.append(f"console: {said.text}")
                ),
            )
            page.on("request", lambda request: is_outside(request.url, at) and wrong.append(f"asked {request.url}"))
            before(page)
            page.goto(f"{at}/{path}")
            return page

        yield open_page
        assert not wrong, wrong


@pytest.fixture(scope="session")
def unsure(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo in which some characters could be others, so that it is not sure what it says."""
    read, door = Reader().read, cv2.imread(str(DOOR))
    path = tmp_path_factory.mktemp("photos") / "unsure.png"
    for scale in np.linspace(0.24, 0.16, 17):
        small = cv2.GaussianBlur(cv2.resize(door, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), (0, 0), 0.8)
        cv2.imwrite(str(path), cv2.resize(small, None, fx=3, fy=3))
        reading = read(path)
        doubts = [one for one in reading.characters if one.confidence < 0.9 and one.alternatives]
        if reading.status == "uncertain" and doubts:
            return path
    raise AssertionError("every one of them is read surely: blur them more")


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo of nothing."""
    path = tmp_path_factory.mktemp("photos") / "sky.png"
    cv2.imwrite(str(path), np.full((300, 400, 3), (200, 160, 90), np.uint8))
    return path
