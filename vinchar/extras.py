"""What installs the parts of vinchar that reading ordinary pictures does without."""

from __future__ import annotations

from pathlib import Path


def how_to_install(extra: str = "") -> str:
    """Return the command that installs vinchar with an ``extra``: from here, or by name where it was installed so."""
    here = (Path(__file__).parents[1] / "pyproject.toml").exists()
    what = f"{'.' if here else 'vinchar'}{f'[{extra}]' if extra else ''}"
    return f"python3 -m pip install {what!r}"
