"""How often the VIN is found in photos that the locator was not trained on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import numpy as np
from tqdm import tqdm

from vinchar.reader import Reader
from vinchar.training.boxed import Box, Boxed, bounding_box, open_boxed, overlap
from vinchar.training.cache import SceneCache
from vinchar.types import Gray

OVERLAP = 0.5  # intersection over union from which a VIN counts as found, and two lines as one
COLUMNS = ("best", "best_three", "read_best", "read_best_three")


def located(model: Path, drawn: SceneCache, boxed: list[Boxed]) -> dict[str, dict[str, float]]:
    """Return how often the VIN is found in drawn photos and in boxed real ones, none of them trained on.

    For each kind the number of photos, and the share where the best line, and where one of the best three, has a
    bounding box whose intersection over union with that of the VIN is at least ``OVERLAP``: as the locator alone gives
    it, and ``read`` as the whole reader ranks what it read, with the locator's lines in turn.
    """
    reader = Reader(model)
    kinds: dict[str, Iterator[tuple[Gray, Box]]] = {
        "drawn": ((drawn.gray(i), bounding_box(drawn.quads[i])) for i in range(len(drawn))),
        "real": open_boxed(boxed),
    }
    shares = {}
    for kind, photos in kinds.items():
        rows = []
        for gray, box in tqdm(photos, desc=f"locating in {kind} photos", unit="photo", mininterval=2):
            seen = [bounding_box(np.stack([quad.points for quad in line])) for line in reader.locator.lines(gray, 3)]
            read = [bounding_box(found.outline()) for found in reader.tried(gray)]
            pairs = zip_longest(_apart(read), seen)
            both = _apart([one for pair in pairs for one in pair if one is not None])
            rows.append([_covers(box, some) for some in (seen[:1], seen, both[:1], both[:3])])
        if rows:
            found = np.mean(rows, axis=0)
            shares[kind] = {"n": float(len(rows))} | {
                name: round(float(share), 4) for name, share in zip(COLUMNS, found, strict=True)
            }
    return shares


def _covers(box: Box, lines: list[Box]) -> bool:
    return any(overlap(box, line) >= OVERLAP for line in lines)


def _apart(boxes: list[Box]) -> list[Box]:
    """Return the boxes in their order, without those that are about the same as an earlier one."""
    kept: list[Box] = []
    for box in boxes:
        if all(overlap(box, other) < OVERLAP for other in kept):
            kept.append(box)
    return kept
