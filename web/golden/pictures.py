"""The pictures that the stages are tried on, those of ``images/``: small ones, so that the files are."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from vinchar.imaging import load
from vinchar.resizing import resized
from vinchar.types import Gray

IMAGES = Path(__file__).parents[2] / "images"
PHOTOS = ("windscreen-laser-strip", "frame-stamped")
Cases = list[dict[str, Any]]


def as_it_is(gray: Gray) -> Gray:
    return gray


def on_its_side(gray: Gray) -> Gray:
    return np.ascontiguousarray(gray.T[::-1])


def in_two_rows(gray: Gray) -> Gray:
    """Return the halves of a strip below each other."""
    half = gray.shape[1] // 2
    return np.vstack([gray[:, :half], gray[:, -half:]])


# Where each lies, its longest side in pixels, and what is done to it, so that every look at a picture is taken.
PICTURES: dict[str, tuple[str, int, Callable[[Gray], Gray]]] = {
    "2": ("glyphs", 160, as_it_is),
    "h": ("glyphs", 160, as_it_is),
    "barlow-condensed-600-print-dark": ("strips", 300, on_its_side),
    "osp-din-400-stamp-dark": ("strips", 500, in_two_rows),
    "roboto-500-relief-light": ("strips", 300, as_it_is),
    "strokes-stamp-dark": ("strips", 300, as_it_is),
    "windscreen-laser-strip": ("photos", 360, as_it_is),
    "frame-stamped": ("photos", 360, as_it_is),
}


@cache
def picture(name: str) -> Gray:
    """Return one of ``PICTURES``."""
    folder, side, change = PICTURES[name]
    gray = load(next((IMAGES / folder).glob(f"{name}.*")))
    scale = min(1.0, side / max(gray.shape))
    return change(resized(gray, round(gray.shape[1] * scale), round(gray.shape[0] * scale)))


def cases() -> dict[str, Gray]:
    return {name: picture(name) for name in PICTURES}


def noise(seed: int, *shape: int) -> Gray:
    """Return grey levels without any pattern, which show every difference in arithmetic."""
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)


def blurred(gray: Gray, sigma: float) -> Gray:
    return np.asarray(cv2.GaussianBlur(gray, (0, 0), sigma), np.uint8)
