"""A whole training run: data, rectifier, EMNIST, classifier, confidence, export, report. Each step resumes."""

from __future__ import annotations

import dataclasses
import platform
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import keras
import numpy as np
from numpy.typing import NDArray

from vinchar import __version__
from vinchar.bundle import FORMAT, NETWORKS, STRUCTURE, default_folder, sha256
from vinchar.evaluation.reports import write_curves
from vinchar.evaluation.scored import Label, labelled_pictures
from vinchar.imaging import Source
from vinchar.training import batches, handwriting, measure, nets
from vinchar.training.boxed import Boxed, draw_boxed
from vinchar.training.cache import StripCache, cut_strips, draw_lines, draw_others, draw_photos, draw_scenes
from vinchar.training.characters import draw_characters, draw_no_glyphs
from vinchar.training.config import TrainConfig
from vinchar.training.export import export
from vinchar.training.finish import PRINTED_TEST, finish, structure_of
from vinchar.training.fit import fit, precision
from vinchar.training.losses import heat_loss, line_loss
from vinchar.training.quantize import locator_inputs, quantize, strip_inputs
from vinchar.training.recognisers import RECIPES
from vinchar.training.sights import SIDE, sight_batches
from vinchar.training.work import Clock, check_places, open_work
from vinchar.types import STRIP_HEIGHT, STRIP_WIDTH
from vinchar.vin import ALPHABET

History = list[dict[str, float]]
# How far the network for single characters favours rare classes: of a held-out tenth of EMNIST's training part, the
# weakest recall was highest from 0.3 on, and accuracy falls from there.
RARE_FIRST = 0.3
TAUGHT_ON = 0.5  # of the learning rate: that of the networks that go on from the classifier


@dataclass(frozen=True, eq=False, slots=True)
class _Run:
    """What every step needs: the configuration, where work in progress lies, and how the curves went."""

    config: TrainConfig
    work: Path
    clock: Clock
    histories: dict[str, History]
    made: dict[str, dict[str, Any]]

    def fit(
        self,
        name: str,
        build: Callable[[], keras.Model],
        draw: batches.Draw,
        loss: Any,
        steps: int,
        pictures: int,
        **more: Any,
    ) -> keras.Model:
        """Build and train one network, and keep its curve, and of how many ``pictures`` and on what it was made."""
        keras.utils.set_random_seed(self.config.seed)  # for the first weights
        model = build()
        more |= {"steps": steps, "seed": self.config.seed, "work": self.work}
        clock = Clock(self.work, f"{name}.")
        self.histories[name], devices = fit(name, model, draw, loss, **more)
        minutes = round(clock.minutes(), 1)
        self.clock.minutes()
        self.made[name] = {"steps": steps, "pictures": pictures, "by": devices, "minutes": minutes}
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
    check_places(out, work)
    own: Sequence[tuple[Source, Label]] = [] if labels is None else labelled_pictures(labels, labels.parent)
    emnist_train, emnist_test = handwriting.load("train"), handwriting.load("test")  # first: it is what may be missing
    with_lower = handwriting.load("train", handwriting.ALIKE)
    open_work(config, boxed or [], work, resume)
    cv2.setNumThreads(1)
    keras.mixed_precision.set_dtype_policy(precision(config.precision))
    run = _Run(config, work, Clock(work), {}, {})
    staged = work / "model"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir()
    shutil.copyfile(default_folder() / STRUCTURE, staged / STRUCTURE)

    scenes = draw_scenes(work / "scenes", config.scenes, config.seed, config.workers)
    _train_rectifier(run, scenes, staged)
    real = _train_locator(run, [one for one in boxed or [] if not one.held_out], staged)
    baseline, emnist = _train_handwriting(run, emnist_train)
    _train_glyph(run, emnist, with_lower, staged)
    strips = cut_strips(work / "strips", scenes, staged / "rectifier.onnx", config.seed, config.workers)
    classifier = _train_recogniser(run, "classifier", strips, emnist_train, emnist, config.classifier_steps, staged)
    others = {"ctc": config.ctc_steps, "detector": config.detector_steps}
    readers = {"classifier": classifier} | {
        name: _train_recogniser(run, name, strips, None, classifier, steps, staged)
        for name, steps in others.items()
        if steps
    }

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
            "optimizer": "Muon and AdamW",
            "precision": precision(config.precision),
            "networks": run.made,
            "python": platform.python_version(),
            "minutes": round(run.clock.minutes(), 1),
        },
        "parameters": {name: net.count_params() for name, net in (readers | {"baseline": baseline}).items()},
        "sha256": {
            name: sha256(staged / name)
            for name in (
                STRUCTURE,
                *(
                    f"{network}{suffix}"
                    for network in dict.fromkeys((*NETWORKS, *readers))
                    for suffix in (".onnx", ".keras")
                ),
            )
        },
        **structure_of(default_folder()),
    }
    networks = {
        "glyph": staged / "glyph.onnx",
        "pretrained": work / "emnist.onnx",
        "classifier": staged / "classifier.onnx",
        "baseline": work / "baseline.onnx",
    }
    printed = draw_characters(work / "characters", PRINTED_TEST, config.seed + 1, config.workers, held_out=True)
    rows = measure.glyph_rows(networks, emnist_test, printed, report)
    write_curves(report, run.histories)
    return finish(staged, description, {"emnist_test": rows}, out, work, own, boxed or [])


def _train_rectifier(run: _Run, scenes: Any, staged: Path) -> None:
    config = run.config
    lines = draw_lines(
        run.work / "lines", scenes.part(0, config.line_scenes), config.seed, config.workers, config.frames
    )
    model = run.fit(
        "rectifier",
        nets.rectifier,
        batches.line_batches(lines, config.line_batch),
        line_loss,
        config.rectifier_steps,
        len(lines.picture),
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
        len(others) + sum(len(source) for source in sources),
        learning_rate=config.learning_rate / 2,
    )
    export(nets.locator, model, (SIDE, SIDE, 1), staged / "locator")
    quantize(staged / "locator.onnx", locator_inputs(sources[0]))
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
        len(data[0]),
        learning_rate=config.learning_rate / 6,
    )
    emnist = run.fit(
        "emnist",
        nets.classifier,
        batches.glyph_strip_batches(data, config.written_batch),
        keras.losses.CategoricalCrossentropy(from_logits=True),
        config.emnist_steps,
        len(data[0]),
        learning_rate=config.learning_rate,
    )
    return baseline, emnist


def _train_glyph(run: _Run, emnist: keras.Model, written: batches.Glyphs, staged: Path) -> None:
    """Train the network for single characters: on from EMNIST, with printed ones among them, and what shows none.

    ``written``: EMNIST with the lower case that is written as its capital is.
    """
    config = run.config
    printed = draw_characters(run.work / "characters", config.characters, config.seed, config.workers)
    nothing = draw_no_glyphs(run.work / "characters", config.no_glyphs, config.seed, config.workers)
    model = run.fit(
        "glyph",
        nets.classifier,
        batches.glyph_strip_batches(
            written,
            config.written_batch,
            printed=printed,
            share=config.printed,
            nothing=nothing,
            none=config.nothing,
        ),
        keras.losses.CategoricalCrossentropy(from_logits=True),
        config.glyph_steps,
        len(written[0]) + len(printed[0]) + len(nothing),
        learning_rate=config.learning_rate / 1.5,
        start_from=emnist,
    )
    nets.favour(model, handwriting.rare_first(written[1], RARE_FIRST))
    export(nets.classifier, model, (STRIP_HEIGHT, STRIP_WIDTH, 1), staged / "glyph")


def _train_recogniser(
    run: _Run,
    name: str,
    strips: StripCache,
    written: batches.Glyphs | None,
    start: keras.Model,
    steps: int,
    staged: Path,
) -> keras.Model:
    """Train a network on synthetic strips, with handwriting among them if there is ``written``, on from ``start``."""
    config, recipe = run.config, RECIPES[name]
    rehearsal = config.rehearsal if written else 0.0
    model = run.fit(
        name,
        recipe.build,
        batches.strip_batches(strips, written, config.batch, rehearsal, target=recipe.target),
        recipe.loss,
        steps,
        len(strips.gray) + (len(written[0]) if written else 0),
        learning_rate=config.learning_rate * (1.0 if written else TAUGHT_ON),
        start_from=start,
    )
    export(recipe.build, model, (STRIP_HEIGHT, STRIP_WIDTH, 1), staged / name)
    quantize(staged / f"{name}.onnx", strip_inputs(strips), recipe.exact)
    return model
