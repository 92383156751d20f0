"""The page that reads in the browser, as the service offers it: under its headers, with its model, and without it."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser_parts import DOOR, HONDA, LOST, Visit
from service_parts import built_page
from test_browser_read import vin_of
from test_service_server import serving

pytest_plugins = ["browser_fixtures"]
pytestmark = pytest.mark.slow

KEPT = "async () => Boolean((await navigator.serviceWorker.ready).active && navigator.serviceWorker.controller)"
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
