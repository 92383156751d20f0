"""What the decision is fitted on: all that is read in pictures of which it is known where their VIN stands, if any."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from vinchar.bundle import WEIGHTS
from vinchar.decide import ALIKE, Decision, right_features
from vinchar.drawing.documents import KINDS, draw_document
from vinchar.drawing.strings import draw_vin
from vinchar.reader import Reader
from vinchar.rectify import frame_of_picture
from vinchar.training.boxed import Box, Boxed, bounding_box, open_boxed, overlap
from vinchar.training.cache import SceneCache
from vinchar.training.parts import shared_out
from vinchar.types import Gray
from vinchar.vin import ALPHABET

SOME = 20  # pictures that a process reads in one go
OVERLAP = 0.5  # intersection over union of a line's bounding box and the VIN's from which they are the same
CLEAR = -15.0  # log-likelihood of a line that shows 17 glyphs beyond doubt
MARGIN = 0.2  # of the height of a box: so much more of a photo is covered where its VIN is taken out
LINE = 4  # times as wide as high: a picture of one line of text
TURNED = 10  # of so many photos and documents one stands on its head


@dataclass(frozen=True, eq=False, slots=True)
class Shown:
    """A picture, its VIN, "" where nobody knows it, and the upright box round it; None where there is no VIN."""

    gray: Gray
    vin: str = ""
    box: Box | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Seen:
    """The different strings that were read in a picture, best first, each in its best view.

    ``lines`` float64 (L, 7): ``decide.vin_features``; ``right`` float64 (L, 6): ``decide.right_features``; ``true``
    bool (L,): those that are the VIN, with all characters right if there is one such; ``near`` bool (L,): those with
    nearly all right, ``exact`` with all, as far as that is ``known``.
    """

    lines: NDArray[np.float64]
    right: NDArray[np.float64]
    true: NDArray[np.bool_]
    near: NDArray[np.bool_]
    exact: NDArray[np.bool_]
    known: bool = True


Pictures = Callable[[], Iterator[Shown]]  # picklable


def look_at(model: Path, jobs: Sequence[Pictures], what: str, workers: int) -> list[Seen]:
    """Read all pictures with a model, every look of them, and return what was seen in each.

    A few photos and documents stand on their head, so that what is read so has a chance.
    """
    seen: list[Seen] = []
    with tqdm(total=len(jobs) * SOME, desc=f"reading {what}", unit="picture", mininterval=2) as bar:
        for some in shared_out(partial(_look, model), jobs, workers):
            seen += some
            bar.update(SOME)
    return seen


def _look(model: Path, pictures: Pictures) -> list[Seen]:
    cv2.setNumThreads(1)
    reader, found = Reader(model), []
    for i, shown in enumerate(pictures()):
        if shown.gray.shape[1] > LINE * shown.gray.shape[0]:
            decision = reader.search.line(shown.gray, [frame_of_picture(shown.gray.shape)])
        else:
            shown = shown if i % TURNED else upside_down(shown)
            *_, (_, decision) = reader.search.rounds(shown.gray, "photo")
        seen = seen_in(decision, shown)
        if seen is not None:
            found.append(seen)
    return found


def upside_down(shown: Shown) -> Shown:
    """Return a picture turned by 180 degrees."""
    height, width = shown.gray.shape
    box = shown.box and (width - shown.box[2], height - shown.box[3], width - shown.box[0], height - shown.box[1])
    return Shown(np.ascontiguousarray(shown.gray[::-1, ::-1]), shown.vin, box)


def seen_in(decision: Decision, shown: Shown) -> Seen | None:
    """Return what a decision weighs, and which of it is true; None where that cannot be told."""
    best: dict[str, int] = {}
    for i, line in enumerate(decision.lines):
        best.setdefault(line.vin, i)
    chosen = list(best.values())
    lines = [decision.lines[i] for i in chosen]
    exact = np.array([line.vin == shown.vin for line in lines], bool)
    true = near = np.zeros(len(lines), bool)
    if shown.vin:
        wrong = [sum(a != b for a, b in zip(line.vin, shown.vin, strict=True)) for line in lines]
        near = np.array(wrong, np.intp) <= ALIKE
        true = exact if exact.any() else near
    elif shown.box is not None:
        box = shown.box
        there = [i for i, line in enumerate(lines) if overlap(box, bounding_box(line.outline())) >= OVERLAP]
        if not there or lines[there[0]].posterior.log_likelihood < CLEAR:
            return None
        true[there[0]] = True
    right = np.array([right_features(line) for line in lines]).reshape(-1, WEIGHTS["right"])
    return Seen(decision.features[chosen], right, true, near, exact, bool(shown.vin) or shown.box is None)


def cached(pictures: SceneCache, known: bool = True) -> list[Pictures]:
    """Return jobs that show drawn pictures, with their VIN if it is ``known``, and none where there is none."""
    return [partial(_cached, pictures.part(first, SOME), known) for first in range(0, len(pictures), SOME)]


def _cached(pictures: SceneCache, known: bool) -> Iterator[Shown]:
    for i in range(len(pictures)):
        vin = "".join(ALPHABET[c] for c in pictures.classes[i])
        yield Shown(pictures.gray(i), vin, bounding_box(pictures.quads[i])) if known else Shown(pictures.gray(i))


def documents(count: int, seed: int, with_vin: bool) -> list[Pictures]:
    """Return jobs that draw documents, each with one VIN or without, in faces kept out of training."""
    return [
        partial(_documents, range(first, min(first + SOME, count)), seed, with_vin) for first in range(0, count, SOME)
    ]


def _documents(rows: range, seed: int, with_vin: bool) -> Iterator[Shown]:
    for i in rows:
        rng = np.random.default_rng([seed, 3 if with_vin else 4, i])
        vins = [draw_vin(rng, uniform=0.0)] if with_vin else []
        drawn = draw_document(rng, vins, tuple(KINDS)[i % len(KINDS)], held_out=True)
        yield Shown(drawn.gray, vins[0], bounding_box(drawn.quads[0])) if vins else Shown(drawn.gray)


def photographed(boxed: list[Boxed], covered: bool) -> list[Pictures]:
    """Return jobs that show real photos with a box round the VIN, or the same with the VIN painted over."""
    return [partial(_photographed, boxed[first : first + SOME], covered) for first in range(0, len(boxed), SOME)]


def _photographed(boxed: list[Boxed], covered: bool) -> Iterator[Shown]:
    for gray, box in open_boxed(boxed):
        yield Shown(_without(gray, box)) if covered else Shown(gray, box=box)


def _without(gray: Gray, box: Box) -> Gray:
    """Return the photo with a box painted over from what is round it."""
    margin = MARGIN * (box[3] - box[1])
    mask = np.zeros_like(gray)
    x0, y0, x1, y1 = (round(v) for v in (box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin))
    mask[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)] = 255
    return np.asarray(cv2.inpaint(gray, mask, 3, cv2.INPAINT_TELEA), np.uint8)
