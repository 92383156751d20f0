"""What the flags of the command line take, each from its text; argparse says what is wrong with another one."""

from __future__ import annotations

import argparse
from pathlib import Path


def path(text: str) -> Path:
    """Return a path."""
    if not text:
        raise argparse.ArgumentTypeError("got an empty path")  # Path("") is the current folder
    return Path(text)


def positive(text: str) -> int:
    """Return a whole number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"got {text!r}, expected a whole number from 1 on")
    return int(text)


def share(text: str) -> float:
    """Return a number from 0 to 1."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"got {text!r}, expected a number from 0 to 1")
    return value
