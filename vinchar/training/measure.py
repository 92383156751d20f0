"""What a trained model is worth: EMNIST beside the baseline, synthetic scenes in held-out faces, whole pictures."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from vinchar.classify import STRIDE, Classifier, glyph_window
from vinchar.drawing.scenes import (
    CLEAR_BLUR,
    CLEAR_CONTRAST,
    LEGIBLE_CONTRAST,
    is_whole_and_level,
    least_contrast,
)
from vinchar.drawing.surfaces import MATERIALS
from vinchar.evaluation import metrics
from vinchar.evaluation.causes import find_cause
from vinchar.evaluation.reading_report import write_reading_report
from vinchar.evaluation.reports import write_classification, write_share_right
from vinchar.evaluation.scored import Label, Scored
from vinchar.imaging import Source
from vinchar.quality import quality_of
from vinchar.reader import Reader
from vinchar.session import open_session
from vinchar.training.boxed import bounding_box
from vinchar.training.cache import SceneCache
from vinchar.training.confidence import fit_confidence, fit_quality
from vinchar.training.decisions import Seen, Shown, seen_in
from vinchar.training.framing import draw_box_frame, place_in_frame
from vinchar.training.parts import shared_out
from vinchar.types import Strip
from vinchar.vin import ALPHABET, LENGTH

Glyphs = tuple[NDArray[np.uint8], NDArray[np.int32]]
HEIGHTS = (0, 6, 8, 10, 12, 16, 20, 26, 1000)  # pixels of the photo that a glyph is high
HIGH = 16
REPORTED = 200  # scenes of which every wrong reading is looked into
SOME, SCENES = 20, 100  # pictures, and scenes, that a process reads in one go
_TIMED = 200


def glyph_rows(networks: dict[str, Path], test: Glyphs, printed: Glyphs, report: Path) -> list[dict[str, Any]]:
    """Score networks on the EMNIST test glyphs and write their reports; a dict a network, for model.json.

    ``networks``: ONNX files by name; ``baseline`` sees the pictures as they are, the others in a window of a strip, and
    so they have their share right of ``printed`` windows, uint8 (N, 40, 64), too.
    """
    images, labels = test
    windows = np.stack([glyph_window(image) for image in images[:LENGTH]])
    rows = []
    for name, path in networks.items():
        if name == "baseline":
            session = open_session(path)
            feed = session.get_inputs()[0].name
            parts = (images[i : i + 256, ..., None].astype(np.float32) / 255 for i in range(0, len(images), 256))
            read = np.concatenate([session.run(None, {feed: part})[0].argmax(1) for part in parts])
            rows.append(_row(f"emnist_{name}", labels, read, path, images[:LENGTH], report))
            continue
        net = Classifier(path)
        row = _row(f"emnist_{name}", labels, _best(net, images), path, windows, report)
        rows.append({**row, "printed_right": round(float((_best(net, printed[0]) == printed[1]).mean()), 4)})
    return rows


def named(net: Classifier, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return what a network says of pictures of single glyphs, uint8 (N, H, W), as ``Classifier.glyphs`` does."""
    parts = range(0, len(images), 256)
    return np.concatenate([net.glyphs(list(images[i : i + 256])) for i in parts])


def _best(net: Classifier, images: NDArray[np.uint8]) -> NDArray[np.int64]:
    return np.asarray(named(net, images)[:, : len(ALPHABET)].argmax(1), np.int64)


def _row(
    name: str, labels: NDArray[np.int32], read: NDArray[np.int64], path: Path, sample: NDArray[np.uint8], report: Path
) -> dict[str, Any]:
    write_classification(report, name, labels, read.astype(np.int32))
    recall = {
        char: round(float((read[labels == i] == i).mean()), 4) for i, char in enumerate(ALPHABET) if np.any(labels == i)
    }
    session = open_session(path)
    feed = {session.get_inputs()[0].name: sample[..., None].astype(np.float32) / 255}
    session.run(None, feed)
    started = time.perf_counter()
    for _ in range(_TIMED):
        session.run(None, feed)
    weakest = min(recall, key=recall.__getitem__)
    return {
        "network": name,
        "n": len(labels),
        "accuracy": round(float((read == labels).mean()), 4),
        "weakest_recall": [weakest, recall[weakest]],
        "recall": recall,
        "milliseconds_for_17_glyphs": round((time.perf_counter() - started) / _TIMED * 1000, 2),
    }


@dataclass(frozen=True, eq=False, slots=True)
class _Read:
    """What was read in a scene, None where no line was found, and which class was ``named`` at each true place."""

    vin: str | None
    seen: Seen | None
    quality: dict[str, float] | None
    named: NDArray[np.int64]


def _read_scenes(model: Path, job: tuple[int, SceneCache]) -> list[_Read]:
    """Read scenes, from the ``first`` of all on, from loose boxes."""
    cv2.setNumThreads(1)
    first, scenes = job
    reader, rows = Reader(model), []
    for i in range(len(scenes)):
        gray, quads = scenes.gray(i), scenes.quads[i]
        decision = reader.search.line(gray, [draw_box_frame(quads, np.random.default_rng([0, first + i]))])
        if decision.best is None:
            rows.append(_Read(None, None, None, np.full(LENGTH, -1)))
            continue
        vin = "".join(ALPHABET[c] for c in scenes.classes[i])
        seen = seen_in(decision, Shown(gray, vin, bounding_box(quads)))
        named = _named(reader, decision.best.reading.strip, quads)
        rows.append(_Read(decision.best.vin, seen, quality_of(decision.best, gray), named))
    return rows


def _read_all(model: Path, scenes: SceneCache, workers: int) -> list[_Read]:
    jobs = [(first, scenes.part(first, SCENES)) for first in range(0, len(scenes), SCENES)]
    rows: list[_Read] = []
    with tqdm(total=len(scenes), desc="reading held-out faces", unit="scene", mininterval=2) as bar:
        for part in shared_out(partial(_read_scenes, model), jobs, workers):
            rows += part
            bar.update(len(part))
    return rows


def read_scenes(model: Path, scenes: SceneCache, workers: int) -> list[str | None]:
    """Return what a model reads in scenes from loose boxes, None where it finds no line."""
    return [row.vin for row in _read_all(model, scenes, workers)]


def true_vins(scenes: SceneCache) -> list[str]:
    """Return the VINs that were drawn."""
    return ["".join(ALPHABET[c] for c in classes) for classes in scenes.classes]


def synthetic_rows(
    model: Path, scenes: SceneCache, seen: Sequence[Seen], clean: Sequence[Seen], report: Path | None, workers: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read scenes in held-out faces from loose boxes, and fit the confidence on the legible ones among them.

    ``seen``, ``clean``: what was seen in whole pictures, with a VIN and without, and in clean prints, on which it is
    fitted, too. ``model``: a folder whose model.json holds ``confidence.USUAL``. Returns the scores and what model.json
    is to say of confidence and quality. Writes into ``report``, if there is one, the classification report of all
    characters, and how many glyphs the classifier names rightly at their true places against their height in the photo,
    in all scenes and in the clear ones; those of a line not found count as wrong.
    """
    rows = _read_all(model, scenes, workers)
    truths = true_vins(scenes)
    read = [row.vin for row in rows]
    named = np.stack([row.named for row in rows]) == scenes.classes
    if report is not None:
        write_classification(report, "synthetic", *metrics.character_pairs(truths, read))
    heights = np.linalg.norm(scenes.quads[:, :, 0] - scenes.quads[:, :, 3], axis=-1)
    contrast = np.array([least_contrast(scenes.gray(i), scenes.quads[i]) for i in range(len(scenes))])
    easy = [is_whole_and_level(*one) for one in zip(scenes.shapes, scenes.quads, strict=True)]
    bold = np.array(easy) & (contrast >= CLEAR_CONTRAST)  # they stand out; whether they are in focus is another matter
    clear = bold & (scenes.blur <= CLEAR_BLUR)
    for name, some in (("synthetic", np.ones(len(scenes), bool)), ("synthetic_clear", clear)):
        if some.any() and report is not None:
            by_height = metrics.share_right_by(heights[some].ravel(), named[some].ravel(), HEIGHTS)
            write_share_right(report, f"{name}_glyph_height", by_height, "height of a glyph in the photo, pixels")
    high = heights >= HIGH
    right = np.array([a == b for a, b in zip(truths, read, strict=True)])
    fitted = [i for i in range(reported(scenes), len(scenes)) if contrast[i] >= LEGIBLE_CONTRAST]
    lines = [row.seen for i in fitted if (row := rows[i]).seen is not None]
    confidence, check = fit_confidence([*(one for one in lines if one is not None), *seen], clean)
    scores = {
        "n": len(truths),
        "exact_match": round(metrics.exact_match(truths, read), 4),
        "character_error_rate": round(metrics.character_error_rate(truths, read), 4),
        "glyphs_right": round(float(named.mean()), 4),
        "glyphs_right_from_16_pixels": _share(named[high]),
        "fitted_on": len(fitted),
        "bold_glyphs_right_from_16_pixels": _share(named[high & bold[:, None]]),
        "clear": int(clear.sum()),
        "clear_glyphs_from_16_pixels": int((high & clear[:, None]).sum()),
        "clear_glyphs_right_from_16_pixels": _share(named[high & clear[:, None]]),
        **check,
    }
    return scores, {"confidence": confidence, "quality": fit_quality([row.quality for row in rows], right)}


def labelled_scenes(scenes: SceneCache) -> list[tuple[Source, Label]]:
    """Return at most ``REPORTED`` scenes, and what they are on; no confidence was fitted on these."""
    texts = true_vins(scenes)
    return [(scenes.gray(i), Label(texts[i], MATERIALS[scenes.material[i]])) for i in range(reported(scenes))]


def reported(scenes: SceneCache) -> int:
    """Return how many scenes, the first ones, are kept for the report."""
    return min(REPORTED, len(scenes) // 2)


def reading_report(model: Path, labelled: Sequence[tuple[Source, Label]], report: Path, workers: int) -> dict[str, Any]:
    """Read pictures with a model, write the report on it and return what ``write_reading_report`` does."""
    jobs = [(first, labelled[first : first + SOME]) for first in range(0, len(labelled), SOME)]
    scored: list[Scored] = []
    with tqdm(total=len(labelled), desc=f"reading for {report.name}", unit="picture", mininterval=2) as bar:
        for part in shared_out(partial(_score, model), jobs, workers):
            scored += part
            bar.update(len(part))
    return write_reading_report(report, scored)


def _score(model: Path, job: tuple[int, Sequence[tuple[Source, Label]]]) -> list[Scored]:
    """Read pictures, from the ``first`` of all on, and look for the causes of what was read wrongly."""
    cv2.setNumThreads(1)
    first, labelled = job
    reader, scored = Reader(model), []
    for i, (source, label) in enumerate(labelled, first):
        name = os.fspath(source) if isinstance(source, Path) else f"{i}"
        scored.append(label.score(reader.read(source, name=name), source))
    held_to = (reader.search.views, reader.classifier, reader.recogniser, reader.priors)
    return [replace(one, cause=find_cause(one, *held_to)) for one in scored]


def _share(right: NDArray[np.bool_]) -> float | None:
    return round(float(right.mean()), 4) if right.size else None


def _named(reader: Reader, strip: Strip, quads: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the class, int64 (17,), that the classifier names at the true place of every glyph in the strip."""
    logits = reader.classifier.logits(strip.gray[None])[0]
    middle = place_in_frame(quads.mean(1), strip.edges)[:, 0] * strip.gray.shape[1]
    column = np.clip((middle / STRIDE).astype(np.int64), 0, len(logits) - 1)
    return np.asarray(logits[column, : len(ALPHABET)].argmax(1), np.int64)
