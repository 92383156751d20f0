"""Synthetic VIN pictures as files, in the form of a docTR recognition set plus the boxes of the glyphs.

OUT/images/000000.png   one picture of one VIN line amid its surroundings
OUT/labels.json         {"000000.png": "1HGCM82633A004352", ...}
OUT/glyphs.json         {"000000.png": [[[x, y], [x, y], [x, y], [x, y]], ... 17 quads], ...}

Quads are in pixels, clockwise from the glyph's top left.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from vinchar.training.scenes import draw_scene

Row = tuple[str, str, list[list[list[float]]]]  # file name, VIN, quads
_CHUNK = 16  # pictures handed to a process at a time


def write(count: int, out: Path, seed: int, workers: int | None = None) -> None:
    """Draw ``count`` pictures and write them with their labels to the folder ``out``, whole or not at all.

    Picture ``i`` depends on ``seed`` and ``i`` alone. ``workers``: processes, by default one a core. Raises
    ``ValueError`` if ``out`` holds anything, ``OSError`` if it cannot be written.
    """
    if count < 1:
        raise ValueError(f"count: got {count}, expected 1 or more")
    with whole_folder(out) as part:
        (part / "images").mkdir()
        draw = partial(_write_picture, part / "images", seed)
        rows = list(tqdm(_map(draw, count, workers or os.cpu_count() or 1), "drawing", count, unit="picture"))
        labels, glyphs = {name: vin for name, vin, _ in rows}, {name: quads for name, _, quads in rows}
        (part / "labels.json").write_text(json.dumps(labels, indent=1) + "\n", encoding="utf-8")
        (part / "glyphs.json").write_text(json.dumps(glyphs) + "\n", encoding="utf-8")


def _map(draw: partial[Row], count: int, workers: int) -> Iterator[Row]:
    workers = min(workers, -(-count // _CHUNK))  # starting a process costs as much as some pictures
    if workers <= 1:
        yield from map(draw, range(count))
        return
    with multiprocessing.get_context("spawn").Pool(workers, cv2.setNumThreads, (1,)) as pool:
        yield from pool.imap(draw, range(count), _CHUNK)


def _write_picture(folder: Path, seed: int, index: int) -> Row:
    scene = draw_scene(np.random.default_rng([seed, index]))
    name = f"{index:06}.png"
    (folder / name).write_bytes(cv2.imencode(".png", scene.gray)[1].tobytes())
    return name, scene.vin, [[[round(float(v), 2) for v in point] for point in quad] for quad in scene.quads]


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """Yield a new folder beside ``out`` that takes its place at the end, or vanishes if what is done in it fails.

    Raises ``ValueError`` if ``out`` is a file or a folder that holds anything, ``OSError``.
    """
    if os.path.lexists(out) and not (out.is_dir() and not any(out.iterdir())):
        raise ValueError(f"{out}: it is there already; name a new or an empty folder")
    out = out.resolve()  # a link to an empty folder leads to what may be replaced
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{secrets.token_hex(8)}.part")
    part.mkdir()
    try:
        yield part
        os.replace(part, out)  # an empty folder may be replaced
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
