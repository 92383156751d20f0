"""A reader that reads file names in place of pictures, for the tests of the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from vinchar.command.main import main
from vinchar.imaging import ImageError, load
from vinchar.posterior import NO_PRIORS
from vinchar.reading import Character, Reading

VIN, OTHER = "1HGCM82633A004352", "WVWZZZ1JZ3W386752"
Folder = Callable[..., Path]  # makes pictures of the given names in a folder, and returns it

QUAD = np.array([[2, 2], [12, 2], [12, 14], [2, 14]], np.float32)


class NameReader:
    """Reads a picture's name: a VIN or one character, ``maybe`` before it for an uncertain one, else nothing."""

    def read(self, source: Path, kind: str = "auto") -> Reading:
        name = str(source)
        try:
            load(source)
        except ImageError as error:
            return Reading(name, "photo", None, "error", reasons=(str(error),))
        word = source.stem.removeprefix("maybe-")
        kind = "glyph" if len(word) == 1 else "strip"
        if len(word) not in (1, 17):
            return Reading(name, "photo", None, "not_found", reasons=("no line of text",))
        status = "uncertain" if source.stem.startswith("maybe-") else "ok"
        return Reading(name, kind, word, status, 0.9, (Character(word[0], 0.9, QUAD),))  # type: ignore[arg-type]

    priors, classifier, recogniser, version = NO_PRIORS, None, None, "0.1.0-01234567"

    @property
    def search(self) -> Any:
        return SimpleNamespace(views=lambda gray, kind: [])

    @property
    def bundle(self) -> Any:
        return SimpleNamespace(description={"config": {"preset": "quick"}})

    @property
    def confidence(self) -> Any:
        return SimpleNamespace(threshold=0.9, glyph_threshold=0.8)


def run(*argv: Any, make: Any = NameReader) -> int:
    return main(["read", *map(str, argv)], make)
