"""How often the VIN is found in photos that the locator was not trained on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from tqdm import tqdm

from vinchar.locate import CLOSER, SIDE
from vinchar.reader import Reader
from vinchar.training.boxed import Box, Boxed, bounding_box, open_boxed, overlap
from vinchar.training.cache import SceneCache
from vinchar.training.parts import shared_out
from vinchar.types import Gray

Photo = tuple[Gray, Box]
LINES = 10  # read ones that are compared
SOME = 20  # photos that a process looks at in one go
OVERLAP = 0.5  # intersection over union from which a VIN counts as found, and two lines as one
COLUMNS = ("best", "best_three", "read_best", "read_best_three")


def located(model: Path, drawn: SceneCache, boxed: list[Boxed], workers: int = 1) -> dict[str, dict[str, float]]:
    """Return how often the VIN is found in drawn photos and in boxed real ones, none of them trained on.

    For each kind the number of photos, and the share where the best line, and where one of the best three, has a
    bounding box whose intersection over union with that of the VIN is at least ``OVERLAP``: as the locator alone gives
    it, and ``read`` as the whole reader ranks what it read: the best two, then what the locator sees, as usual and
    from closer by, in turn.
    """
    kinds: dict[str, tuple[Callable[[Any], Iterator[Photo]], list[Any]]] = {
        "drawn": (iter, [(drawn.gray(i), bounding_box(drawn.quads[i])) for i in range(len(drawn))]),
        "real": (open_boxed, boxed),
    }
    shares = {}
    for kind, (opened, photos) in kinds.items():
        parts = [photos[first : first + SOME] for first in range(0, len(photos), SOME)]
        rows: list[list[bool]] = []
        with tqdm(total=len(photos), desc=f"locating in {kind} photos", unit="photo", mininterval=2) as bar:
            for part in shared_out(partial(_look, model, opened), parts, workers):
                rows += part
                bar.update(len(part))
        if rows:
            found = np.mean(rows, axis=0)
            shares[kind] = {"n": float(len(rows))} | {
                name: round(float(share), 4) for name, share in zip(COLUMNS, found, strict=True)
            }
    return shares


def _look(model: Path, opened: Callable[[Any], Iterator[Photo]], photos: list[Any]) -> list[list[bool]]:
    """Return for each photo which of ``COLUMNS`` holds."""
    cv2.setNumThreads(1)
    reader, rows = Reader(model), []
    for gray, box in opened(photos):
        looks = (reader.locator.look(gray, side) for side in (SIDE, CLOSER))
        seen, closer = ([bounding_box(quad.points) for quad in look.lines(3)] for look in looks)
        read = _apart([bounding_box(line.outline()) for line in reader.search.read(gray, "photo").leaders(LINES)])
        in_turn = [one for pair in zip_longest(seen, closer) for one in pair if one is not None]
        both = _apart([*read[:2], *in_turn, *read[2:]])
        rows.append([_covers(box, some) for some in (seen[:1], seen, both[:1], both[:3])])
    return rows


def _covers(box: Box, lines: list[Box]) -> bool:
    return any(overlap(box, line) >= OVERLAP for line in lines)


def _apart(boxes: list[Box]) -> list[Box]:
    """Return the boxes in their order, without those that are about the same as an earlier one."""
    kept: list[Box] = []
    for box in boxes:
        if all(overlap(box, other) < OVERLAP for other in kept):
            kept.append(box)
    return kept
