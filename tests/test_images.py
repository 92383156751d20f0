"""Golden texts: the shipped model reads every sample picture right, however it is turned over or scaled."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar.imaging import load
from vinchar.reader import Reader

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "images"
with (IMAGES / "labels.csv").open(encoding="utf-8", newline="") as _file:
    LABELS = {row["image"]: row["vin"] for row in csv.DictReader(_file)}
STRIPS = {name: vin for name, vin in LABELS.items() if name.startswith("strips/")}

CHANGES: dict[str, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = {
    "turned over": lambda gray: 255 - gray,
    "upside down": lambda gray: np.ascontiguousarray(gray[::-1, ::-1]),
    "darker": lambda gray: (gray * 0.6).astype(np.uint8),
    "at 0.7": lambda gray: cv2.resize(gray, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA),
    "at 1.5": lambda gray: cv2.resize(gray, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC),
}


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def test_the_labels_name_every_picture() -> None:
    pictures = {str(path.relative_to(IMAGES)) for path in IMAGES.rglob("*") if path.suffix in (".png", ".jpg")}
    assert pictures == set(LABELS)
    counts = {kind: sum(name.startswith(kind) for name in LABELS) for kind in ("glyphs/", "strips/", "photos/")}
    assert counts["glyphs/"] >= 12
    assert counts["strips/"] >= 12
    assert counts["photos/"] >= 8


def test_all_is_read_right_from_the_command_line(tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, ROOT / "inference.py", "images"], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    read = {name: text for text, name in (line.split(", ", 1) for line in answer.stdout.splitlines())}
    expected = {
        os.path.join("images", name): f"{ord(vin):03d}" if len(vin) == 1 else vin for name, vin in LABELS.items()
    }
    wrong = {name: (read.get(name), vin) for name, vin in expected.items() if read.get(name, "").rstrip("?") != vin}
    assert not wrong
    assert read.keys() == expected.keys()
    assert answer.returncode == 0, answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("name", STRIPS)
def test_polarity_direction_light_and_scale_leave_the_text_unchanged(
    name: str, change: Callable[[NDArray[np.uint8]], NDArray[np.uint8]], reader: Reader
) -> None:
    assert reader.read(change(load(IMAGES / name)), "strip").vin == STRIPS[name]


@pytest.mark.parametrize("name", [name for name in LABELS if name.startswith("photos/")])
def test_the_characters_lie_along_the_line_in_the_photo(name: str, reader: Reader) -> None:
    characters = reader.read(IMAGES / name).characters
    middles = np.array([character.quad.mean(0) for character in characters])
    height, width = load(IMAGES / name).shape
    assert ((middles > 0) & (middles < [width, height])).all()
    along = middles[-1] - middles[0]
    assert np.linalg.norm(along) > 0.35 * width
    assert (np.diff(middles @ along) > 0).all()
