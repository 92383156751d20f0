"""Which of two models is kept: the one by which photos that neither learned from are likelier to be read right."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from vinchar.evaluation.adapted import Step
from vinchar.files import write_whole
from vinchar.training.adapting.photos import Photo
from vinchar.training.adapting.scoring import mean_log_score, score_photos
from vinchar.training.work import Clock


class Chooser:
    """Keeps of two models the one by which the true VINs of the validation ``photos`` are likelier.

    Without labels of the owner these are read without what is known of VINs, by which they were labelled. What was read
    is kept in ``folder``, and the time it took by ``clock``.
    """

    def __init__(
        self, photos: list[Photo], workers: int, priors: bool, steps: list[Step], clock: Clock, folder: Path
    ) -> None:
        self.photos, self._workers, self._priors, self._steps = photos, workers, priors, steps
        self._clock, self._folder = clock, folder
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
        said = f"validation, {what}"
        score = once(
            self._folder / f"{what}.json",
            lambda: mean_log_score(score_photos(model, self.photos, self._workers, said, self._priors)),
        )
        self._clock.minutes()
        return float(score)


def once(path: Path, make: Callable[[], Any]) -> Any:
    """Return what ``make`` returns as JSON has it, which is kept: a run that goes on reads no photos again for it."""
    if not path.exists():
        write_whole(path, json.dumps(make()))
    return json.loads(path.read_text())
