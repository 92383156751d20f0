"""A model before and after it was adapted: on the test part, and on what it must not forget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from vinchar.classify import Classifier
from vinchar.evaluation import metrics
from vinchar.evaluation.adapted import EXACT, TEST, Changed, Compared
from vinchar.evaluation.scored import labelled_pictures
from vinchar.reader import Reader
from vinchar.training import handwriting
from vinchar.training.adapting.config import AdaptConfig
from vinchar.training.adapting.photos import Photo
from vinchar.training.adapting.scoring import Score, score_photos
from vinchar.training.batches import Glyphs
from vinchar.training.cache import draw_scenes
from vinchar.training.measure import glyph_rows, named, read_scenes, true_vins
from vinchar.vin import ALPHABET

STRIPS = "emnist_classifier"  # the row of the strips' network in a model's scores
SCENES = 400  # drawn ones, in faces that no model learned, that both read
DRAWN, WRITTEN, SAMPLES = "drawn scenes, unseen faces", "EMNIST test", "the sample pictures"


class Models(NamedTuple):
    """The folders of the two."""

    before: Path
    after: Path

    def compared(self, on: str, measure: str, n: int, measured: Callable[[Path], float]) -> Compared:
        """Return what is measured of each."""
        return Compared(on, measure, n, measured(self.before), measured(self.after))


def compared(
    models: Models, test: Sequence[Photo], own_labels: bool, config: AdaptConfig, work: Path
) -> tuple[list[Compared], list[Changed], bool]:
    """Return what both models measure, the test photos that they read differently, and whether the later is better.

    Better: it reads more of the test part right, or as many, and finds the true VINs likelier. ``own_labels``: else the
    labels are what the model before was sure of, and the photos are read without what is known of VINs.
    """
    before, after = (
        score_photos(model, test, config.workers, f"test, {name}", own_labels)
        for name, model in models._asdict().items()
    )
    rows = _of_test(test, before, after, own_labels)
    gain = sum(one.right for one in after) - sum(one.right for one in before)
    likelier = sum(one.log_score for one in after) > sum(one.log_score for one in before)
    changed = [
        Changed(photo.path, photo.vin, one.read, other.read)
        for photo, one, other in zip(test, before, after, strict=True)
        if one.read != other.read
    ]
    scenes = draw_scenes(work / "scenes", config.validation_scenes, config.seed + 1, config.workers, held_out=True)
    scenes = scenes.part(0, SCENES)
    truths = true_vins(scenes)
    rows.append(
        models.compared(
            DRAWN,
            EXACT,
            len(scenes),
            lambda model: metrics.exact_match(truths, read_scenes(model, scenes, config.workers)),
        )
    )
    return [*rows, *_of_handwriting(models), *_of_samples(models)], changed, gain > 0 or (gain == 0 and likelier)


def _of_test(
    test: Sequence[Photo], before: Sequence[Score], after: Sequence[Score], own_labels: bool
) -> list[Compared]:
    vins = [photo.vin for photo in test]

    def row(measure: str, value: Callable[[str, Score], float], less: bool = False) -> Compared:
        one, other = (
            np.array([value(vin, score) for vin, score in zip(vins, some, strict=True)]) for some in (before, after)
        )
        interval = metrics.bootstrap_interval(other - one, vins)
        return Compared(TEST, measure, len(test), float(one.mean()), float(other.mean()), interval, less)

    rows = [
        row(EXACT, lambda vin, score: float(score.right)),
        row("character error rate", lambda vin, score: metrics.character_error_rate([vin], [score.read]), less=True),
        row("log probability of the true VIN, nats", lambda vin, score: score.log_score),
    ]
    if own_labels:
        rows.append(row("accepted", lambda vin, score: float(score.ok)))
        share, other = _accepted_right(before), _accepted_right(after)
        rows.append(Compared(TEST, "accuracy of accepted", len(test), share, other))
    return rows


def _accepted_right(scores: Sequence[Score]) -> float:
    accepted = [one.right for one in scores if one.ok]
    return float(np.mean(accepted)) if accepted else float("nan")


def _of_handwriting(models: Models) -> list[Compared]:
    """Return how much handwriting the strips' network still reads, if EMNIST is on this machine."""
    if not handwriting.is_there():
        return []
    images, labels = handwriting.load("test")

    def accuracy(model: Path) -> float:
        said = named(Classifier(model / "classifier.onnx"), images)
        return float((said[:, : len(ALPHABET)].argmax(axis=1) == labels).mean())

    return [models.compared(WRITTEN, "accuracy of the strips' network", len(labels), accuracy)]


def _of_samples(models: Models) -> list[Compared]:
    """Return how much of the project's own pictures is read, if they are there: in a clone, not in an installed one."""
    labels = Path(__file__).parents[3] / "images" / "labels.csv"
    if not labels.is_file():
        return []
    pictures = labelled_pictures(labels, labels.parent)

    def share_right(model: Path) -> float:
        reader = Reader(model)
        return float(np.mean([label.score(reader.read(path), path).right for path, label in pictures]))

    return [models.compared(SAMPLES, EXACT, len(pictures), share_right)]


def handwriting_rows(model: Path, rows: Sequence[dict[str, Any]], printed: Glyphs) -> list[dict[str, Any]]:
    """Return the rows of ``measure.glyph_rows`` with that of the strips' network anew, or without it if it cannot be.

    ``rows``: those of the model before, whose other networks are the same; ``printed``: characters in unseen faces.
    """
    if not handwriting.is_there():
        return [row for row in rows if row["network"] != STRIPS]
    networks = {"classifier": model / "classifier.onnx"}
    (anew,) = glyph_rows(networks, handwriting.load("test"), printed, model / "report")
    return [anew if row["network"] == STRIPS else row for row in rows]
