"""A model adapted to the owner's photos: read, split, teach in rounds, fit margin and confidence, measure once."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np

from vinchar.bundle import default_folder, open_bundle
from vinchar.evaluation.adapted import Adapted, Compared, LeftOut, Step
from vinchar.imaging import ImageError, load
from vinchar.locate import MARGIN
from vinchar.training import finish, handwriting
from vinchar.training.adapting.comparison import Models, compared, handwriting_rows
from vinchar.training.adapting.config import AdaptConfig
from vinchar.training.adapting.lessons import WHY, Lessons, Outcome, learn
from vinchar.training.adapting.margin import fit_margin, with_margin
from vinchar.training.adapting.networks import Teacher
from vinchar.training.adapting.photos import PARTS, Photo, Photos
from vinchar.training.adapting.scoring import mean_log_score, score_photos
from vinchar.training.adapting.split import split_by_vin
from vinchar.training.adapting.suggest import suggest
from vinchar.training.batches import Glyphs
from vinchar.training.boxed import Boxed, bounding_box, draw_boxed
from vinchar.training.cache import SceneCache
from vinchar.training.card import summary
from vinchar.training.characters import draw_characters
from vinchar.training.decisions import Pictures, Shown
from vinchar.training.fit import precision
from vinchar.training.work import Clock, check_places, open_folder

SHOWN_AT_ONCE = 20  # validation photos that a process reads in one go


def adapt(
    config: AdaptConfig,
    photos: Photos,
    out: Path,
    work: Path,
    base: Path | None = None,
    resume: bool = True,
    force: bool = False,
    credit: str = "",
    suggestions: int = 0,
) -> Adapted:
    """Adapt the model ``base``, by default the shipped one, to photos, and put it in place as ``out`` if it is better.

    Better: on the test part, which is read once, more VINs are right, or as many, and the true ones are likelier.
    ``force``: put it there anyway. ``work`` keeps what is done, so a killed run goes on, with one epoch lost at most.
    ``credit``: whose photos these are, for the model card; ``suggestions``: how many to name that are best labelled
    next. Returns what the report says. Raises ``ValueError`` for photos that are too few or teach nothing, or places
    that hold something else.
    """
    out, work, base = out.resolve(), work.resolve(), (base or default_folder()).resolve()
    check_places(out, work)
    if out == base:
        raise ValueError(f"--out {out}: the model that is adapted lies there; name another place")
    version = open_bundle(base).version
    everything = [*photos.labelled, *photos.unlabelled]
    identity = [[str(one.path), one.vin, one.part, repr(one.quad)] for one in everything]
    wanted = dataclasses.asdict(config) | {"photos": identity, "base": version}
    open_folder(work, wanted, resume)
    cv2.setNumThreads(1)
    keras.mixed_precision.set_dtype_policy(precision(config.precision))
    clock, steps = Clock(work), list[Step]()

    first = learn(base, everything, work / "round-1", config.workers)
    parts = _parted(everything, first.outcomes, bool(photos.labelled), config.seed)
    doubtful = {everything[i].path for i, one in enumerate(first.outcomes) if one.why in ("contradicted", "file")}
    trusted = [one for one in parts.of("validation") if one.path not in doubtful]
    chooser = _Chooser(trusted, config.workers, parts.own_labels, steps)
    teacher = Teacher(config, work, _handwriting(), {})
    best, taught = _rounds(teacher, chooser, base, first.of(parts.rows("train")), parts)
    if config.locator_steps:
        name = "the locator, taught on"
        best = chooser.better(best, teacher.locator("locator", best, _wholes(taught, parts, best, config, work)), name)
    if config.rectifier_steps:
        best = chooser.better(best, teacher.rectifier("rectifier", best, taught), "the rectifier, taught on")
    margins = fit_margin(best, chooser.photos, config.workers, parts.own_labels)
    if margins[0][:2] != (open_bundle(best).margin or MARGIN):
        best = chooser.better(best, with_margin(best, margins[0][:2], work / "models" / "margin"), "the margin, fitted")

    staged = work / "model"
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(best, staged, ignore=shutil.ignore_patterns("report", "README.md"))
    (staged / "report").mkdir()
    description = json.loads((staged / "model.json").read_text(encoding="utf-8"))
    made = {
        "base": version,
        "own_labels": parts.own_labels,
        "labelled": len(photos.labelled),
        "unlabelled": len(photos.unlabelled),
        "taught": len(taught),
        "steps": [dataclasses.asdict(step) for step in steps],
        "config": dataclasses.asdict(config),
        "minutes": round(clock.minutes(), 1),
    }
    description |= {"replaced": summary(description), "adapted": {**made, "compared": []}}
    credits = {*description["trained_on"]["credits"], *filter(None, [credit])}
    description["trained_on"]["credits"] = sorted(credits)
    printed = draw_characters(work / "characters", finish.PRINTED_TEST, config.seed + 1, config.workers, held_out=True)
    scores = {"emnist_test": handwriting_rows(staged, description["scores"]["emnist_test"], printed)}
    validation = _showing(chooser.photos) if parts.own_labels else []
    finish.fit_and_report(staged, description, scores, config, work, [], [], validation)

    unknown = [i for i, one in enumerate(everything) if not one.vin] if suggestions else []
    before = [first.outcomes[i].read for i in unknown]
    suggested = suggest(staged, [everything[i] for i in unknown], before, suggestions, config.workers)
    test, models = parts.of("test"), Models(base, staged)
    rows, changed, better = compared(models, test, parts.own_labels, config, work)
    description["adapted"]["compared"] = [_plain(row) for row in rows]
    finish.describe(staged, description)
    if better or force:
        finish.put(staged, out)
    return Adapted(
        facts=_facts(version, open_bundle(staged).version, config, photos),
        parts={part: (len(parts.of(part)), len({one.vin for one in parts.of(part) if one.vin})) for part in PARTS},
        own_labels=parts.own_labels,
        better=better,
        place=out if better or force else None,
        compared=rows,
        steps=steps,
        taught=len(taught),
        left_out=[_left_out(one, said) for one, said in zip(everything, first.outcomes, strict=True) if said.why],
        changed=changed,
        margins=margins,
        problems=photos.problems,
        suggested=suggested,
        histories=teacher.histories,
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Parted:
    """All photos, and the part of each. Those of validation and test have a VIN: the owner's, or else what was read."""

    photos: list[Photo]
    parts: list[str]
    own_labels: bool

    def rows(self, part: str) -> list[int]:
        return [i for i, one in enumerate(self.parts) if one == part]

    def of(self, part: str) -> list[Photo]:
        return [self.photos[i] for i in self.rows(part)]


def _parted(photos: list[Photo], outcomes: Sequence[Outcome], labelled: bool, seed: int) -> _Parted:
    """Return the photos split by VIN. Where none has a label, what was surely read stands for it but in training."""
    if labelled:
        known, vins = [i for i, one in enumerate(photos) if one.vin], [one.vin for one in photos]
    else:
        known, vins = [i for i, one in enumerate(outcomes) if not one.why], [one.read for one in outcomes]
    split = split_by_vin([replace(photos[i], vin=vins[i]) for i in known], seed)
    parts = ["train"] * len(photos)
    for i, part in zip(known, split, strict=True):
        parts[i] = part
    named = [
        one if part == "train" else replace(one, vin=vin) for one, part, vin in zip(photos, parts, vins, strict=True)
    ]
    return _Parted(named, parts, labelled)


class _Chooser:
    """Keeps of two models the one by which the true VINs of the validation ``photos`` are likelier.

    Without labels of the owner these are read without what is known of VINs, by which they were labelled.
    """

    def __init__(self, photos: list[Photo], workers: int, priors: bool, steps: list[Step]) -> None:
        self.photos, self._workers, self._priors, self._steps = photos, workers, priors, steps
        self.score = -np.inf

    def begin(self, model: Path) -> None:
        """Read the photos with the model that all others are held to."""
        self.score = self._score(model, "before")
        self._steps.append(Step("the model before", self.score, True))

    def better(self, model: Path, other: Path, what: str) -> Path:
        """Return the ``other`` model if it is better, else the first one."""
        score = self._score(other, what)
        kept = score > self.score
        self._steps.append(Step(what, score, kept))
        if kept:
            self.score = score
        print(f"vinchar: {what}: {score:.4f} nats a photo, {'better' if kept else 'no better'}", file=sys.stderr)
        return other if kept else model

    def _score(self, model: Path, what: str) -> float:
        return mean_log_score(score_photos(model, self.photos, self._workers, f"validation, {what}", self._priors))


def _rounds(teacher: Teacher, chooser: _Chooser, base: Path, lessons: Lessons, parts: _Parted) -> tuple[Path, Lessons]:
    """Teach the classifier, read the photos again by it, and so on until nothing is gained; return the best model."""
    config, best = teacher.config, base
    chooser.begin(base)
    train = parts.of("train")
    for number in range(1, config.rounds + 1):
        if number > 1:
            lessons = learn(best, train, teacher.work / f"round-{number}", config.workers)
        if not len(lessons):
            raise ValueError(f"none of {len(train)} photos teaches anything: {_counted(lessons.outcomes)}")
        after = chooser.better(
            best, teacher.classifier(f"round-{number}", best, lessons), f"round {number}, {len(lessons)} photos"
        )
        if after == best:
            break
        best = after
    return best, lessons


def _counted(outcomes: Sequence[Outcome]) -> str:
    counts = Counter(WHY[one.why] for one in outcomes if one.why)
    return "; ".join(f"{count} {why}" for why, count in counts.most_common())


def _wholes(lessons: Lessons, parts: _Parted, model: Path, config: AdaptConfig, work: Path) -> list[SceneCache]:
    """Return what the locator learns on: the photos whose line was found, and those with a box but no VIN."""
    boxes = [
        Boxed(one.path, bounding_box(one.quad)) for one in parts.of("train") if not one.vin and one.quad is not None
    ]
    boxed = [draw_boxed(work / "boxed", boxes, model / "rectifier.onnx", config.workers)] if boxes else []
    return [lessons.wholes, *boxed]


def _handwriting() -> Glyphs | None:
    """Return EMNIST if it is on this machine: it is not worth a download here."""
    if not handwriting.is_there():
        print("vinchar: EMNIST is not there: no handwriting among the drawn strips", file=sys.stderr)
        return None
    return handwriting.load("train")


def _showing(photos: Sequence[Photo]) -> list[Pictures]:
    """Return jobs that show labelled photos, for the confidence."""
    return [partial(_shown, photos[first : first + SHOWN_AT_ONCE]) for first in range(0, len(photos), SHOWN_AT_ONCE)]


def _shown(photos: Sequence[Photo]) -> Iterator[Shown]:
    for one in photos:
        try:
            yield Shown(load(one.path), one.vin)
        except ImageError:
            continue


def _plain(row: Compared) -> dict[str, Any]:
    """Return a row as JSON has it, which knows no NaN."""
    return {name: None if value != value else value for name, value in dataclasses.asdict(row).items()}


def _left_out(photo: Photo, outcome: Outcome) -> LeftOut:
    why = WHY[outcome.why] + (f": {outcome.said}" if outcome.said else "")
    contradicts = outcome.why == "contradicted"
    return LeftOut(photo.path, why, photo.vin, outcome.read, outcome.confidence, outcome.against, contradicts)


def _facts(before: str, after: str, config: AdaptConfig, photos: Photos) -> list[tuple[str, str]]:
    """Return name and value of what a report is of."""
    return [
        ("model before", before),
        ("model after", after),
        ("photos", f"{len(photos.labelled)} labelled, {len(photos.unlabelled)} unlabelled"),
        ("settings", ", ".join(f"{name} {value}" for name, value in dataclasses.asdict(config).items())),
    ]
