"""What tests in a browser share: who opens pages, what they look at, and what must be true of everything shown."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[1]
DOOR = ROOT / "images" / "photos" / "door-label-white.jpg"
HONDA = "1HGCM82633A004352"  # what is in it
PHONE, DESKTOP = (360, 740), (1280, 800)
LOST = "Failed to load resource"  # how the console begins to tell of every refusal

Launch = Callable[..., "AbstractContextManager[Browser]"]
Visit = Callable[..., "Page"]


def is_outside(url: str, at: str) -> bool:
    return not url.startswith((f"{at}/", f"blob:{at}/", "data:"))


def expect_accessible(page: Page) -> None:
    """What is shown has no serious fault that axe knows of, and does not scroll sideways."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    bad = [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")]
    assert not bad, bad
    seen = page.viewport_size
    assert seen is not None
    assert page.evaluate("document.documentElement.scrollWidth") <= seen["width"]
