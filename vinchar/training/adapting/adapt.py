"""A model adapted to the owner's photos: read, split, teach in rounds, fit margin and confidence, measure once."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np

from vinchar.bundle import EXPERTS, default_folder, open_bundle
from vinchar.evaluation.adapted import Adapted, Compared, LeftOut, Step
from vinchar.imaging import ImageError, load
from vinchar.locate import MARGIN
from vinchar.training import finish, handwriting
from vinchar.training.adapting.choosing import Chooser, once
from vinchar.training.adapting.comparison import Models, compared, handwriting_rows
from vinchar.training.adapting.config import AdaptConfig
from vinchar.training.adapting.lessons import WHY, Lessons, Outcome, learn
from vinchar.training.adapting.margin import fit_margin, with_margin
from vinchar.training.adapting.networks import Teacher, check_networks, narrowed, way_of
from vinchar.training.adapting.photos import PARTS, Photo, Photos
from vinchar.training.adapting.split import Parted, parted, split_by_vin
from vinchar.training.adapting.suggest import suggest
from vinchar.training.batches import Glyphs
from vinchar.training.boxed import Boxed, bounding_box, placed_boxed
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
    ``force``: put it there anyway. ``work`` keeps what is done, so a killed run goes on: one epoch is lost at most,
    or what follows the last one, the fit of the confidence and the comparison.
    ``credit``: whose photos these are, for the model card; ``suggestions``: how many to name that are best labelled
    next. Returns what the report says. Raises ``ValueError`` for photos that are too few or teach nothing, or places
    that hold something else.
    """
    out, work, base = out.resolve(), work.resolve(), (base or default_folder()).resolve()
    check_places(out, work)
    if out == base:
        raise ValueError(f"--out {out}: the model that is adapted lies there; name another place")
    if work == base or work in base.parents:
        raise ValueError(f"--work {work}: the model that is adapted lies there, and may be cleared; name another place")
    bundle = open_bundle(base)
    version, way = bundle.version, way_of(bundle, config.recogniser)
    reading = [EXPERTS[expert] for expert in bundle.recognisers[way].experts]
    check_networks(base, config, reading)
    if photos.labelled:  # what is wrong with the parts is said before all photos are read
        split_by_vin(photos.labelled, config.seed)
    everything = [*photos.labelled, *_some(photos.unlabelled, config)]
    open_folder(work, _wanted(config, everything, version), resume)
    base = narrowed(base, way, work / "models" / "before")
    cv2.setNumThreads(1)
    keras.mixed_precision.set_dtype_policy(precision(config.precision))
    clock, steps = Clock(work), list[Step]()

    teacher = Teacher(config, work, _handwriting(), {})
    lessons = learn(base, everything, work / "round-1", config.workers)
    outcomes = list(lessons.outcomes)
    clock.minutes()
    parts = parted(everything, outcomes, bool(photos.labelled), config.seed)
    chooser = Chooser(_trusted(parts, outcomes), config.workers, parts.own_labels, steps, clock, work / "scores")
    best, taught = _rounds(teacher, chooser, base, reading[0], everything, parts)
    before = [one.read for one in outcomes]
    for i, said in zip(parts.rows("train"), taught.outcomes, strict=True):
        outcomes[i] = said
    best = _others_taught(teacher, chooser, best, reading[1:], taught)
    best, margins = _found_better(teacher, chooser, best, taught, parts)

    staged, description = _staged(work, best)
    adapted = {
        "base": version,
        "own_labels": parts.own_labels,
        "labelled": len(photos.labelled),
        "unlabelled": len(everything) - len(photos.labelled),
        "taught": len(taught),
        "steps": [dataclasses.asdict(step) for step in steps],
        "config": dataclasses.asdict(config),
        "minutes": round(clock.minutes(), 1),
    }
    description |= {"replaced": summary(description), "adapted": {**adapted, "compared": []}}
    credits = {*description["trained_on"]["credits"], *filter(None, [credit])}
    description["trained_on"]["credits"] = sorted(credits)
    printed = draw_characters(work / "characters", finish.PRINTED_TEST, config.seed + 1, config.workers, held_out=True)
    scores = {"emnist_test": handwriting_rows(staged, description["scores"]["emnist_test"], printed)}
    validation = _showing(chooser.photos) if parts.own_labels else []
    real = lessons.of(parts.rows("validation")).whole().lines
    finish.fit_and_report(staged, description, scores, config, work, [], [], validation, way, real)

    unknown = [i for i, one in enumerate(everything) if not one.vin] if suggestions else []
    read = [before[i] for i in unknown]
    suggested = suggest(staged, [everything[i] for i in unknown], read, suggestions, config.workers)
    rows, changed, better = compared(Models(base, staged), parts.of("test"), parts.own_labels, config, work)
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
        left_out=[_left_out(one, said) for one, said in zip(everything, outcomes, strict=True) if said.why],
        changed=changed,
        margins=margins,
        problems=photos.problems,
        suggested=suggested,
        histories=teacher.histories,
    )


def _some(photos: Sequence[Photo], config: AdaptConfig) -> list[Photo]:
    """Return the photos without a label, or some of them where they are more than there is use and memory for."""
    if len(photos) <= config.unlabelled_photos:
        return list(photos)
    print(f"vinchar: {config.unlabelled_photos} of {len(photos)} photos without a label are used", file=sys.stderr)
    chosen = np.random.default_rng(config.seed).choice(len(photos), config.unlabelled_photos, replace=False)
    return [photos[i] for i in sorted(chosen.tolist())]


def _others_taught(teacher: Teacher, chooser: Chooser, best: Path, networks: Sequence[str], taught: Lessons) -> Path:
    """Teach the other networks that read strips what the first one was taught last; return the better model."""
    for network in networks:
        made = teacher.recogniser(network, best, network, taught)
        best = chooser.better(best, made, f"the network {network}, taught on", unless_worse=True)
    return best


def _found_better(
    teacher: Teacher, chooser: Chooser, best: Path, taught: Lessons, parts: Parted
) -> tuple[Path, list[tuple[float, float, float]]]:
    """Teach locator and rectifier on, and fit the margin; return the model with what of it helps, and all margins."""
    config, work = teacher.config, teacher.work
    if config.locator_steps:
        name = "the locator, taught on"
        best = chooser.better(best, teacher.locator("locator", best, _wholes(taught, parts, best, config, work)), name)
    if config.rectifier_steps:
        best = chooser.better(best, teacher.rectifier("rectifier", best, taught), "the rectifier, taught on")
    tried = once(work / "margins.json", lambda: fit_margin(best, chooser.photos, config.workers, parts.own_labels))
    margins = [(along, across, score) for along, across, score in tried]
    if margins[0][:2] != (open_bundle(best).margin or MARGIN):
        best = chooser.better(best, with_margin(best, margins[0][:2], work / "models" / "margin"), "the margin, fitted")
    return best, margins


def _staged(work: Path, model: Path) -> tuple[Path, dict[str, Any]]:
    """Return a copy of a model in the work folder, without its report, and what its model.json says."""
    staged = work / "model"
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(model, staged, ignore=shutil.ignore_patterns("report", "README.md"))
    (staged / "report").mkdir()
    return staged, json.loads((staged / "model.json").read_text(encoding="utf-8"))


def _wanted(config: AdaptConfig, photos: Sequence[Photo], base: str) -> dict[str, Any]:
    """Return what makes a run another one than that which left a work folder, for ``open_folder``."""
    sources = [[str(one.path.resolve()), one.vin, one.part, repr(one.quad)] for one in photos]
    return dataclasses.asdict(config) | {"sources": sources, "base": base}


def _trusted(parts: Parted, outcomes: Sequence[Outcome]) -> list[Photo]:
    """Return the photos of validation that can be opened and do not contradict their label; there must be some."""
    rows = parts.rows("validation")
    trusted = [parts.photos[i] for i in rows if outcomes[i].why not in ("contradicted", "file")]
    if not trusted:
        why = _counted([outcomes[i] for i in rows])
        names = ", ".join(str(parts.photos[i].path) for i in rows[:3])
        raise ValueError(f"none of the {len(rows)} photos of validation can tell models apart: {why}; such as {names}")
    return trusted


def _rounds(
    teacher: Teacher, chooser: Chooser, base: Path, network: str, photos: Sequence[Photo], parts: Parted
) -> tuple[Path, Lessons]:
    """Teach the ``network`` that parts strips, read the photos again by it, and so on until nothing is clearly gained.

    ``photos``: all, as they were read to part them. Returns the best model and the lessons of the last round.
    """
    workers, best, lessons = teacher.config.workers, base, None
    chooser.begin(base)
    train, measured = parts.of("train"), {one.vin for part in ("validation", "test") for one in parts.of(part)}
    for number in range(1, teacher.config.rounds + 1):
        name = f"round-{number}"
        if number == 1:
            found = learn(base, photos, teacher.work / name, workers).of(parts.rows("train"))
        else:
            found = learn(best, train, teacher.work / name, workers)
        found = found.apart_from(measured)
        if not len(found):
            break
        lessons = found
        taught = teacher.recogniser(name, best, network, lessons)
        what = f"round {number}, {len(lessons)} photos"
        after = chooser.better(best, taught, what, unless_worse=number == 1)
        if after == best:
            break
        best = after
    if lessons is None:
        raise ValueError(f"none of {len(train)} photos teaches anything: {_counted(found.outcomes)}")
    return best, lessons


def _counted(outcomes: Sequence[Outcome]) -> str:
    counts = Counter(WHY[one.why] for one in outcomes if one.why)
    return "; ".join(f"{count} {why}" for why, count in counts.most_common())


def _wholes(lessons: Lessons, parts: Parted, model: Path, config: AdaptConfig, work: Path) -> list[SceneCache]:
    """Return what the locator learns on: the photos whose line was found, and those with a box but no VIN."""
    boxes = [
        Boxed(one.path, bounding_box(one.quad)) for one in parts.of("train") if not one.vin and one.quad is not None
    ]
    boxed = [placed_boxed(work / "boxed", boxes, model / "rectifier.onnx", config.workers)] if boxes else []
    return [lessons.wholes, *filter(len, boxed)]


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
    plain = {name: None if value != value else value for name, value in dataclasses.asdict(row).items()}
    return plain | {"interval": row.interval if row.interval and np.isfinite(row.interval).all() else None}


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
