"""How often the VIN is found in photos that the locator was not trained on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from vinchar.locate import Locator
from vinchar.rectify import Edges, Rectifier, bend, frame_of_rows
from vinchar.training.boxed import Box, Boxed, bounding_box, open_boxed, overlap
from vinchar.training.cache import SceneCache
from vinchar.types import Gray
from vinchar.vin import LENGTH

OVERLAP = 0.5  # intersection over union from which a VIN counts as found
COLUMNS = ("best", "best_three", "straightened_best", "straightened_best_three")


def located(model: Path, drawn: SceneCache, boxed: list[Boxed]) -> dict[str, dict[str, float]]:
    """Return how often the VIN is found in drawn photos and in boxed real ones, none of them trained on.

    For each kind the number of photos, and the share where the best line, and where one of the best three, has a
    bounding box whose intersection over union with that of the VIN is at least ``OVERLAP``: as the locator gives it,
    and ``straightened`` by two passes of the rectifier.
    """
    locator, rectifier = Locator(model / "locator.onnx"), Rectifier(model / "rectifier.onnx")
    kinds: dict[str, Iterator[tuple[Gray, Box]]] = {
        "drawn": ((drawn.gray(i), bounding_box(drawn.quads[i])) for i in range(len(drawn))),
        "real": open_boxed(boxed),
    }
    shares = {}
    for kind, photos in kinds.items():
        rows = []
        for gray, box in tqdm(photos, desc=f"locating in {kind} photos", unit="photo", mininterval=2):
            lines = locator.lines(gray, 3)
            rough = [np.stack([quad.points for quad in line]) for line in lines]
            fine = [_straightened(rectifier, gray, frame_of_rows(line)) for line in lines]
            rows.append((*_covered(rough, box), *_covered(fine, box)))
        if rows:
            found = np.mean(rows, axis=0)
            shares[kind] = {"n": float(len(rows))} | {
                name: round(float(share), 4) for name, share in zip(COLUMNS, found, strict=True)
            }
    return shares


def _covered(lines: list[NDArray[np.float32]], box: Box) -> tuple[bool, bool]:
    """Tell whether the first line covers the box, and whether any does."""
    covers = [overlap(box, bounding_box(line)) >= OVERLAP for line in lines]
    return any(covers[:1]), any(covers)


def _straightened(rectifier: Rectifier, gray: Gray, edges: Edges) -> Edges:
    found = rectifier.refine(gray, edges, passes=2)
    return edges if found is None else bend(*found, 1.0, 1.0, LENGTH)
