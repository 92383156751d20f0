"""The page that reads in the browser, where the service offers it and then goes away."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser_parts import DOOR, HONDA, LOST, PHONE, Visit
from test_browser_read import vin_of
from test_service_server import serving

from vinchar.service.settings import Settings

pytest_plugins = ["browser_fixtures"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(Settings().offline_folder is None, reason="the page is not built: cd web && npm run build"),
]

KEPT = """async () => {
  const found = await navigator.serviceWorker.getRegistrations();
  return found.length === 2 && found.every(({ active }) => active?.state === "activated");
}"""


def test_a_photo_is_read_in_the_browser_where_the_service_is_away(visit: Visit, tmp_path: Path) -> None:
    with serving(tmp_path) as away:
        page = visit(at=away.url, size=PHONE, touch=True, expected=LOST)
        for _ in range(200):
            if page.evaluate(KEPT):
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


def test_the_page_reads_as_the_service_does(visit: Visit) -> None:
    page = visit("offline/")
    page.wait_for_selector("text=never leave it")
    page.set_input_files("#files", str(DOOR))
    assert vin_of(page) == HONDA
    assert page.evaluate("crossOriginIsolated")
