"""The constants of the reader in the browser are those of ``vinchar``."""

from __future__ import annotations

import importlib.util
from pathlib import Path

WEB = Path(__file__).parents[1] / "web"


def test_the_constants_of_the_browser_are_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("generate", WEB / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    written = (WEB / "src" / "constants.ts").read_text(encoding="utf-8")
    assert written == generate.constants(), "run python web/generate.py"
