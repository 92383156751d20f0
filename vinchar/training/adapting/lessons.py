"""What photos teach: each is read by a model, and the line held to its VIN becomes a scene with a quad for every glyph.

A labelled photo is held to the VIN that its owner gave it; where the photo says otherwise, that is told. An unlabelled
one is held to what was read in it, where the decision is sure. The decision knows how VINs are built, so no glyph is
taught that was not seen to be what it is taken for: else the network would learn what VINs look like, not glyphs.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.alignment import SHOWN, Held, clearest
from vinchar.decide import Decision, Line
from vinchar.drawing.scenes import Scene
from vinchar.imaging import ImageError, load
from vinchar.kind import guess_line_kind
from vinchar.reader import Reader
from vinchar.segment import segment
from vinchar.training.adapting.photos import Photo
from vinchar.training.boxed import SIDE, bounding_box, reduced
from vinchar.training.cache import SceneCache, scene_arrays
from vinchar.training.parts import Arrays, Job, build
from vinchar.types import GLYPH_HEIGHT, Gray, Kind, LineReading, Strip
from vinchar.vin import ALPHABET, LENGTH, check_digit_status

Why = Literal["", "file", "not located", "cut off", "unreadable", "contradicted", "unsure", "apart"]
WHY: dict[Why, str] = {
    "": "taught",
    "file": "not a picture that can be used",
    "not located": "no line shows this VIN",
    "cut off": "the first or the last characters are not in the picture, or not to be seen",
    "unreadable": "too few of its characters can be made out",
    "contradicted": "the label contradicts the picture",
    "unsure": "without a label, and not read surely enough to be its own",
    "apart": "without a label, and read as a VIN of the validation or the test part",
}
READABLE = 13  # glyphs of 17 that must fit the label: else it is not known which glyph is which
CONTRADICTS = 5.0  # nats by which what was seen speaks for what was read and against the label
PERHAPS = 0.3  # probability of what was read below which it says nothing against a label
SURELY = 0.5  # probability of a VIN, where the label's is not to be found, from which on it is another one
SEEN = 0.5  # probability of a character by sight alone from which on an unlabelled glyph is taught
SOME = 20  # photos that a process reads in one go
ROOM = 0.35  # of the line's length: what is kept round it
HIGHEST = 40  # pixels of a glyph: larger ones are reduced to it
BOX_ROOM = 0.5  # of the height of a box: what is read round it


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a photo: ``why`` it teaches nothing, if so; what was ``read`` in it, and how surely.

    ``against``: nats by which what was seen speaks against the label, and for what was read; ``said``: of a bad file.
    """

    why: Why
    read: str = ""
    confidence: float = 0.0
    against: float = 0.0
    said: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Lessons:
    """What N of the photos teach, and what became of all M of them.

    ``lines``: the surroundings of each line, ``wholes``: each photo, reduced. ``photo`` int32 (N,): which one it is;
    ``taught`` bool (N, 17): the glyphs that are sure; ``weight`` float64 (N,): how much a photo counts, at most 1.
    """

    lines: SceneCache
    wholes: SceneCache
    photo: NDArray[np.int32]
    taught: NDArray[np.bool_]
    weight: NDArray[np.float64]
    outcomes: tuple[Outcome, ...]

    def __len__(self) -> int:
        return len(self.photo)

    def of(self, photos: Sequence[int]) -> Lessons:
        """Return what some photos, in rising order, teach, and what became of them, as if there were no others."""
        number = {photo: i for i, photo in enumerate(photos)}
        some = self._rows([row for row, photo in enumerate(self.photo.tolist()) if photo in number])
        renumbered = np.array([number[photo] for photo in some.photo.tolist()], np.int32)
        return replace(some, photo=renumbered, outcomes=tuple(self.outcomes[i] for i in photos))

    def apart_from(self, vins: Collection[str]) -> Lessons:
        """Return the same without the photos that were taken for one of ``vins``, of which others are measured on."""
        spelled = ("".join(ALPHABET[i] for i in classes) for classes in self.lines.classes)
        kept = np.array([vin not in vins for vin in spelled], bool)
        if kept.all():
            return self
        dropped = set(self.photo[~kept].tolist())
        outcomes = (replace(one, why="apart") if i in dropped else one for i, one in enumerate(self.outcomes))
        return replace(self._rows(np.flatnonzero(kept)), outcomes=tuple(outcomes))

    def whole(self) -> Lessons:
        """Return the same without the photos of which not every glyph is sure."""
        return self._rows(np.flatnonzero(self.taught.all(axis=1)))

    def _rows(self, rows: Sequence[int] | NDArray[np.intp]) -> Lessons:
        some = np.asarray(rows, np.intp)
        return replace(
            self,
            lines=self.lines.take(some),
            wholes=self.wholes.take(some),
            photo=self.photo[some],
            taught=self.taught[some],
            weight=self.weight[some],
        )


def learn(model: Path, photos: Sequence[Photo], folder: Path, workers: int) -> Lessons:
    """Return what photos teach, as a model reads them; what is done is kept in ``folder``."""
    jobs = [
        Job(folder / f"lessons-{len(photos)}-{first}.npz", len(some), partial(_learn, model, tuple(some), first))
        for first in range(0, len(photos), SOME)
        for some in [photos[first : first + SOME]]
    ]
    arrays = build(jobs, "reading photos", workers)
    of = {kind: {name.removeprefix(kind): a for name, a in arrays.items() if name.startswith(kind)} for kind in _KINDS}
    rows = zip(*(arrays[name].tolist() for name in _OUTCOME), strict=True)
    return Lessons(
        SceneCache.of(of["line_"]),
        SceneCache.of(of["whole_"]),
        arrays["photo"],
        arrays["taught"],
        arrays["weight"],
        tuple(Outcome(*row) for row in rows),
    )


_KINDS = ("line_", "whole_")
_OUTCOME = ("why", "read", "confidence", "against", "said")


def _learn(model: Path, photos: Sequence[Photo], first: int) -> Arrays:
    cv2.setNumThreads(1)
    reader = Reader(model)
    outcomes, lines, wholes, photo, taught, weight = [], [], [], [], [], []
    for i, one in enumerate(photos, first):
        try:
            gray = load(one.path)
        except ImageError as error:
            outcomes.append(Outcome("file", said=str(error)[:200]))
            continue
        outcome, lesson = hold_photo(reader, gray, one)
        outcomes.append(outcome)
        if lesson is not None:
            lines.append(_round_line(lesson.scene))
            wholes.append(reduced(lesson.scene, SIDE))
            photo.append(i)
            taught.append(lesson.taught)
            weight.append(lesson.weight)
    arrays = {
        "photo": np.array(photo, np.int32),
        "taught": np.array(taught, bool).reshape(-1, LENGTH),
        "weight": np.array(weight, np.float64),
        **{name: np.array([getattr(one, name) for one in outcomes]) for name in _OUTCOME},
    }
    for kind, scenes in zip(_KINDS, (lines, wholes), strict=True):
        arrays |= {f"{kind}{name}": array for name, array in scene_arrays(scenes).items()}
    return arrays


@dataclass(frozen=True, eq=False, slots=True)
class Lesson:
    """A photo as a scene, which glyphs of it are ``taught``, bool (17,), and its ``weight``."""

    scene: Scene
    taught: NDArray[np.bool_]
    weight: float


def hold_photo(reader: Reader, gray: Gray, photo: Photo) -> tuple[Outcome, Lesson | None]:
    """Return what becomes of a photo, and what it teaches, if anything."""
    part, corner = _round_box(gray, photo.quad)
    kind = guess_line_kind(part)
    decision = reader.search.read(part, kind)
    best = decision.best
    read, sure = "" if best is None else best.vin, round(decision.chance, 4)
    if photo.vin:
        why, against, held = _held_to_label(reader, part, kind, decision, photo.vin)
        outcome = Outcome(why, read, sure, against)
        if why or held is None:
            return outcome, None
        quads = glyph_quads(held.strip, held.centres)
        return outcome, _lesson(gray, quads + corner, photo.vin, held.strip, held.glyph, 1.0)
    if best is None or not _is_sure(decision, best):
        return Outcome("unsure", read, sure), None
    strip = best.reading.strip
    quads = glyph_quads(strip, best.boxes[:, [0, 2]].mean(axis=1).astype(np.float32))
    lesson = _lesson(gray, quads + corner, best.vin, strip, seen_glyphs(best), decision.chance)
    return Outcome("", read, sure), lesson


def _held_to_label(
    reader: Reader, gray: Gray, kind: Kind, decision: Decision, vin: str
) -> tuple[Why, float, Held | None]:
    """Return why a label teaches nothing, if so, what speaks against it, in nats, and the strip held to it."""
    held = clearest(reader.search.views(gray, kind), reader.classifier, vin)
    best = decision.best
    against = 0.0 if best is None or best.vin == vin else round(min(evidence_against(best.reading, vin), 999.0), 2)
    if held is not None and held.fits.all():
        return "", against, held
    if held is None or held.shown < SHOWN:
        return "contradicted" if decision.chance >= SURELY else "not located", against, None
    if not (held.glyph[0] and held.glyph[-1]) and decision.chance < SURELY:
        return "cut off", against, None
    if against >= CONTRADICTS:
        return "contradicted" if decision.chance >= PERHAPS else "unreadable", against, None
    return "" if held.shown >= READABLE else "unreadable", against, held


def evidence_against(reading: LineReading, vin: str) -> float:
    """Return by how many nats what was seen on a line is likelier with the best characters than with those of a VIN."""
    classes = [ALPHABET.index(char) for char in vin]
    best = reading.scores + reading.log_likelihoods.max(axis=2).sum(axis=1)
    spelled = reading.scores + reading.log_likelihoods[:, np.arange(LENGTH), classes].sum(axis=1)
    return float(best.max() - spelled.max())


def _is_sure(decision: Decision, best: Line) -> bool:
    """Tell whether what was read without a label may be one: the decision is sure, and the check digit fits."""
    return decision.is_ok and check_digit_status(best.vin) != "invalid"


def seen_glyphs(line: Line) -> NDArray[np.bool_]:
    """Return which glyphs of a line are, by sight alone, what the line is taken for, bool (17,)."""
    logs = line.reading.log_likelihoods[line.posterior.path].astype(np.float64)  # (17, 33)
    chances = np.exp(logs - np.logaddexp.reduce(logs, axis=1)[:, None])
    classes = [ALPHABET.index(char) for char in line.vin]
    return np.asarray(chances[np.arange(LENGTH), classes] >= SEEN)


def glyph_quads(strip: Strip, centres: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the photo quads, float32 (17, 4, 2), of the glyphs at columns ``centres`` (17,) of a strip.

    As wide as their ink is, and all as high as the rectifier made the line: ink is cut short by glare, dirt adds to it.
    """
    (boxes,) = segment(strip.gray, centres[None])
    top = (len(strip.gray) - GLYPH_HEIGHT) // 2
    boxes[:, 1], boxes[:, 3] = top, top + GLYPH_HEIGHT
    return strip.to_photo(boxes)


def _lesson(
    gray: Gray, quads: NDArray[np.float32], vin: str, strip: Strip, taught: NDArray[np.bool_], weight: float
) -> Lesson:
    scene = Scene(gray, quads.astype(np.float32), vin, not strip.inverted, "print", float("nan"))
    return Lesson(scene, taught, weight)


def _round_box(gray: Gray, quad: NDArray[np.float32] | None) -> tuple[Gray, NDArray[np.float32]]:
    """Return the part of a photo round a quad, and its upper left corner; all of it where there is none."""
    if quad is None:
        return gray, np.zeros(2, np.float32)
    room = BOX_ROOM * float(np.linalg.norm(quad[3] - quad[0]))
    return _part(gray, quad, room)


def _part(gray: Gray, points: NDArray[np.float32], room: float) -> tuple[Gray, NDArray[np.float32]]:
    """Return the part of a photo round points, with so much room in pixels, and its upper left corner."""
    x0, y0, x1, y1 = bounding_box(points)
    height, width = gray.shape
    left, top = int(np.clip(x0 - room, 0, width - 1)), int(np.clip(y0 - room, 0, height - 1))
    right, bottom = int(np.clip(x1 + room, left + 1, width)), int(np.clip(y1 + room, top + 1, height))
    return np.ascontiguousarray(gray[top:bottom, left:right]), np.array([left, top], np.float32)


def _round_line(scene: Scene) -> Scene:
    """Return the surroundings of a scene's line, glyphs at most ``HIGHEST`` pixels high."""
    length = float(np.ptp(scene.quads.reshape(-1, 2), axis=0).max())
    part, corner = _part(scene.gray, scene.quads, ROOM * length)
    high = float(np.median(np.linalg.norm(scene.quads[:, 0] - scene.quads[:, 3], axis=1)))
    near = replace(scene, gray=part, quads=scene.quads - corner)
    return reduced(near, round(max(part.shape) * min(1.0, HIGHEST / max(high, 1e-6))))
