"""Write ``test/golden/c_pictures.npz`` and ``c_readings.json``: pictures of ``images/``, and what Python reads in them.

``python web/golden_c.py``. The same every time, on one kind of processor.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from vinchar import Reader
from vinchar.imaging import load
from vinchar.resizing import resized
from vinchar.types import Gray

GOLDEN = Path(__file__).parent / "test" / "golden"
IMAGES = Path(__file__).parent.parent / "images"


def upright(gray: Gray) -> Gray:
    return gray


def upside_down(gray: Gray) -> Gray:
    return np.ascontiguousarray(gray[::-1, ::-1])


def on_its_side(gray: Gray) -> Gray:
    return np.ascontiguousarray(gray.T[::-1])


def in_two_rows(gray: Gray) -> Gray:
    """Return the halves of a strip below each other."""
    half = gray.shape[1] // 2
    return np.vstack([gray[:, :half], gray[:, -half:]])


# Each with its longest side in pixels, small ones, so that the file is; and what is done to it, so that every look at
# a picture is taken.
PICTURES: dict[str, tuple[int, Callable[[Gray], Gray]]] = {
    "glyphs/2.png": (160, upright),
    "glyphs/4.png": (160, upright),
    "glyphs/8.png": (160, upright),
    "glyphs/h.png": (160, upright),
    "strips/barlow-condensed-600-print-dark.png": (300, on_its_side),
    "strips/strokes-stamp-dark.png": (300, upright),
    "strips/ocr-b-400-print-dark.png": (600, in_two_rows),
    "strips/roboto-500-relief-light.png": (300, upright),
    "strips/roboto-condensed-400-print-light.png": (500, in_two_rows),
    "strips/fira-mono-400-print-dark.png": (300, upright),
    "photos/windscreen-laser-strip.jpg": (360, upright),
    "photos/frame-stamped.jpg": (360, upside_down),
    "photos/door-label-black.jpg": (400, upright),
}


def smaller(gray: Gray, side: int) -> Gray:
    """Return a picture whose longer side has ``side`` pixels at most."""
    scale = min(1.0, side / max(gray.shape))
    return resized(gray, round(gray.shape[1] * scale), round(gray.shape[0] * scale))


def main() -> None:
    cv2.setNumThreads(1)
    reader = Reader()
    pictures = {name: change(smaller(load(IMAGES / name), side)) for name, (side, change) in PICTURES.items()}
    readings = {name: reader.read(gray).to_dict() for name, gray in pictures.items()}
    np.savez_compressed(GOLDEN / "c_pictures.npz", **{name.replace("/", "_"): gray for name, gray in pictures.items()})
    (GOLDEN / "c_readings.json").write_text(json.dumps(readings) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
