"""A whole training run: data, rectifier, EMNIST, classifier, confidence, export, report. Each step resumes."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
from numpy.typing import NDArray

from vinchar import __version__
from vinchar.bundle import FORMAT, NETWORKS, sha256
from vinchar.evaluation.reports import write_curves
from vinchar.evaluation.scored import Label, labelled_pictures
from vinchar.files import write_whole
from vinchar.imaging import Source
from vinchar.training import batches, handwriting, measure, nets
from vinchar.training.boxed import Boxed, draw_boxed
from vinchar.training.cache import cut_strips, draw_characters, draw_lines, draw_others, draw_photos, draw_scenes
from vinchar.training.card import model_card
from vinchar.training.config import TrainConfig
from vinchar.training.export import export
from vinchar.training.faces import faces_digest
from vinchar.training.fit import fit, precision
from vinchar.training.located import located
from vinchar.training.losses import heat_loss, line_loss
from vinchar.training.sights import SIDE, sight_batches
from vinchar.types import STRIP_HEIGHT, STRIP_WIDTH
from vinchar.vin import ALPHABET

History = list[dict[str, float]]
PRINTED_TEST = 3_300  # printed characters in held-out faces


class _Clock:
    """The time spent in a work folder, over all its runs; a kill loses at most that of one step."""

    def __init__(self, work: Path) -> None:
        self._path, self._last = work / "seconds.json", time.time()

    def minutes(self) -> float:
        """Add the time since the last call and return all of it."""
        now, before = time.time(), json.loads(self._path.read_text()) if self._path.exists() else 0.0
        total = before + now - self._last
        write_whole(self._path, json.dumps(total))
        self._last = now
        return float(total / 60)


@dataclass(frozen=True, eq=False, slots=True)
class _Run:
    """What every step needs: the configuration, where work in progress lies, and how the curves went."""

    config: TrainConfig
    work: Path
    clock: _Clock
    histories: dict[str, History]

    def fit(
        self, name: str, build: Callable[[], keras.Model], draw: batches.Draw, loss: Any, steps: int, **more: Any
    ) -> keras.Model:
        """Build and train one network, and keep its curve."""
        keras.utils.set_random_seed(self.config.seed)  # for the first weights
        model = build()
        self.histories[name] = fit(name, model, draw, loss, steps=steps, seed=self.config.seed, work=self.work, **more)
        self.clock.minutes()
        return model


def train(
    config: TrainConfig,
    out: Path,
    work: Path,
    resume: bool = True,
    labels: Path | None = None,
    boxed: list[Boxed] | None = None,
) -> dict[str, Any]:
    """Train everything ``config`` says and write the model to ``out``; return what ``out/model.json`` holds.

    ``labels``: a CSV of known VINs beside pictures of one's own, on which the model is to be reported too. ``boxed``:
    real photos for the locator to learn on beside the drawn ones, but for those marked as held out, on which it is
    measured. ``work`` keeps the steps already done, so a killed run continues: a run with another configuration or
    other photos, or one with ``resume`` false, starts anew. Nothing in ``out`` changes until all networks are trained
    and checked. Raises ``handwriting.DataError`` (a ``ValueError``) where EMNIST cannot be had, ``ValueError`` for
    unusable labels.
    """
    out, work = out.resolve(), work.resolve()
    _check_out(out, work)
    own: Sequence[tuple[Source, Label]] = [] if labels is None else labelled_pictures(labels, labels.parent)
    emnist_train, emnist_test = handwriting.load("train"), handwriting.load("test")  # first: it is what may be missing
    _open_work(config, boxed or [], work, resume)
    cv2.setNumThreads(1)
    keras.mixed_precision.set_dtype_policy(precision(config.precision))
    run = _Run(config, work, _Clock(work), {})
    staged = work / "model"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir()

    scenes = draw_scenes(work / "scenes", config.scenes, config.seed, config.workers)
    _train_rectifier(run, scenes, staged)
    real = _train_locator(run, [one for one in boxed or [] if not one.held_out], staged)
    baseline, emnist = _train_handwriting(run, emnist_train)
    _train_glyph(run, emnist, emnist_train, staged)
    classifier = _train_classifier(run, scenes, emnist, emnist_train, staged)

    held_out = draw_scenes(work / "scenes", config.validation_scenes, config.seed + 1, config.workers, held_out=True)
    report = staged / "report"
    report.mkdir()
    export(nets.baseline, baseline, (28, 28, 1), work / "baseline")
    export(nets.classifier, emnist, (STRIP_HEIGHT, 64, 1), work / "emnist")
    description = {
        "format": FORMAT,
        "vinchar": __version__,
        "alphabet": ALPHABET,
        "strip": [STRIP_HEIGHT, STRIP_WIDTH],
        "config": dataclasses.asdict(config),
        "trained_on": {
            "emnist_byclass_33": len(emnist_train[0]),
            "synthetic_scenes": len(scenes),
            "synthetic_photos": config.photos,
            "real_photos": real,
            "credits": sorted({one.credit for one in boxed or [] if one.credit}),
        },
        "trained_with": {
            "keras": keras.__version__,
            "backend": keras.backend.backend(),
            "precision": precision(config.precision),
            "python": platform.python_version(),
            "minutes": round(run.clock.minutes(), 1),
        },
        "parameters": {"classifier": classifier.count_params(), "baseline": baseline.count_params()},
        "confidence": measure.USUAL,
        "quality": {},
        "sha256": {f"{name}{s}": sha256(staged / f"{name}{s}") for name in NETWORKS for s in (".onnx", ".keras")},
    }
    _describe(staged, description)
    networks = {
        "glyph": staged / "glyph.onnx",
        "pretrained": work / "emnist.onnx",
        "classifier": staged / "classifier.onnx",
        "baseline": work / "baseline.onnx",
    }
    printed = draw_characters(work / "characters", PRINTED_TEST, config.seed + 1, config.workers, held_out=True)
    rows = measure.glyph_rows(networks, emnist_test, printed, report)
    synthetic, fitted = measure.synthetic_rows(staged, held_out, report, config.workers)
    description |= fitted
    _describe(staged, description)
    scores: dict[str, Any] = {"emnist_test": rows, "synthetic_held_out_faces": synthetic}
    pictures = {"synthetic_pictures": measure.labelled_scenes(held_out), "own_pictures": own}
    for name, labelled in pictures.items():
        if labelled:
            scores[name] = measure.reading_report(staged, labelled, report / name, config.workers)
    unseen = draw_photos(work / "photos", config.validation_photos, config.seed + 1, config.workers, held_out=True)
    real_unseen = [one for one in boxed or [] if one.held_out]
    scores["located"] = located(staged, unseen, real_unseen, config.workers)
    description["scores"] = scores
    write_curves(report, run.histories)
    write_whole(staged / "README.md", model_card(description))
    _describe(staged, description)
    _publish(staged, out)
    print(f"vinchar: the model is in {out}, its report in {out / 'report'}", file=sys.stderr)
    return description


def _describe(folder: Path, description: dict[str, Any]) -> None:
    write_whole(folder / "model.json", json.dumps(description, indent=2) + "\n")


def _check_out(out: Path, work: Path) -> None:
    """Refuse to replace anything but a model, before hours are spent."""
    if out.exists() and not (out / "model.json").exists() and (not out.is_dir() or any(out.iterdir())):
        raise ValueError(f"{out}: holds something that is not a model; name another place with --out")
    if out == work or out in work.parents or work in out.parents:
        raise ValueError(f"--out {out} and --work {work}: one lies in the other; name two places")


def _open_work(config: TrainConfig, boxed: list[Boxed], work: Path, resume: bool) -> None:
    """Keep what an earlier run with this configuration, these faces and photos left; clear what another one left."""
    photos = [(str(one.path.resolve()), one.box, one.held_out) for one in boxed]
    wanted = dataclasses.asdict(config) | {
        "boxed": hashlib.sha256(repr(photos).encode()).hexdigest() if boxed else None,
        "faces": faces_digest(),
    }
    kept = work / "config.json"
    left = _left_by_a_run(kept)
    if left is None and work.exists() and (not work.is_dir() or any(work.iterdir())):
        raise ValueError(f"{work}: not a training folder of vinchar and not empty; name another one with --work")
    if left is not None:
        same = {**left, "workers": 0} == {**wanted, "workers": 0}  # how many draw changes nothing
        if resume and same:
            print(f"vinchar: going on with what is in {work}", file=sys.stderr)
            return
        why = "--fresh" if same else "it is of another configuration, other faces or photos"
        print(f"vinchar: starting anew, clearing {work}: {why}", file=sys.stderr)
        for path in work.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path != kept:
                path.unlink()
    write_whole(kept, json.dumps(wanted, indent=2))


def _left_by_a_run(kept: Path) -> dict[str, Any] | None:
    """Return the configuration that a run wrote to this file, None if none did."""
    try:
        left = json.loads(kept.read_text())
    except (OSError, ValueError):
        return None
    fields = {field.name for field in dataclasses.fields(TrainConfig)}
    return left if isinstance(left, dict) and fields <= left.keys() else None


def kept_config(work: Path) -> TrainConfig:
    """Return the configuration of the run that left the folder ``work``."""
    kept = json.loads((work / "config.json").read_text())
    return TrainConfig(**{field.name: kept[field.name] for field in dataclasses.fields(TrainConfig)})


def _train_rectifier(run: _Run, scenes: Any, staged: Path) -> None:
    config = run.config
    lines = draw_lines(run.work / "lines", scenes, config.seed, config.workers, config.frames)
    model = run.fit(
        "rectifier",
        nets.rectifier,
        batches.line_batches(lines, config.line_batch),
        line_loss,
        config.rectifier_steps,
        learning_rate=config.learning_rate,
    )
    export(nets.rectifier, model, (*nets.LINE_SIZE, 1), staged / "rectifier")


def _train_locator(run: _Run, boxed: list[Boxed], staged: Path) -> int:
    """Train the locator on drawn photos, and half and half on real ones if there are any; return how many."""
    config = run.config
    sources = [draw_photos(run.work / "photos", config.photos, config.seed, config.workers)]
    others = draw_others(run.work / "photos", max(1, config.photos // 5), config.seed, config.workers)
    if boxed:
        sources.append(draw_boxed(run.work / "boxed", boxed, staged / "rectifier.onnx", config.workers))
        print(f"vinchar: the line was found in {len(sources[-1])} of {len(boxed)} boxed photos", file=sys.stderr)
    model = run.fit(
        "locator",
        nets.locator,
        sight_batches(sources, others, config.photo_batch),
        heat_loss,
        config.locator_steps,
        learning_rate=config.learning_rate / 2,
    )
    export(nets.locator, model, (SIDE, SIDE, 1), staged / "locator")
    return sum(len(source) for source in sources[1:])


def _train_handwriting(run: _Run, data: tuple[NDArray[np.uint8], NDArray[np.int32]]) -> tuple[keras.Model, keras.Model]:
    """Train the published network and the classifier on the same EMNIST pictures."""
    config = run.config
    baseline = run.fit(
        "baseline",
        nets.baseline,
        batches.glyph_batches(*data, config.glyph_batch),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        config.baseline_steps,
        learning_rate=config.learning_rate / 2,
    )
    emnist = run.fit(
        "emnist",
        nets.classifier,
        batches.glyph_strip_batches(data, config.written_batch),
        keras.losses.CategoricalCrossentropy(from_logits=True),
        config.emnist_steps,
        learning_rate=config.learning_rate,
    )
    return baseline, emnist


def _train_glyph(run: _Run, emnist: keras.Model, written: batches.Glyphs, staged: Path) -> None:
    """Train the network for single characters: on from EMNIST, all classes alike, with printed ones among them."""
    config = run.config
    printed = draw_characters(run.work / "characters", config.characters, config.seed, config.workers)
    model = run.fit(
        "glyph",
        nets.classifier,
        batches.glyph_strip_batches(written, config.written_batch, 0.0, printed, config.printed),
        keras.losses.CategoricalCrossentropy(from_logits=True),
        config.glyph_steps,
        learning_rate=config.learning_rate / 4,
        start_from=emnist,
    )
    export(nets.classifier, model, (STRIP_HEIGHT, STRIP_WIDTH, 1), staged / "glyph")


def _train_classifier(
    run: _Run,
    scenes: Any,
    emnist: keras.Model,
    glyphs: batches.Glyphs,
    staged: Path,
) -> keras.Model:
    """Train the classifier on synthetic strips with handwriting among them, on from EMNIST."""
    config = run.config
    strips = cut_strips(run.work / "strips", scenes, staged / "rectifier.onnx", config.seed, config.workers)
    model = run.fit(
        "classifier",
        nets.classifier,
        batches.strip_batches(strips, glyphs, config.batch, config.rehearsal),
        keras.losses.CategoricalCrossentropy(from_logits=True),
        config.classifier_steps,
        learning_rate=config.learning_rate,
        start_from=emnist,
    )
    export(nets.classifier, model, (STRIP_HEIGHT, STRIP_WIDTH, 1), staged / "classifier")
    return model


def _publish(staged: Path, out: Path) -> None:
    """Put the finished model in place of the old one, which stays until the new one lies beside it."""
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh, old = out.with_name(out.name + ".new"), out.with_name(out.name + ".old")
    for path in (fresh, old):
        shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(staged, fresh)
    if out.exists():
        out.rename(old)
    fresh.rename(out)
    shutil.rmtree(old, ignore_errors=True)
