"""What a trained model is worth: EMNIST beside the baseline, held-out synthetic faces, how far to trust it."""

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
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from tqdm import tqdm

from vinchar.bundle import FEATURES
from vinchar.classify import STRIDE, Classifier, glyph_window
from vinchar.evaluation import metrics
from vinchar.evaluation.causes import find_cause
from vinchar.evaluation.reading_report import write_reading_report
from vinchar.evaluation.reports import write_classification, write_share_right
from vinchar.evaluation.scored import Label, Scored
from vinchar.found import Found
from vinchar.imaging import Source
from vinchar.quality import FAULTS
from vinchar.reader import Reader
from vinchar.readings import features
from vinchar.session import open_session
from vinchar.training.cache import SceneCache
from vinchar.training.framing import draw_box_frame, place_in_frame
from vinchar.training.parts import PART, shared_out
from vinchar.training.scenes import CLEAR_CONTRAST, LEGIBLE_CONTRAST, is_whole_and_level, least_contrast
from vinchar.training.surfaces import MATERIALS
from vinchar.vin import ALPHABET, LENGTH

RISK = 0.01  # of the readings called ok, at most this share may be wrong on the synthetic check
FOLDS = 10  # with two, the threshold depends on how the rows are split: 0.921 to 0.941, with ten 0.922 to 0.926
GLYPH_THRESHOLD = 0.8
FORETOLD, FEWEST = 0.7, 10  # share of wrong readings beyond a fault's threshold, and rows to say so
# While the scenes are read that the confidence is fitted on, about what is fitted: it tells the search where to end.
USUAL: dict[str, Any] = {
    "weights": [1.8, -0.1, 1.3, 0.2, 0.2, -0.5, -0.6, -1.3],
    "threshold": 0.92,
    "glyph_threshold": GLYPH_THRESHOLD,
}
# For a model that reads nothing right.
UNFITTED: dict[str, Any] = {
    "weights": [1.0, *[0] * (FEATURES - 2), -4.0],
    "threshold": 0.9,
    "glyph_threshold": GLYPH_THRESHOLD,
}
Glyphs = tuple[NDArray[np.uint8], NDArray[np.int32]]
HEIGHTS = (0, 6, 8, 10, 12, 16, 20, 26, 1000)  # pixels of the photo that a glyph is high
HIGH = 16
REPORTED = 200  # scenes of which every wrong reading is looked into
SOME = 20  # pictures that a process reads in one go
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
        row = _row(f"emnist_{name}", labels, _named_glyphs(net, images), path, windows, report)
        rows.append({**row, "printed_right": round(float((_named_glyphs(net, printed[0]) == printed[1]).mean()), 4)})
    return rows


def _named_glyphs(net: Classifier, images: NDArray[np.uint8]) -> NDArray[np.int64]:
    parts = range(0, len(images), 256)
    return np.concatenate([net.glyphs(list(images[i : i + 256])).argmax(1) for i in parts])


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
    features: NDArray[np.float64] | None
    quality: dict[str, float] | None
    named: NDArray[np.int64]


def _read_scenes(model: Path, job: tuple[int, SceneCache]) -> list[_Read]:
    """Read scenes, from the ``first`` of all on, from loose boxes."""
    cv2.setNumThreads(1)
    first, scenes = job
    reader, rows = Reader(model), []
    for i in range(len(scenes)):
        gray, quads = scenes.gray(i), scenes.quads[i]
        best = reader.search.find(gray, [draw_box_frame(quads, np.random.default_rng([0, first + i]))])
        if best is None:
            rows.append(_Read(None, None, None, np.full(LENGTH, -1)))
        else:
            known, named = features(best.strip, best.assembly), _named(reader, best, quads)
            rows.append(_Read(best.assembly.vin, known, best.quality(gray), named))
    return rows


def _read_all(model: Path, scenes: SceneCache, workers: int) -> list[_Read]:
    jobs = [(first, scenes.part(first)) for first in range(0, len(scenes), PART)]
    rows: list[_Read] = []
    with tqdm(total=len(scenes), desc="reading held-out faces", unit="scene", mininterval=2) as bar:
        for part in shared_out(partial(_read_scenes, model), jobs, workers):
            rows += part
            bar.update(len(part))
    return rows


def synthetic_rows(
    model: Path, scenes: SceneCache, report: Path, workers: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read scenes in held-out faces from loose boxes, and fit the confidence on the legible ones among them.

    ``model``: a folder whose model.json holds the ``USUAL`` confidence. Returns the scores and what model.json is to
    say of confidence and quality; writes the classification report of all characters, and how many glyphs the
    classifier names rightly at their true places against their height in the photo, in all scenes and in the clear
    ones; those of a line not found count as wrong.
    """
    rows = _read_all(model, scenes, workers)
    truths = ["".join(ALPHABET[c] for c in classes) for classes in scenes.classes]
    read = [row.vin for row in rows]
    named = np.stack([row.named for row in rows]) == scenes.classes
    write_classification(report, "synthetic", *metrics.character_pairs(truths, read))
    heights = np.linalg.norm(scenes.quads[:, :, 0] - scenes.quads[:, :, 3], axis=-1)
    contrast = np.array([least_contrast(scenes.gray(i), scenes.quads[i]) for i in range(len(scenes))])
    easy = [is_whole_and_level(*one) for one in zip(scenes.shapes, scenes.quads, strict=True)]
    clear = np.array(easy) & (contrast >= CLEAR_CONTRAST)
    for name, some in (("synthetic", np.ones(len(scenes), bool)), ("synthetic_clear", clear)):
        if some.any():
            by_height = metrics.share_right_by(heights[some].ravel(), named[some].ravel(), HEIGHTS)
            write_share_right(report, f"{name}_glyph_height", by_height, "height of a glyph in the photo, pixels")
    high = heights >= HIGH
    right = np.array([a == b for a, b in zip(truths, read, strict=True)])
    fitted = [i for i in range(_reported(scenes), len(scenes)) if contrast[i] >= LEGIBLE_CONTRAST]
    confidence, check = fit_confidence([rows[i].features for i in fitted], right[fitted])
    scores = {
        "n": len(truths),
        "exact_match": round(metrics.exact_match(truths, read), 4),
        "character_error_rate": round(metrics.character_error_rate(truths, read), 4),
        "glyphs_right": round(float(named.mean()), 4),
        "glyphs_right_from_16_pixels": _share(named[high]),
        "fitted_on": len(fitted),
        "clear": int(clear.sum()),
        "clear_glyphs_right_from_16_pixels": _share(named[high & clear[:, None]]),
        **check,
    }
    return scores, {"confidence": confidence, "quality": fit_quality([row.quality for row in rows], right)}


def labelled_scenes(scenes: SceneCache) -> list[tuple[Source, Label]]:
    """Return at most ``REPORTED`` scenes, and what they are on; no confidence was fitted on these."""
    texts = ["".join(ALPHABET[c] for c in row) for row in scenes.classes]
    return [(scenes.gray(i), Label(texts[i], MATERIALS[scenes.material[i]])) for i in range(_reported(scenes))]


def _reported(scenes: SceneCache) -> int:
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
    return [replace(one, cause=find_cause(one, reader.search.views)) for one in scored]


def fit_quality(measured: list[dict[str, float] | None], right: NDArray[np.bool_]) -> dict[str, dict[str, float]]:
    """Return, for every fault of ``quality.FAULTS`` that foretells a wrong reading, from where on it does.

    ``threshold``: the mildest one beyond which at least ``FORETOLD`` of the even rows are wrong, half way between two
    values that occur; ``precision``: the share of the odd rows beyond it that are wrong; ``n``: how many those are. A
    fault for which there are fewer than ``FEWEST`` rows beyond a threshold on either side is left out.
    """
    rows = [(values, bool(ok)) for values, ok in zip(measured, right, strict=True) if values is not None]
    wrong = np.array([not ok for _, ok in rows])
    even = np.arange(len(rows)) % 2 == 0
    fitted = {}
    for fault in FAULTS:
        badness = np.array([fault.worse * one[fault.name] for one, _ in rows])
        order = np.argsort(-badness[even], kind="stable")
        values = badness[even][order]
        last = np.flatnonzero(values[:-1] > values[1:])  # of each run of equal values
        share = np.cumsum(wrong[even][order])[last] / (last + 1)
        enough = last[(share >= FORETOLD) & (last + 1 >= FEWEST)]
        if not len(enough):
            continue
        threshold = round(float(values[enough[-1] : enough[-1] + 2].mean()), 4)
        beyond = ~even & (badness > threshold)
        if beyond.sum() >= FEWEST:
            fitted[fault.name] = {
                "threshold": fault.worse * threshold,
                "precision": round(float(wrong[beyond].mean()), 4),
                "n": int(beyond.sum()),
            }
    return fitted


def _share(right: NDArray[np.bool_]) -> float | None:
    return round(float(right.mean()), 4) if right.size else None


def _named(reader: Reader, found: Found, quads: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the class, int64 (17,), that the classifier names at the true place of every glyph in the strip."""
    logits = reader.classifier.logits(found.strip.gray[None])[0]
    middle = place_in_frame(quads.mean(1), found.strip.edges)[:, 0] * found.strip.gray.shape[1]
    column = np.clip((middle / STRIDE).astype(np.int64), 0, len(logits) - 1)
    return np.asarray(logits[column, : len(ALPHABET)].argmax(1), np.int64)


def fit_confidence(
    known: list[NDArray[np.float64] | None], right: NDArray[np.bool_]
) -> tuple[dict[str, Any], dict[str, float]]:
    """Fit the logistic confidence, choose the threshold for ``RISK``, and check both on rows that they have not seen.

    ``known``: ``readings.features`` of every reading, None where no line was found; ``right``, bool (N,): of the same.
    Every row's probability is that of a model fitted on the other folds. The threshold is chosen on all of them; the
    check applies that of one half to the other, while what is returned is fitted on all.
    """
    found = np.array([values is not None for values in known], bool)
    rows = np.array([values for values in known if values is not None])
    y = right[found]
    even = np.arange(len(y)) % 2 == 0
    halves = (even, ~even)
    if len(y) < 8 or any(len(set(y[half])) < 2 for half in halves):  # a try-out run that reads nothing right
        return UNFITTED, {}
    folds = StratifiedKFold(min(FOLDS, int(y.sum()), int((~y).sum())), shuffle=True, random_state=0)
    chance = cross_val_predict(_logistic(), rows, y, cv=folds, method="predict_proba")[:, 1]
    ok = np.empty(len(y), bool)
    for half in halves:
        ok[half] = chance[half] >= _threshold(chance[~half], y[~half])
    check = {
        "calibration_error": round(metrics.expected_calibration_error(chance, y), 4),
        "ok": round(float(ok.mean()), 4),
        "ok_right": round(float(y[ok].mean()), 4) if ok.any() else 0.0,
    }
    weights = [round(float(w), 5) for w in _logistic().fit(rows, y).coef_[0]]
    return {"weights": weights, "threshold": round(_threshold(chance, y), 4), "glyph_threshold": GLYPH_THRESHOLD}, check


def _logistic() -> LogisticRegression:
    return LogisticRegression(fit_intercept=False, C=1.0, max_iter=2000)


def _threshold(chance: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the least probability from which on at most ``RISK`` of the readings are wrong, within 0.6 to 0.99."""
    order = np.argsort(-chance)
    risk = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    below = np.flatnonzero(risk <= RISK)
    return float(np.clip(chance[order][below[-1]], 0.6, 0.99)) if len(below) else 0.99
