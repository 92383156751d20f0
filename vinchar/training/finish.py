"""What follows once the networks are there: confidence, scores, report, model card, and the model in its place."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import cv2

from vinchar.bundle import open_bundle
from vinchar.classify import Classifier
from vinchar.evaluation.scored import Label, labelled_pictures
from vinchar.files import whole_folder, write_whole
from vinchar.imaging import Source
from vinchar.training import measure
from vinchar.training.boxed import Boxed
from vinchar.training.cache import SceneCache, draw_others, draw_photos, draw_prints, draw_scenes, draw_texts
from vinchar.training.card import model_card, summary
from vinchar.training.characters import draw_characters, draw_no_glyphs
from vinchar.training.confidence import USUAL, fit_glyph
from vinchar.training.config import TrainConfig
from vinchar.training.decisions import Pictures, Seen, cached, documents, look_at, photographed
from vinchar.training.located import located
from vinchar.training.work import check_places, open_work

# So many scenes are read for one photo, and for one document, without a VIN; and so many clean lines for each photo.
SCENES_A_PICTURE, LINES_A_PICTURE = 10, 3
PRINTED_TEST, NO_GLYPHS_A_TEST = 3_300, 3  # printed characters in held-out faces; no_glyphs learned on for one tested


def finish(
    staged: Path,
    description: dict[str, Any],
    scores: dict[str, Any],
    out: Path,
    work: Path,
    own: Sequence[tuple[Source, Label]],
    boxed: list[Boxed],
) -> dict[str, Any]:
    """Fit the confidence of the model in ``staged``, measure and report on it, and put it in place as ``out``.

    Arguments and result as of ``fit_and_report``.
    """
    description |= {"replaced": _replaced(out)}
    fit_and_report(staged, description, scores, TrainConfig(**description["config"]), work, own, boxed)
    put(staged, out)
    print(f"vinchar: the model is in {out}, its report in {out / 'report'}", file=sys.stderr)
    return description


def put(staged: Path, out: Path) -> None:
    """Put a finished model in place as ``out``, whole."""
    with whole_folder(out, replace=True) as fresh:
        shutil.copytree(staged, fresh, dirs_exist_ok=True)


class Sizes(Protocol):
    """What says how much is drawn and read to fit the confidence, as ``TrainConfig`` does."""

    @property
    def seed(self) -> int: ...
    @property
    def workers(self) -> int: ...
    @property
    def validation_scenes(self) -> int: ...
    @property
    def validation_photos(self) -> int: ...
    @property
    def no_glyphs(self) -> int: ...


def fit_and_report(
    staged: Path,
    description: dict[str, Any],
    scores: dict[str, Any],
    config: Sizes,
    work: Path,
    own: Sequence[tuple[Source, Label]],
    boxed: list[Boxed],
    more: Sequence[Pictures] = (),
) -> dict[str, Any]:
    """Fit the confidence of the model in ``staged``, measure and report on it there.

    ``description``: what model.json is to say of it so far; ``scores``: what was measured already; ``own``: pictures to
    report on, too; ``boxed``: real photos, of which those held out are looked at; ``more``: jobs that show photos that
    the confidence is fitted on, too. Returns all of model.json.
    """
    seed, workers, report = config.seed + 1, config.workers, staged / "report"
    description |= {"confidence": USUAL, "quality": {}}
    write_json(staged, description)
    scenes = draw_scenes(work / "scenes", config.validation_scenes, seed, workers, held_out=True)
    unseen = draw_photos(work / "photos", config.validation_photos, seed, workers, held_out=True)
    count = max(1, config.validation_scenes // SCENES_A_PICTURE)
    seen = _look_at_pictures(staged, unseen, count, seed, work / "photos", boxed, workers)
    seen += look_at(staged, more, "validation photos", workers) if more else []
    prints = draw_prints(work / "photos", LINES_A_PICTURE * count, seed, workers)
    clean = look_at(staged, cached(prints), "clean VINs", workers)
    synthetic, fitted = measure.synthetic_rows(staged, scenes, seen, clean, report, workers)
    description |= fitted
    network = Classifier(staged / "glyph.onnx")
    printed, _ = draw_characters(work / "characters", PRINTED_TEST, seed, workers, held_out=True)
    nothing = draw_no_glyphs(work / "characters", max(1, config.no_glyphs // NO_GLYPHS_A_TEST), seed, workers)
    said = (measure.named(network, some) for some in (printed, nothing))
    description["confidence"]["glyph_least"], synthetic["single"] = fit_glyph(*said)
    write_json(staged, description)
    scores |= {"synthetic_held_out_faces": synthetic}
    pictures = {"synthetic_pictures": measure.labelled_scenes(scenes), "own_pictures": own}
    for name, labelled in pictures.items():
        if labelled:
            scores[name] = measure.reading_report(staged, labelled, report / name, workers)
    scores["located"] = located(staged, unseen, [one for one in boxed if one.held_out], workers)
    description["scores"] = scores
    description.pop("beside", None)  # of the model as it was installed
    describe(staged, description)
    return description


def _look_at_pictures(
    model: Path, photos: SceneCache, count: int, seed: int, folder: Path, boxed: list[Boxed], workers: int
) -> list[Seen]:
    """Return what is seen in other text, drawn photos, documents and the real photos not held out, all of them."""
    texts = draw_texts(folder, LINES_A_PICTURE * count, seed, workers)
    real = [one for one in boxed if not one.held_out][:count]
    jobs = {
        "clean other text": cached(texts, known=False),
        "photos": cached(photos),
        "photos without a VIN": cached(draw_others(folder, count, seed, workers, held_out=True), known=False),
        "documents": documents(count // 2, seed, with_vin=True),
        "documents without a VIN": documents(count, seed, with_vin=False),
        "real photos": photographed(real, covered=False),
        "real photos, the VIN covered": photographed(real, covered=True),
    }
    return [one for what, some in jobs.items() if some for one in look_at(model, some, what, workers)]


def refit(out: Path, work: Path, labels: Path | None = None, boxed: list[Boxed] | None = None) -> dict[str, Any]:
    """Fit the confidence of the model in ``out`` anew and report on it, with the networks that it has.

    For a model whose knowledge of VINs has changed (``vinchar vins build``), or of an older way of reading. The other
    parameters and the errors are those of ``run.train``.
    """
    out, work = out.resolve(), work.resolve()
    check_places(out, work)
    own: Sequence[tuple[Source, Label]] = [] if labels is None else labelled_pictures(labels, labels.parent)
    description = open_bundle(out).description
    open_work(TrainConfig(**description["config"]), boxed or [], work, resume=True)
    cv2.setNumThreads(1)
    staged = work / "model"
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(out, staged)
    kept = {"emnist_test": description["scores"]["emnist_test"]}
    return finish(staged, description, kept, out, work, own, boxed or [])


def structure_of(model: Path) -> dict[str, Any]:
    """Return what model.json of a model says of its knowledge of VINs, which a new model takes over."""
    return {"structure": json.loads((model / "model.json").read_text())["structure"]}


def _replaced(out: Path) -> dict[str, str] | None:
    """Return what to compare with of the model that lies in ``out``, None if none does."""
    try:
        description = json.loads((out / "model.json").read_text())
    except (OSError, ValueError):
        return None
    return summary(description)


def write_json(folder: Path, description: dict[str, Any]) -> None:
    """Write model.json."""
    write_whole(folder / "model.json", json.dumps(description, indent=2) + "\n")


def describe(folder: Path, description: dict[str, Any]) -> None:
    """Write model.json of a finished model, and its card."""
    write_whole(folder / "README.md", model_card(description))
    write_json(folder, description)
