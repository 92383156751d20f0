"""Which of two models is kept: the one by which photos that neither learned from are likelier to be read right."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vinchar.evaluation.adapted import Step
from vinchar.evaluation.metrics import bootstrap_interval
from vinchar.files import write_whole
from vinchar.training.adapting.photos import Photo
from vinchar.training.adapting.scoring import score_photos
from vinchar.training.work import Clock


class Chooser:
    """Keeps of two models the one by which the true VINs of the validation ``photos`` are likelier.

    Another model is kept only if that is clear: the 95 % interval of the difference, by the bootstrap over VINs, lies
    above 0. Photos are few, and what is no more than chance would be kept as often as dropped. Without labels of the
    owner they are read without what is known of VINs, by which they were labelled. What was read is kept in ``folder``,
    and the time it took by ``clock``.
    """

    def __init__(
        self, photos: list[Photo], workers: int, priors: bool, steps: list[Step], clock: Clock, folder: Path
    ) -> None:
        self.photos, self._workers, self._priors, self._steps = photos, workers, priors, steps
        self._clock, self._folder = clock, folder
        self._scores = np.zeros(len(photos))

    def begin(self, model: Path) -> None:
        """Read the photos with the model that all others are held to."""
        self._scores = self._read(model, "before")
        self._steps.append(Step("the model before", float(self._scores.mean()), True))

    def better(self, model: Path, other: Path, what: str, unless_worse: bool = False) -> Path:
        """Return the ``other`` model if it is clearly better, else the first one.

        ``unless_worse``: return it unless it is clearly worse: of what has helped nearly always.
        """
        scores = self._read(other, what)
        low, high = bootstrap_interval(scores - self._scores, [photo.vin for photo in self.photos])
        kept = not high < 0 if unless_worse else low > 0
        self._steps.append(Step(what, float(scores.mean()), kept))
        says = f"{scores.mean():.4f} nats a photo, {self._scores.mean():.4f} without it"
        print(f"vinchar: {what}: {says}: {'kept' if kept else 'not kept'}", file=sys.stderr)
        if kept:
            self._scores = scores
        return other if kept else model

    def _read(self, model: Path, what: str) -> NDArray[np.float64]:
        """Return the log score of each photo by a model."""

        def scores() -> list[float]:
            read = score_photos(model, self.photos, self._workers, f"validation, {what}", self._priors)
            return [one.log_score for one in read]

        kept = once(self._folder / f"{what}.json", scores)
        self._clock.minutes()
        return np.array(kept, np.float64)


def once(path: Path, make: Callable[[], Any]) -> Any:
    """Return what ``make`` returns as JSON has it, which is kept: a run that goes on reads no photos again for it."""
    if not path.exists():
        write_whole(path, json.dumps(make()))
    return json.loads(path.read_text())
