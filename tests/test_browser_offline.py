"""The page that reads in the browser, as the service offers it: under its headers, with its model, and without it."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser_parts import DOOR, HONDA, LOST, PHONE, Visit
from service_parts import built_page
from test_browser_read import vin_of
from test_service_server import serving

pytest_plugins = ["browser_fixtures"]
pytestmark = pytest.mark.slow

KEPT = "async () => Boolean((await navigator.serviceWorker.ready).active && navigator.serviceWorker.controller)"
BOTH_KEPT = """async () => {
  const found = await navigator.serviceWorker.getRegistrations();
  return found.length === 2 && found.every(({ active }) => active?.state === "activated");
}"""
OF_ALL = "async () => (await navigator.serviceWorker.register('sw.js', { scope: '../' })).scope"


def test_it_reads_with_the_service_and_without(visit: Visit, tmp_path: Path) -> None:
    with serving(tmp_path, "--offline", str(built_page())) as running:
        page = visit("offline", at=running.url, expected=LOST)
        assert page.url == f"{running.url}/offline/"
        page.set_input_files("#files", str(DOOR))
        assert vin_of(page) == HONDA
        assert page.evaluate("crossOriginIsolated")
        page.wait_for_function(KEPT)
        assert page.evaluate(OF_ALL) == f"{running.url}/"  # as the header allows
        running.process.kill()
        running.process.wait()
        page.goto(f"{running.url}/offline/")
        page.set_input_files("#files", str(DOOR))
        assert vin_of(page) == HONDA
        asked = running.log.read_text()
        assert '"method": "GET"' in asked
        assert '"method": "POST"' not in asked


def test_a_photo_is_read_in_the_browser_where_the_service_is_away(visit: Visit, tmp_path: Path) -> None:
    with serving(tmp_path, "--offline", str(built_page())) as away:
        page = visit(at=away.url, size=PHONE, touch=True, expected=LOST)
        for _ in range(200):
            if page.evaluate(BOTH_KEPT):
                break
            page.wait_for_timeout(100)
        away.process.kill()
        away.process.wait()
        page.set_input_files("#files", str(DOOR))
        page.wait_for_selector("text=The service cannot be reached.")
        page.get_by_role("button", name="Read on this device").click()
        assert vin_of(page) == HONDA
        assert page.url == f"{away.url}/offline/"
        page.goto(f"{away.url}/?lang=de")
        assert page.url == f"{away.url}/offline/?lang=de"
        page.wait_for_selector("text=Fotos werden auf diesem Gerät gelesen")
