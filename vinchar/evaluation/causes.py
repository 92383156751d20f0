"""Why a VIN was read wrongly: what every stage made of the picture, held to the true VIN by forced alignment."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from vinchar.assemble import align, assemble
from vinchar.classify import arc_scores
from vinchar.evaluation.scored import Scored
from vinchar.imaging import ImageError, load
from vinchar.posterior import NO_PRIORS, Priors
from vinchar.segment import segment
from vinchar.types import Gray, Kind, Lattice, Scores, Strip
from vinchar.vin import ALPHABET

View = tuple[Strip, NDArray[np.float32]]  # a strip, and the classifier's logits for it
CAUSES = {
    "file": "the file could not be used",
    "place": "the line was not found: no strip that was cut shows this VIN",
    "straightening": "the strip shows the line, but not all of its first or last glyphs",
    "lattice": "the glyphs are in the strip, but cannot be cut apart so",
    "characters": "glyphs were taken for others, or for none",
    "priors": "what VINs usually look like outweighed what is there",
    "search": "another line or cut was preferred to the right one",
}
SHOWN = 9  # glyphs of 17 that a strip must show of a VIN to be of its line: chance gives three or four
LOOKS, FITS = math.log(0.5), math.log(0.1)  # log-probability of being a glyph, and of being this character
FLOOR = -6.0  # nats: a character that a glyph is not costs no more, or its place would be sought elsewhere
STEP, NARROWEST, WIDEST = 2, 6, 34  # columns: cuts of a lattice that leaves nothing out


@dataclass(frozen=True, eq=False, slots=True)
class Held:
    """A view held to the true VIN: its lattice and scores, and for each of 17 places, bool (17,), what is found there.

    ``glyph``: a glyph; ``fits``: one that may be the true character; ``best``: one that is named so.
    """

    strip: Strip
    logits: NDArray[np.float32]
    lattice: Lattice
    scores: Scores
    glyph: NDArray[np.bool_]
    fits: NDArray[np.bool_]
    best: NDArray[np.bool_]


def with_causes(
    scored: Sequence[Scored], views: Callable[[Gray, Kind], Iterable[View]], priors: Priors = NO_PRIORS
) -> list[Scored]:
    """Return what was scored, every wrong reading with its cause; ``views`` and ``priors`` as of ``Reader``."""
    wrong = sum(not one.right for one in scored)
    with tqdm(total=wrong, desc="looking for causes", unit="picture", mininterval=2, disable=wrong < 2) as bar:
        found = []
        for one in scored:
            if not one.right:
                one = replace(one, cause=find_cause(one, views, priors))
                bar.update()
            found.append(one)
    return found


def find_cause(one: Scored, views: Callable[[Gray, Kind], Iterable[View]], priors: Priors = NO_PRIORS) -> str | None:
    """Return which of ``CAUSES`` made a reading wrong, None if it is right.

    The strip that shows most of the true VIN decides: which stage is the first that loses it from there on.
    """
    reading, truth = one.reading, one.label.text
    if one.right:
        return None
    if reading.status == "error":
        return "file"
    if len(truth) == 1:
        return "characters"
    try:
        gray = load(one.source)
    except ImageError:  # it could be read a moment ago
        return "file"
    held = [hold(view, segment(view[0]), truth) for view in views(gray, reading.kind)]
    best = max((h for h in held if h is not None), key=lambda h: (h.fits.sum(), h.best.sum()), default=None)
    if best is None or best.fits.sum() < SHOWN:
        return "place"
    if not best.glyph.all():
        dense = hold((best.strip, best.logits), every_lattice(best.strip), truth)
        if dense is not None and dense.glyph.all():
            return "lattice"
        return "straightening" if not (best.glyph[0] and best.glyph[-1]) else "characters"
    if not best.best.all():
        return "characters"
    known, plain = (assemble(best.lattice, best.scores, some) for some in (priors, NO_PRIORS))
    overruled = known is not None and plain is not None and known.vin != truth == plain.vin
    return "priors" if overruled else "search"


def hold(view: View, lattice: Lattice, truth: str) -> Held | None:
    """Align the true VIN to a view cut up as ``lattice``; None where there is no path of 17."""
    strip, logits = view
    scores = arc_scores(logits, lattice)
    path = align(lattice, replace(scores, log_probs=np.maximum(scores.log_probs, np.float32(FLOOR))), truth)
    if path is None:
        return None
    arcs, true = path[0], [ALPHABET.index(char) for char in truth]
    glyph = scores.log_glyph[arcs] >= LOOKS
    log_probs = scores.log_probs[arcs]  # (17, 33)
    fits = glyph & (log_probs[np.arange(len(true)), true] >= FITS)
    return Held(strip, logits, lattice, scores, glyph, fits, glyph & (log_probs.argmax(1) == true))


def every_lattice(strip: Strip) -> Lattice:
    """Return the lattice of all arcs as wide as a glyph may be, from every other column to every other one."""
    height, width = strip.gray.shape
    cuts = np.arange(0, width + 1, STEP, dtype=np.int32)
    starts, ends = np.meshgrid(np.arange(len(cuts)), np.arange(len(cuts)), indexing="ij")
    wide = cuts[ends] - cuts[starts]
    arcs = np.stack([starts, ends], -1)[(wide >= NARROWEST) & (wide <= WIDEST)].astype(np.int32)
    boxes = np.stack([cuts[arcs[:, 0]], np.zeros(len(arcs)), cuts[arcs[:, 1]], np.full(len(arcs), height)], -1).astype(
        np.int32
    )
    return Lattice(cuts, arcs, boxes, np.zeros(len(arcs), np.float32))
