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
from vinchar.training.cache import (
    SceneCache,
    cut_strips,
    draw_others,
    draw_photos,
    draw_prints,
    draw_scenes,
    draw_texts,
)
from vinchar.training.card import model_card, summary
from vinchar.training.characters import draw_characters, draw_no_glyphs
from vinchar.training.confidence import USUAL, fit_glyph
from vinchar.training.config import TrainConfig
from vinchar.training.decisions import Pictures, cached, documents, look_at, photographed
from vinchar.training.located import located
from vinchar.training.measure import reported
from vinchar.training.recognisers import fit_weights, ways_to_read
from vinchar.training.work import check_places, open_work

# So many scenes are read for one photo, and for one document, without a VIN; and so many clean lines for each photo.
SCENES_A_PICTURE, LINES_A_PICTURE = 10, 3
STRIPS = 1_000  # drawn ones at most, on which experts are weighed
FEWER = 3  # the confidence of a way that is not the usual one is fitted on one picture in so many
OF_WAYS = ("n", "exact_match", "character_error_rate", "ok", "ok_right", "calibration_error", "without_vin_ok")
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
    only: str | None = None,
    real: SceneCache | None = None,
) -> dict[str, Any]:
    """Fit the confidence of the model in ``staged``, measure and report on it there.

    ``description``: what model.json is to say of it so far; ``scores``: what was measured already; ``own``: pictures to
    report on, too; ``boxed``: real photos, of which those held out are looked at; ``more``: jobs that show photos that
    the confidence is fitted on, too; ``only``: the one way to read strips that the model is to keep of those in
    ``description``, else it has all that there are networks for; ``real``: photos as scenes, on which experts are
    weighed, too. Returns all of model.json.
    """
    seed, workers, report = config.seed + 1, config.workers, staged / "report"
    scenes = draw_scenes(work / "scenes", config.validation_scenes, seed, workers, held_out=True)
    unseen = draw_photos(work / "photos", config.validation_photos, seed, workers, held_out=True)
    count = max(1, config.validation_scenes // SCENES_A_PICTURE)
    jobs = _pictures_to_look_at(unseen, count, seed, work / "photos", boxed, workers) | {"validation photos": more}
    clean = cached(draw_prints(work / "photos", LINES_A_PICTURE * count, seed, workers))
    weighed = scenes.part(reported(scenes), STRIPS)
    weighed = weighed if real is None else weighed.together(real)
    strips = cut_strips(work / "weighed", weighed, staged / "rectifier.onnx", seed, workers)
    ways = ways_to_read(staged) if only is None else {only: tuple(description["recognisers"][only]["experts"])}
    description["recognisers"] = {
        way: {"experts": fit_weights(staged, experts, strips), "confidence": USUAL} for way, experts in ways.items()
    }
    network = Classifier(staged / "glyph.onnx")
    printed, _ = draw_characters(work / "characters", PRINTED_TEST, seed, workers, held_out=True)
    nothing = draw_no_glyphs(work / "characters", max(1, config.no_glyphs // NO_GLYPHS_A_TEST), seed, workers)
    least, single = fit_glyph(*(measure.named(network, some) for some in (printed, nothing)))
    of_ways = {}
    for way in ways:  # the usual one comes last: it stays, and is what the rest of the report is on
        description |= {"recogniser": way, "quality": {}}
        write_json(staged, description)
        of = 1 if way == list(ways)[-1] else FEWER
        seen = [
            one for what, some in jobs.items() if some for one in look_at(staged, some[::of], f"{what}, {way}", workers)
        ]
        clear = look_at(staged, clean[::of], f"clean VINs, {way}", workers)
        part, on = scenes.part(0, max(2, len(scenes) // of)), report if of == 1 else None
        synthetic, fitted = measure.synthetic_rows(staged, part, seen, clear, on, workers)
        description["recognisers"][way]["confidence"] = fitted["confidence"] | {"glyph_least": least}
        description["quality"] = fitted["quality"]
        of_ways[way] = synthetic
    write_json(staged, description)
    scores |= {"synthetic_held_out_faces": synthetic | {"single": single}}
    scores["recognisers"] = {way: {key: one[key] for key in OF_WAYS if key in one} for way, one in of_ways.items()}
    pictures = {"synthetic_pictures": measure.labelled_scenes(scenes), "own_pictures": own}
    for name, labelled in pictures.items():
        if labelled:
            scores[name] = measure.reading_report(staged, labelled, report / name, workers)
    scores["located"] = located(staged, unseen, [one for one in boxed if one.held_out], workers)
    description["scores"] = scores
    description.pop("beside", None)  # of the model as it was installed
    describe(staged, description)
    return description


def _pictures_to_look_at(
    photos: SceneCache, count: int, seed: int, folder: Path, boxed: list[Boxed], workers: int
) -> dict[str, Sequence[Pictures]]:
    """Return jobs that show other text, drawn photos, documents and the real photos not held out."""
    texts = draw_texts(folder, LINES_A_PICTURE * count, seed, workers)
    real = [one for one in boxed if not one.held_out][:count]
    return {
        "clean other text": cached(texts, known=False),
        "photos": cached(photos),
        "photos without a VIN": cached(draw_others(folder, count, seed, workers, held_out=True), known=False),
        "documents": documents(count // 2, seed, with_vin=True),
        "documents without a VIN": documents(count, seed, with_vin=False),
        "real photos": photographed(real, covered=False),
        "real photos, the VIN covered": photographed(real, covered=True),
    }


def refit(out: Path, work: Path, labels: Path | None = None, boxed: list[Boxed] | None = None) -> dict[str, Any]:
    """Fit weights and confidence of the model in ``out`` anew and report on it, with the networks that it has.

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
