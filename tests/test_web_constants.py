"""The constants of the reader in the browser are those of ``vinchar``."""

from __future__ import annotations

from web import generate


def test_the_constants_of_the_browser_are_up_to_date() -> None:
    assert generate.TARGET.read_text(encoding="utf-8") == generate.constants(), "run python3 -m web.generate"
