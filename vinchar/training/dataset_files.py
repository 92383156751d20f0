"""Synthetic VIN pictures as files, in the form of a docTR recognition set plus the boxes of the glyphs.

OUT/images/000000.png   one picture of one VIN line amid its surroundings
OUT/labels.json         {"000000.png": "1HGCM82633A004352", ...}
OUT/glyphs.json         {"000000.png": [[[x, y], [x, y], [x, y], [x, y]], ... 17 quads], ...}

Quads are in pixels, clockwise from the glyph's top left.
"""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from vinchar.drawing.faces import font_faces
from vinchar.drawing.scenes import draw_scene
from vinchar.files import whole_folder
from vinchar.training.parts import shared_out

Row = tuple[str, str, list[list[list[float]]]]  # file name, VIN, quads
_CHUNK = 16  # pictures handed to a process at a time


def write(count: int, out: Path, seed: int, workers: int | None = None, face: str | None = None) -> None:
    """Draw ``count`` pictures and write them with their labels to the folder ``out``, whole or not at all.

    Picture ``i`` depends on ``seed`` and ``i`` alone. ``workers``: processes, by default one a core. ``face``: a
    family of fonts, by the name of its folder, that all are drawn in. Raises ``ValueError`` if ``out`` holds anything
    or there is no such family, ``OSError`` if it cannot be written.
    """
    if count < 1:
        raise ValueError(f"count: got {count}, expected 1 or more")
    families = {one.family for held_out in (False, True) for one in font_faces(held_out)}
    if face is not None and face not in families:
        raise ValueError(f"face: got {face!r}, expected one of {', '.join(sorted(families))}")
    with whole_folder(out) as part:
        (part / "images").mkdir()
        jobs = [range(first, min(first + _CHUNK, count)) for first in range(0, count, _CHUNK)]
        workers = min(workers or os.cpu_count() or 1, len(jobs))  # starting a process costs as much as some pictures
        rows: list[Row] = []
        with tqdm(total=count, desc="drawing", unit="picture") as bar:
            for some in shared_out(partial(_write_pictures, part / "images", seed, face), jobs, workers):
                rows += some
                bar.update(len(some))
        labels, glyphs = {name: vin for name, vin, _ in rows}, {name: quads for name, _, quads in rows}
        (part / "labels.json").write_text(json.dumps(labels, indent=1) + "\n", encoding="utf-8")
        (part / "glyphs.json").write_text(json.dumps(glyphs) + "\n", encoding="utf-8")


def _write_pictures(folder: Path, seed: int, face: str | None, indices: range) -> list[Row]:
    cv2.setNumThreads(1)
    fonts = [one for held_out in (False, True) for one in font_faces(held_out) if one.family == face]
    rows = []
    for index in indices:
        rng = np.random.default_rng([seed, index])
        scene = draw_scene(rng, face=fonts[rng.integers(len(fonts))] if fonts else None)
        name = f"{index:06}.png"
        (folder / name).write_bytes(cv2.imencode(".png", scene.gray)[1].tobytes())
        rows.append((name, scene.vin, [[[round(float(v), 2) for v in p] for p in quad] for quad in scene.quads]))
    return rows
