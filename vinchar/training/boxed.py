"""Photos with a box round the VIN made into pictures for the locator: weak supervision as in CRAFT.

Nobody has to mark glyphs: the rectifier straightens the line in the box, and the line is divided in 17. What it makes
of the box is believed where the glyphs, put back into the photo, fill it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.drawing.scenes import Scene
from vinchar.files import table_rows
from vinchar.imaging import ImageError, load
from vinchar.rectify import Edges, Rectifier, bend, turn_round
from vinchar.training.cache import SceneCache, scene_arrays
from vinchar.training.parts import PART, Arrays, Job, build
from vinchar.types import Gray
from vinchar.vin import LENGTH

Box = tuple[float, float, float, float]
COLUMNS = ("image", "x0", "y0", "x1", "y1")
HELD_OUT = dict.fromkeys(("1", "yes", "true"), True) | dict.fromkeys(("", "0", "no", "false"), False)
AGREES = 0.5  # intersection over union of the box and the glyphs' bounding box
LONG = 4.5  # a box this long for its height holds a line that is nearly level
SIDE = 640  # pixels: larger photos are reduced to it


@dataclass(frozen=True, slots=True)
class Boxed:
    """A photo's path, the box round its VIN, in pixels, and whether it is kept to measure on; whose it is."""

    path: Path
    box: Box
    held_out: bool = False
    credit: str = ""


def read_boxed(table: Path) -> list[Boxed]:
    """Read a CSV file with the columns image (a path from the file's folder), x0, y0, x1, y1; rows without a box go.

    A column held_out, of the words in ``HELD_OUT``, keeps photos out of training; a column credit says whose they are.
    Raises ``ValueError`` that says what is wrong and in which line, also where no box is left, a photo is both trained
    on and held out, or none of the pictures is there.
    """
    try:
        text = table.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{table}: {getattr(error, 'strerror', None) or 'not text in UTF-8'}") from error
    with table_rows(table, text) as rows:
        missing = [name for name in COLUMNS if name not in (rows.fieldnames or [])]
        if missing:
            raise ValueError(f"{table}: no column {', '.join(missing)}; it needs {', '.join(COLUMNS)}")
        boxed = []
        for row in rows:
            number = rows.line_num
            texts = [row[name] or "" for name in COLUMNS[1:]]
            if not any(texts):
                continue
            try:
                x0, y0, x1, y1 = (float(text) for text in texts)
            except ValueError:
                raise ValueError(f"{table}, line {number}: a box of {texts}, expected four numbers") from None
            if not (x0 < x1 and y0 < y1):
                raise ValueError(f"{table}, line {number}: an empty box {texts}; expected x0 < x1 and y0 < y1")
            held_out = HELD_OUT.get((row.get("held_out") or "").strip().lower())
            if held_out is None or not row["image"]:
                what = "image: got nothing" if held_out is not None else f"held_out: got {row['held_out']!r}"
                raise ValueError(f"{table}, line {number}: {what}, expected a path and one of {', '.join(HELD_OUT)}")
            boxed.append(Boxed(table.parent / row["image"], (x0, y0, x1, y1), held_out, row.get("credit") or ""))
    _check(table, boxed)
    return boxed


def _check(table: Path, boxed: list[Boxed]) -> None:
    if not boxed:
        raise ValueError(f"{table}: no photo with a box in it")
    trained, held_out = ({one.path for one in boxed if one.held_out == kept} for kept in (False, True))
    if trained & held_out:
        raise ValueError(f"{table}: {min(trained & held_out)} is both trained on and held out")
    if not any(path.is_file() for path in trained | held_out):
        raise ValueError(f"{table}: none of its {len(boxed)} pictures is there, such as {boxed[0].path}")


def open_boxed(boxed: list[Boxed]) -> Iterator[tuple[Gray, Box]]:
    """Yield the grey picture and the box of each photo that can be read as a picture."""
    for one in boxed:
        try:
            yield load(one.path), one.box
        except ImageError:
            continue


def overlap(one: Box, other: Box) -> float:
    """Return the intersection over the union of two boxes."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return width * height / (areas - width * height)


def bounding_box(points: NDArray[np.float32]) -> Box:
    """Return the upright box round points (..., 2)."""
    flat = points.reshape(-1, 2)
    (x0, y0), (x1, y1) = flat.min(0).tolist(), flat.max(0).tolist()
    return x0, y0, x1, y1


def place_glyphs(gray: Gray, box: Box, rectifier: Rectifier) -> tuple[NDArray[np.float32], float]:
    """Return the 17 glyphs' quads, float32 (17, 4, 2), of the line in a box, and how well they fill it, in 0..1."""
    best, agrees = np.zeros((LENGTH, 4, 2), np.float32), 0.0
    for frame in _frames(box):
        found = rectifier.refine(gray, frame, passes=3)
        if found is None:
            continue
        top, bottom = bend(*found, 1.0, 1.0, LENGTH)
        quads = np.stack([top[:-1], top[1:], bottom[1:], bottom[:-1]], 1)
        fills = overlap(box, bounding_box(quads))
        if fills > agrees:
            best, agrees = quads, fills
    return best, agrees


def _frames(box: Box) -> list[Edges]:
    """Return the box as a frame, and along both its diagonals where it is too high for a level line."""
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    frames = [np.array([[[x0, y0], [x1, y0]], [[x0, y1], [x1, y1]]], np.float32)]
    if width < LONG * height:
        middle, reach = np.array([x0 + x1, y0 + y1]) / 2, np.hypot(width, height) / 2
        thick = 0.15 * reach
        for sign in (1, -1):
            angle = sign * np.arctan2(max(height - thick, 1.0), max(width - thick, 1.0))
            along = np.array([np.cos(angle), np.sin(angle)])
            down = np.array([-along[1], along[0]]) * thick
            ends = [middle - 1.1 * reach * along, middle + 1.1 * reach * along]
            frames.append(np.array([[end - down for end in ends], [end + down for end in ends]], np.float32))
            if abs(np.sin(angle)) > 0.6:
                frames.append(turn_round(frames[-1]))
    return frames


def draw_boxed(folder: Path, boxed: list[Boxed], rectifier: Path, workers: int) -> SceneCache:
    """Return what ``placed_boxed`` does. Raises ``ValueError`` if none is left."""
    cache = placed_boxed(folder, boxed, rectifier, workers)
    if not len(cache):
        raise ValueError(f"in none of {len(boxed)} boxed photos the line could be found")
    return cache


def placed_boxed(folder: Path, boxed: list[Boxed], rectifier: Path, workers: int) -> SceneCache:
    """Return the boxed photos whose glyphs could be placed, grey; those that cannot be read as pictures are left out.

    ``boxed``: at least one.
    """
    jobs = [
        Job(folder / f"boxed-{len(boxed)}-{first}.npz", len(some), partial(_placed, some, rectifier))
        for first in range(0, len(boxed), PART)
        for some in [boxed[first : first + PART]]
    ]
    return SceneCache.of(build(jobs, "placing glyphs", workers))


def _placed(boxed: list[Boxed], model: Path) -> Arrays:
    rectifier, scenes = Rectifier(model), []
    for gray, box in open_boxed(boxed):
        placed, agrees = place_glyphs(gray, box, rectifier)
        if agrees >= AGREES:
            scenes.append(reduced(Scene(gray, placed, "0" * LENGTH, False, "print", np.nan), SIDE))
    return scene_arrays(scenes)


def reduced(scene: Scene, side: int) -> Scene:
    """Return the scene with at most ``side`` pixels at its longest."""
    scale = min(1.0, side / max(scene.gray.shape))
    if scale == 1:
        return scene
    gray = cv2.resize(scene.gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return replace(scene, gray=np.asarray(gray, np.uint8), quads=scene.quads * np.float32(scale))
