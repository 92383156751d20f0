"""The page that reads in the browser, as the service offers it: under its headers, with its model, and without it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser_parts import DOOR, HONDA, LOST, PHONE, Visit
from service_parts import built_page
from test_browser_read import vin_of
from test_service_server import serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytest_plugins = ["browser_fixtures"]
pytestmark = pytest.mark.slow

KEPT = """async () => {
  const found = await navigator.serviceWorker.getRegistrations();
  return found.filter(({ active }) => active?.state === "activated").map(({ scope }) => new URL(scope).pathname).sort();
}"""


def wait_for_workers(page: Page, *scopes: str) -> None:
    """Wait until the browser keeps the page, and what leads to it."""
    for _ in range(300):
        if page.evaluate(KEPT) == list(scopes):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"got {page.evaluate(KEPT)}, expected {scopes}")


def test_it_reads_with_the_service_and_without(visit: Visit, tmp_path: Path) -> None:
    with serving(tmp_path, "--offline", str(built_page())) as running:
        page = visit("offline", at=running.url, expected=LOST)
        assert page.url == f"{running.url}/offline/"
        page.set_input_files("#files", str(DOOR))
        assert vin_of(page) == HONDA
        assert page.evaluate("crossOriginIsolated")
        wait_for_workers(page, "/offline/")
        running.process.kill()
        running.process.wait()
        page.goto(f"{running.url}/offline/")
        page.set_input_files("#files", str(DOOR))
        assert vin_of(page) == HONDA
        asked = running.log.read_text()
        assert '"method": "GET"' in asked
        assert '"method": "POST"' not in asked


def test_where_the_service_is_away_its_page_leads_there(visit: Visit, tmp_path: Path) -> None:
    with serving(tmp_path, "--offline", str(built_page())) as running:
        page = visit(at=running.url, size=PHONE, touch=True, expected=LOST)
        wait_for_workers(page, "/", "/offline/")
        running.process.kill()
        running.process.wait()
        page.set_input_files("#files", str(DOOR))
        page.get_by_role("button", name="Read on this device").click()
        assert vin_of(page) == HONDA
        assert page.url == f"{running.url}/offline/"
        page.goto(f"{running.url}/?lang=de")
        assert page.url == f"{running.url}/offline/?lang=de"
        page.wait_for_selector("text=Fotos werden auf diesem Gerät gelesen")
