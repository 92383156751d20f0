"""What the command line says to people, all of it on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from vinchar.extras import how_to_install
from vinchar.urls import Url

_MANY = 500  # pictures from which a run that nobody watches still says how far it is
# What to install for a package that is missing, beside what reading needs.
_EXTRAS = {
    **dict.fromkeys(("jinja2", "matplotlib", "pandas", "scipy", "seaborn", "sklearn"), "report"),
    "zxingcpp": "barcodes",
}
_OF_VERBS = {
    **dict.fromkeys(("train", "adapt", "synth"), "train"),
    **dict.fromkeys(("serve", "desk"), "serve"),
    "batch": "ray",
}
_CALLED = {"PIL": "pillow", "cv2": "opencv-python-headless", "sklearn": "scikit-learn", "zxingcpp": "zxing-cpp"}


class Stop(Exception):
    """Ends the run with one sentence and status 2."""


def tell(sentence: str) -> None:
    """Say a sentence to whoever runs it."""
    print(f"vinchar: {sentence}", file=sys.stderr)


def shown(path: Path | Url) -> str:
    """Return the path, or the address, as text that any stream can print."""
    return os.fsencode(str(path)).decode("utf-8", "replace")


def missing(error: ModuleNotFoundError, verb: str) -> str:
    """Return one sentence: which package a verb misses, and what installs it, here or where vinchar came from."""
    package = (error.name or "").partition(".")[0]
    extra = _EXTRAS[package] if package == "zxingcpp" else _OF_VERBS.get(verb) or _EXTRAS.get(package, "")
    return f"the package {_CALLED.get(package, package)} is missing: {how_to_install(extra)}"


@contextmanager
def progress(count: int, lines: bool = True) -> Iterator[tuple[Callable[..., object], Callable[[str], object]]]:
    """Yield what to call after a picture, or with a number after several, and what says a sentence.

    With ``lines`` of data on standard output there is a bar only where these do not already show it.
    """
    watched = sys.stderr.isatty() and not (lines and sys.stdout.isatty())
    if count <= 1 or not (watched or (count >= _MANY and not sys.stderr.isatty())):
        yield lambda number=1: None, tell
        return
    from tqdm import tqdm

    with tqdm(total=count, unit="picture", file=sys.stderr, mininterval=0.2 if watched else 30.0) as bar:
        yield bar.update, lambda sentence: bar.write(f"vinchar: {sentence}", file=sys.stderr)
